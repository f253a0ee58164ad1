"""Where weights come from, for any plugin: a folder, the model hub, or a list of mirrors; and how files are read.

Nothing here executes what a file says: safetensors, or PyTorch files read with ``weights_only``. Light to import
(torch and huggingface_hub only inside), so that a spec may use `Source` and a catalogue `Published`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from artgen.deprecation import Moved, moved
from artgen.errors import InputError
from artgen.weights.bounds import brief, check_config, check_file, refuse_larger
from artgen.weights.cache import SWITCHED_OFF, cache_folder, is_offline, locked
from artgen.weights.downloads import download
from artgen.weights.hub import PATTERNS, REPOSITORY, Repository, choose, folder
from artgen.weights.reading import first_line, hashes, read_config, read_state, renamed, sha256
from artgen.weights.silence import silenced, unattended
from artgen.weights.sources import Source
from artgen.weights.torchscript import is_torchscript

__all__ = [
    "PATTERNS",
    "REPOSITORY",
    "Download",
    "Published",
    "Repository",
    "Source",
    "brief",
    "cache_folder",
    "check_config",
    "check_file",
    "choose",
    "fetch",
    "first_line",
    "folder",
    "hashes",
    "is_offline",
    "is_torchscript",
    "read_config",
    "read_state",
    "refuse_larger",
    "renamed",
    "sha256",
    "silenced",
    "unattended",
]

MAX_BYTES = 16 << 30
"""A mirror's file that is larger is not downloaded."""


class Download(Protocol):
    """What a component may have to fetch before it can be built, as `artgen.api.Spec.downloads` lists it."""

    @property
    def name(self) -> str:
        """What to call it in lists and messages."""
        ...

    def where(self) -> Path | None:
        """The file or folder on this machine; None if it is not there yet. Connects to nothing."""
        ...

    def fetch(self, note: Callable[[str], None]) -> Path:
        """`where`, after a download if need be; InputError, in one line, if it cannot be had."""
        ...


@dataclass(frozen=True)
class Published:
    """A file of weights that is to be had on the web; a plugin lists those it knows in the hook ``artgen_weights``.

    Raises:
        ValueError: if the name is no plain file name, the sha256 none, or there is no mirror.
    """

    name: str
    """What the file is called in the cache, such as ``vqgan-coco.ckpt``."""
    mirrors: tuple[str, ...]
    """Its addresses, the best one first."""
    sha256: str = ""
    """The hexadecimal digest of the file; empty if nobody has published one, and then nothing can be verified."""
    size: int | None = None
    """Bytes, about."""
    licence: str = ""
    """Under which it is published, as SPDX writes it, if that is known."""
    used_by: tuple[str, ...] = ()
    """The types of the components that can ask for it."""
    about: str = ""
    """One line on what it is, and by which setting it is asked for."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\w[\w.+-]*", self.name):
            raise ValueError(f"{self.name!r} is no name for a file of weights; use letters, digits and . _ + -")
        if not re.fullmatch(r"([0-9a-f]{64})?", self.sha256):
            raise ValueError(f"{self.name}: {self.sha256!r} is no sha256; write its 64 hexadecimal digits, or nothing")
        if not self.mirrors or isinstance(self.mirrors, str):
            raise ValueError(f"{self.name}: needs a tuple of at least one mirror")

    def where(self) -> Path | None:
        """The file in the cache; None if it is not there. Its content is not looked at."""
        path = cache_folder() / self.name
        return path if path.is_file() else None

    def fetch(self, note: Callable[[str], None]) -> Path:
        """The file in the cache, from the first mirror that has it; see `fetch`."""
        return fetch(self.name, self.mirrors, self.sha256, note)


def fetch(name: str, mirrors: Sequence[str], digest: str, note: Callable[[str], None]) -> Path:
    """The file `name` from the cache, or from the first mirror that has one whose sha256 is `digest`.

    The cache is `cache_folder`. A download that was broken off goes on where it stopped, and only one process at a time
    fetches a file. With an empty `digest` any whole file is taken, and the one that it has is noted.
    """
    path = cache_folder() / name
    if _is_right(path, digest):
        return path
    if is_offline():
        raise InputError(f"{name}: is not in the cache {path.parent}, and {SWITCHED_OFF}")
    with locked(path, note):
        # Another process may have brought it while this one waited.
        if not _is_right(path, digest):
            download(path, mirrors, digest, MAX_BYTES, note)
            if not digest:
                note(f"{name}: cannot be verified, since nobody has published its sha256; this one's is {sha256(path)}")
    return path


def _is_right(path: Path, digest: str) -> bool:
    return path.is_file() and (not digest or sha256(path) == digest)


if not TYPE_CHECKING:  # a type checker shall not think that every name is there
    __getattr__ = moved(__name__, {"quietly": Moved("artgen.weights.silenced", since="0.2", until="0.4")})
