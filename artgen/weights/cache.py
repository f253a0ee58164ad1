"""The folder that downloads are kept in, and who may write there."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from artgen.errors import InputError, is_on
from artgen.fields.paths import expanded

if TYPE_CHECKING:
    from filelock import FileLock

Note = Callable[[str], None]
"""Tells the user one line."""
SWITCHED_OFF = "downloads are switched off (ARTGEN_OFFLINE)"
"""What to say of something that would have to be downloaded then."""
_ADVICE = "choose another folder with ARTGEN_CACHE"


def is_offline() -> bool:
    """Whether ARTGEN_OFFLINE or HF_HUB_OFFLINE forbids every connection: any value does but 0, false, no and off."""
    return is_on("ARTGEN_OFFLINE") or is_on("HF_HUB_OFFLINE")


def cache_folder() -> Path:
    """The folder that ARTGEN_CACHE names, or the system's for caches; it need not be there yet.

    That is ``~/.cache/artgen`` on Linux (or below XDG_CACHE_HOME), ``~/Library/Caches/artgen`` on macOS, and
    ``%LOCALAPPDATA%\\artgen\\Cache`` on Windows.
    """
    own = os.environ.get("ARTGEN_CACHE")
    return expanded(own) if own else user_cache_path("artgen", appauthor=False)


def unwritable(path: Path, error: OSError) -> InputError:
    """What to say when the system lets nobody write at `path`."""
    return InputError(f"{path}: could not be written ({error.strerror or error}); free some room, or {_ADVICE}")


def _acquire(lock: FileLock, name: str, note: Callable[[str], None]) -> None:
    from filelock import Timeout

    began = time.monotonic()
    while True:
        try:
            lock.acquire(timeout=10)
            return
        except Timeout:
            note(f"{name}: still waiting for the other process ({time.monotonic() - began:.0f} s)")


@contextlib.contextmanager
def locked(path: Path, note: Callable[[str], None]) -> Iterator[None]:
    """Alone with `path` among all processes; waits for the one that has it."""
    from filelock import FileLock, Timeout

    guard = path.with_name(f".{path.name}.lock")
    lock = FileLock(guard)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            note(f"{path.name}: another process is fetching it; waiting for that")
            _acquire(lock, path.name, note)
    except OSError as error:
        raise InputError(f"{path}: cannot write here ({error.strerror}); {_ADVICE}") from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows keeps a file that is open
            guard.unlink()
        lock.release()
