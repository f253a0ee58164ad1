"""The pictures that a run reads: their files' bytes, read once, so that what happens to a file then costs nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from artgen.picture.decoding import content

_kept: ContextVar[dict[Path, bytes] | None] = ContextVar("the bytes of a run's pictures", default=None)


@contextlib.contextmanager
def keeping(files: dict[Path, bytes]) -> Iterator[None]:
    """Inside, each file that `read` is asked for is read once, and kept in `files`."""
    token = _kept.set(files)
    try:
        yield
    finally:
        _kept.reset(token)


def read(path: Path) -> bytes:
    """The bytes of a picture's file. InputError, in one line, if it cannot be read or is too large for a picture."""
    kept = _kept.get()
    if kept is None:
        return content(path)
    if path not in kept:
        kept[path] = content(path)
    return kept[path]
