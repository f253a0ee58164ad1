"""Where weights come from, for any plugin: a folder, the model hub, or a list of mirrors; and how files are read.

Nothing here executes what a file says: safetensors, or PyTorch files read with ``weights_only``. Light to import
(torch and huggingface_hub only inside), so that a spec may use `Source`.
"""

from __future__ import annotations

import contextlib
import fnmatch
import hashlib
import http.client
import logging
import os
import re
import urllib.parse
import urllib.request
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from artgen.errors import InputError
from artgen.files import LocatedText, atomic_path, expanded, neighbours

if TYPE_CHECKING:
    from torch import Tensor

__all__ = [
    "Source",
    "fetch",
    "first_line",
    "folder",
    "hashes",
    "is_offline",
    "quietly",
    "read_state",
    "renamed",
    "sha256",
]

Note = Callable[[str], None]
PATTERNS = ("*.json", "*.txt", "*.safetensors", "*.bin")
"""What a model in diffusers' layout consists of."""
MAX_BYTES = 16 << 30
"""A mirror's file that is larger is not downloaded."""

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+(@[\w./-]+)?")
_WEIGHTS = (".safetensors", ".bin", ".pt", ".ckpt")
_TIMEOUT = 30
# What diffusers called the parts of attention before 0.18.
_ATTENTION = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}
_BLOCK = 1 << 20
# What trainers leave in a checkpoint beside the weights: settings and callbacks of these packages.
_IGNORED = ("pytorch_lightning.", "lightning.", "lightning_fabric.", "omegaconf.")
# ... and what numbers of numpy among those settings ask for.
_NUMBERS = (
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar",
    "numpy.dtype",
    "_codecs.encode",
    "typing.Any",
)


def _located(value: Any) -> Any:
    if not isinstance(value, (str, Path)) or (isinstance(value, str) and not _names_a_folder(value)):
        return value
    base = value.folder if isinstance(value, LocatedText) else Path()
    path = base / expanded(value)
    if path.is_dir():
        # `./` keeps a relative folder from being read as a repository when the recipe is run elsewhere.
        return path.as_posix() if path.is_absolute() else f"./{path.as_posix()}"
    if isinstance(value, str) and _REPOSITORY.fullmatch(value) and not value.startswith("."):
        return str(value)
    text = f"there is no folder '{value}'{neighbours(path, Path.is_dir)}"
    raise PydanticCustomError("missing_file", "{text}", {"text": text})


def _names_a_folder(text: str) -> bool:
    """A single word is a name that the component knows; anything with a slash may be a folder."""
    return "/" in text or "\\" in text or text.startswith(("~", ".")) or Path(text).is_absolute()


Source = Annotated[str, BeforeValidator(_located, json_schema_input_type=str)]
"""Where a model comes from: a folder, relative to the preset that names it (`./model`, `models/mine`); a repository
of the model hub (`owner/name`, `owner/name@revision`); or a single word, which the component must know itself."""


def is_offline() -> bool:
    """Whether ARTGEN_OFFLINE or HF_HUB_OFFLINE forbids every connection."""
    values = (os.environ.get(name, "") for name in ("ARTGEN_OFFLINE", "HF_HUB_OFFLINE"))
    return any(value.strip().lower() in ("1", "true", "yes", "on") for value in values)


def sha256(path: Path) -> str:
    """The hexadecimal digest of a file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def hashes(where: Path | Iterable[Path], owner: str) -> dict[str, str]:
    """``{owner}/{file}`` to the sha256 of each weight file of a folder, or of each given file: for the recipe."""
    if isinstance(where, Path) and where.is_dir():
        files = sorted(path for path in where.rglob("*") if path.suffix in _WEIGHTS and path.is_file())
        return {f"{owner}/{path.relative_to(where).as_posix()}": sha256(path) for path in files}
    return {f"{owner}/{path.name}": sha256(path) for path in ([where] if isinstance(where, Path) else where)}


def first_line(error: BaseException) -> str:
    """An error in one line: its kind, and the start of what it says."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {' '.join(lines[:2])[:160]}" if lines else type(error).__name__


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Without the libraries' chatter: that a model has no weights yet, that a connection is tried again."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def read_state(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors or PyTorch file by name, on the CPU; those inside its ``state_dict``, if it has one.

    InputError, in one line, if the file is damaged, is no checkpoint, or would have to run code to be read.
    """
    import torch

    loaded = _read_safetensors(path) if path.suffix == ".safetensors" else _read_pytorch(path)
    while isinstance(loaded, Mapping) and isinstance(inner := loaded.get("state_dict", loaded.get("model")), Mapping):
        loaded = inner
    items = loaded.items() if isinstance(loaded, Mapping) else ()
    state = {name: value for name, value in items if isinstance(name, str) and isinstance(value, torch.Tensor)}
    if not state:
        raise InputError(f"{path}: holds no weights; a checkpoint is a mapping of names to tensors")
    return state


def renamed(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a diffusers model under today's names of attention's parts; many published ones have older."""
    return {_todays_name(name): value for name, value in state.items()}


def _todays_name(name: str) -> str:
    *path, layer, kind = name.split(".")
    return ".".join([*path, _ATTENTION.get(layer, layer) if "attentions" in path else layer, kind])


def _read_safetensors(path: Path) -> Any:
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except Exception as error:  # the many ways in which a file can be damaged
        raise InputError(f"{path}: is no complete safetensors file ({first_line(error)})") from None


def _read_pytorch(path: Path) -> Any:
    import pickle

    import torch

    try:
        stand_ins: list[Any] = [(_Ignored, name) for name in _ignorable(path)]
        with quietly(), torch.serialization.safe_globals(stand_ins):
            # Mapped, not read: of a transformer's checkpoint only its first stage may be wanted.
            return torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except pickle.UnpicklingError as error:
        found = re.search(r"GLOBAL ([\w.]+)", str(error))
        asks = f"asks for '{found[1]}' to be run" if found else "is damaged, or holds more than weights"
        raise InputError(
            f"{path}: {asks}; only plain tensors are read; save the weights alone, best as safetensors"
        ) from None
    except Exception as error:  # the many ways in which a file can be damaged
        raise InputError(f"{path}: is no complete PyTorch checkpoint ({first_line(error)})") from None


class _Ignored:
    """What a trainer's own classes are read as: nothing of theirs is imported or run, and nothing is kept."""

    def __new__(cls, *_: Any) -> _Ignored:
        return super().__new__(cls)

    def __init__(self, *_: Any) -> None:
        """Leave the arguments unread."""

    def __setstate__(self, _: Any) -> None:
        """Leave the state unread."""


def _ignorable(path: Path) -> list[str]:
    """The trainer's classes that a checkpoint mentions."""
    import torch

    try:
        names = torch.serialization.get_unsafe_globals_in_checkpoint(path)
    except ValueError:  # not the zip form; such a file is read without exceptions to the rule, or refused
        return []
    return [name for name in names if name.startswith(_IGNORED) or name in _NUMBERS]


def fetch(name: str, mirrors: Sequence[str], digest: str, note: Note) -> Path:
    """The file `name` from the cache, or from the first mirror that has one whose sha256 is `digest`.

    The cache is ``~/.cache/artgen``, or the folder that ARTGEN_CACHE names.
    """
    path = _cache() / name
    if path.is_file() and sha256(path) == digest:
        return path
    if is_offline():
        raise InputError(f"{name}: is not in the cache {path.parent}, and downloads are switched off (ARTGEN_OFFLINE)")
    failures = []
    for url in mirrors:
        host = urllib.parse.urlsplit(url).hostname or url
        try:
            with atomic_path(path, "choose another folder with ARTGEN_CACHE") as temporary:
                _download(url, temporary, digest, partial(_tell, note, name, host))
            return path
        except _Unusable as error:
            failures.append(f"{host}: {error}")
    raise InputError(
        f"{name}: no mirror has it ({'; '.join(failures)}); check the connection, or download the file yourself"
    )


class _Unusable(Exception):
    """A mirror that is dead, or has another file; its text says why."""


def _tell(note: Note, name: str, host: str, text: str) -> None:
    note(f"{name}: {text}, from {host}")


def _cache() -> Path:
    own = os.environ.get("ARTGEN_CACHE")
    return expanded(own) if own else expanded(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "artgen"


def _download(url: str, path: Path, digest: str, note: Note) -> None:
    if urllib.parse.urlsplit(url).scheme not in ("https", "http", "file"):
        raise _Unusable("is no web address")
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "artgen"})
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response, path.open("wb") as file:
            size = int(response.headers.get("Content-Length") or 0)
            note(f"downloading {size / 1e6:.1f} MB" if size else "downloading")
            found = _copy(response, file, size, note)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _Unusable(first_line(error)) from None
    if found != digest:
        raise _Unusable(f"another file than expected (sha256 {found[:12]}..., not {digest[:12]}...)")


def _copy(response: BinaryIO, file: BinaryIO, size: int, note: Note) -> str:
    """The sha256 of what was copied; says so at each quarter of a large file."""
    seen, total, quarter = hashlib.sha256(), 0, 1
    while total <= MAX_BYTES and size <= MAX_BYTES and (block := response.read(_BLOCK)):
        total += len(block)
        seen.update(block)
        file.write(block)
        if size > 100 * _BLOCK and quarter < 4 and total >= quarter * size / 4:
            note(f"{25 * quarter} % downloaded")
            quarter += 1
    if max(total, size) > MAX_BYTES:
        raise _Unusable(f"more than the limit of {MAX_BYTES >> 30} GiB")
    if total < size:
        raise _Unusable(f"the connection ended after {total} of {size} bytes")
    return seen.hexdigest()


def folder(source: str | Path, note: Note, patterns: Sequence[str] = PATTERNS, variant: str = "") -> Path:
    """A folder in diffusers' layout: `source` itself, or the files of that hub repository that are needed.

    `patterns` choose files by their path in the repository; `variant` prefers weights such as ``fp16``. A ``.bin``
    file is fetched only where its folder has no safetensors; diffusers reads it with ``weights_only``.
    """
    path = expanded(source)
    if str(source) and path.is_dir():
        return path
    if isinstance(source, Path) or not _REPOSITORY.fullmatch(source) or source.startswith("."):
        raise InputError(f"'{source}' is neither a folder nor a repository of the model hub, such as owner/name")
    name, _, revision = source.partition("@")
    if is_offline():
        return _cached(name, revision, "downloads are switched off (ARTGEN_OFFLINE)")
    note(f"{source}: looking for it in the cache and on the model hub")
    return _from_hub(name, revision, patterns, variant)


def _from_hub(name: str, revision: str, patterns: Sequence[str], variant: str) -> Path:
    import huggingface_hub

    try:
        with quietly():
            files = huggingface_hub.HfApi().list_repo_files(name, revision=revision or None)
            wanted = choose(files, patterns, variant)
            found = huggingface_hub.snapshot_download(name, revision=revision or None, allow_patterns=wanted)
    except (huggingface_hub.errors.RepositoryNotFoundError, huggingface_hub.errors.RevisionNotFoundError):
        at = f" at '{revision}'" if revision else ""
        raise InputError(
            f"{name}: the model hub has no such repository{at}, or shows it only to those who log in"
        ) from None
    except Exception as error:  # each of its clients has errors of its own
        return _cached(name, revision, f"the model hub cannot be reached ({first_line(error)})")
    return Path(found)


def _cached(name: str, revision: str, why: str) -> Path:
    import huggingface_hub

    try:
        with quietly():
            # Whether the weights are complete is seen when they are read; their choice needs the hub's list.
            found = huggingface_hub.snapshot_download(
                name, revision=revision or None, allow_patterns=["*.json"], local_files_only=True
            )
    except Exception:  # not there, or not whole
        raise InputError(f"{name}: is not in the cache, and {why}; download it first, or name a local folder") from None
    return Path(found)


def choose(files: Sequence[str], patterns: Sequence[str], variant: str = "") -> list[str]:
    """The files of a repository to download: one set of weights per folder, and no pipeline's all-in-one checkpoint."""
    matching = [file for file in files if any(fnmatch.fnmatch(file, pattern) for pattern in patterns)]
    weights = [file for file in matching if PurePosixPath(file).suffix in _WEIGHTS]
    if "model_index.json" in files:
        # Some small pipelines, google/ddpm-cifar10-32 among them, keep their only weights at the top.
        weights = [file for file in weights if "/" in file] or weights
    chosen = [file for file in matching if PurePosixPath(file).suffix not in _WEIGHTS]
    for parent in sorted({PurePosixPath(file).parent for file in weights}):
        chosen += _one_set([file for file in weights if PurePosixPath(file).parent == parent], variant)
    return chosen


def _one_set(files: list[str], variant: str) -> list[str]:
    """Of one folder's weights: safetensors before pickles, then the variant, then the plain ones."""
    safe = [file for file in files if file.endswith(".safetensors")]
    files = safe or files
    for wanted in (variant, ""):
        if found := [file for file in files if _variant(file) == wanted]:
            return found
    return files


def _variant(file: str) -> str:
    """``fp16`` of ``model.fp16.safetensors``, whole or in numbered parts; empty for ``model.safetensors``."""
    parts = re.sub(r"-\d{5}-of-\d{5}", "", PurePosixPath(file).name).split(".")
    return ".".join(parts[1:-1])
