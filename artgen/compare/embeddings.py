"""The embeddings of many picture files, each worked out once and then kept in the cache."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from artgen.compare.cache import Cache
from artgen.compare.perceptual import Scorer
from artgen.errors import InputError
from artgen.picture import decoding
from artgen.weights import cache_folder

AT_ONCE = 32
"""Pictures that a perceptor is shown together."""
_KEPT_EVERY = 2048
"""So many new embeddings are written before the next are worked out: what an interruption costs at most."""
_YOUNG = 2 * 10**9
"""Nanoseconds after a change in which a file may change again without a new time."""

Track = Callable[[Sequence[Path]], Iterable[Path]]
"""Goes through paths, and may show how far it is."""


@dataclass
class Embedded:
    """What became of the files."""

    rows: dict[Path, Tensor] = field(default_factory=dict)
    """The unit embedding (dim,) of each file that is a picture."""
    failed: dict[Path, str] = field(default_factory=dict)
    """Why each of the others could not be read, in one line."""
    notes: list[str] = field(default_factory=list)
    """What was left out of those that were read now."""


def embed_files(
    paths: Sequence[Path], scorer: Scorer, track: Track = iter, note: Callable[[str], None] = print
) -> Embedded:
    """The embeddings of picture files by one perceptor.

    They are kept by content, below the folder that ARTGEN_CACHE names; a file that was seen before and has the same
    path, size and time is not even opened. Any number of processes may do so at once.
    """
    embedder = _Embedder(scorer, note)
    try:
        for path in track(paths):
            embedder.take(path)
        embedder.embed()
    finally:
        embedder.close()
    return embedder.embedded()


class _Embedder:
    """Where files wait for the perceptor."""

    def __init__(self, scorer: Scorer, note: Callable[[str], None]) -> None:
        folder = cache_folder() / "embeddings"
        self.scorer, self.note = scorer, note
        self.digests = Cache(folder / "files.sqlite", hashlib.sha256().digest_size, note)
        rows = folder / f"{scorer.identity}-{decoding.VERSION}.sqlite"
        self.kept = Cache(rows, scorer.perceptor.dim * torch.float32.itemsize, note)
        self.rows: dict[bytes, Tensor] = {}
        self.waiting: dict[bytes, Tensor] = {}
        self.found: dict[Path, bytes] = {}
        self.failed: dict[Path, str] = {}
        self.notes: list[str] = []
        self.keeps = True

    def take(self, path: Path) -> None:
        try:
            self.found[path] = self._digest(path)
        except InputError as error:
            self.failed[path] = str(error)
        if len(self.waiting) >= AT_ONCE:
            self.embed()
        if self.kept.unsaved >= _KEPT_EVERY and self.keeps:
            self.keep()

    def _digest(self, path: Path) -> bytes:
        """The sha256 of a file whose embedding is known, or whose picture waits from now on."""
        key = _stamp(path)
        if key and (known := self.digests.get(key)) and self._knows(known):
            return known
        data = decoding.content(path)
        digest = hashlib.sha256(data).digest()
        if digest not in self.waiting and not self._knows(digest):
            picture = decoding.on_white(decoding.decode(data, path, self.notes.append))
            self.waiting[digest] = self.scorer.prepare(picture)
        if key:
            self.digests.store(key, digest)
        return digest

    def _knows(self, digest: bytes) -> bool:
        """Whether the embedding of a picture is there; from now on in memory."""
        if digest not in self.rows and (row := self.kept.get(digest)):
            self.rows[digest] = torch.frombuffer(bytearray(row), dtype=torch.float32)
        return digest in self.rows

    def embed(self) -> None:
        """Embed what waits."""
        if self.waiting:
            for digest, row in zip(self.waiting, self.scorer.embed_pictures(list(self.waiting.values())), strict=True):
                self.rows[digest] = row
                self.kept.store(digest, row.numpy().tobytes())
            self.waiting = {}

    def keep(self) -> None:
        """Write what is new; a cache that cannot be written to costs time, not the search."""
        try:
            self.kept.save()
            self.digests.save()
        except InputError as error:
            if self.keeps:
                self.note(f"the embeddings are not kept: {error}")
            self.keeps = False

    def close(self) -> None:
        self.keep()
        self.kept.close()
        self.digests.close()

    def embedded(self) -> Embedded:
        return Embedded({path: self.rows[digest] for path, digest in self.found.items()}, self.failed, self.notes)


def _stamp(path: Path) -> bytes | None:
    """What tells, without opening it, that a file is still the same; None if nothing can."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    if abs(time.time_ns() - status.st_mtime_ns) < _YOUNG:
        return None
    text = f"\0{status.st_size}\0{status.st_mtime_ns}".encode()
    return hashlib.sha256(os.fsencode(path.absolute()) + text).digest()
