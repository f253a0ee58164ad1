"""Who is at work in the folder of a run: one process at a time, and whoever comes second is told which."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from artgen.errors import InputError
from artgen.files import remove

LOCK = ".run.lock"
"""What the process that is at work in a folder holds; the system lets go of it however the process ends."""
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL)
"""What file systems say that know no locks. There, ``run.json``, which only one can make, has to do."""


@contextlib.contextmanager
def owned(folder: Path) -> Iterator[None]:
    """Alone with `folder`, which must be there; if it is empty in the end, it goes.

    Raises:
        InputError: if another process is at work there, or nothing can be written there.
    """
    from filelock import FileLock, Timeout

    guard = folder / LOCK
    lock = FileLock(guard)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(f"{folder}: {_who(guard)} is at work here; let it end, or choose another folder") from None
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise InputError(f"{folder}: cannot write here ({error.strerror}); choose another folder") from None
    try:
        with contextlib.suppress(OSError):  # a courtesy
            guard.write_text(str(os.getpid()))
        yield
    finally:
        # While it is still held, so that nobody takes one that is about to go. Windows keeps a file that is open.
        remove(guard)
        lock.release()
        if os.name == "nt":
            remove(guard)
        with contextlib.suppress(OSError):
            folder.rmdir()


def _who(guard: Path) -> str:
    """The process that holds `guard`, as far as it says so."""
    try:
        number = guard.read_text()
    except (OSError, ValueError):  # Windows may not let others read what is locked
        number = ""
    return f"process {number}" if number.isdecimal() and len(number) < 20 else "another process"
