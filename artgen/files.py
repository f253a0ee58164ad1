"""Files: reads that are bounded, and writes that are whole or not at all."""

from __future__ import annotations

import codecs
import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from artgen.errors import InputError, one_line


class MissingFile(InputError):
    """There is no such file."""


class TakenFile(InputError):
    """There is such a file already."""


@contextlib.contextmanager
def atomic_path(path: Path, advice: str = "choose another --out", new: bool = False) -> Iterator[Path]:
    """A temporary sibling of `path` to write to; renamed to `path` at the end, removed after an error.

    A reader of `path` sees the old content or the new one, never half of it, after a power cut too.

    Args:
        path: what the file is called in the end; folders that are missing are made.
        advice: what the user can do where nothing can be written, for the message.
        new: whether a file that is there by the end is left alone, and the new one lost; else it is replaced.

    Raises:
        InputError: if the place cannot be written to, in one line with the `advice`; if the file is to be `new`, and
            is there already.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    except OSError as error:
        raise InputError(f"{path}: cannot write here ({error.strerror}); {advice}") from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        _to_disk(temporary)
        _name_it(temporary, path, new)
        _to_disk(path.parent)
    except OSError as error:
        if new and isinstance(error, FileExistsError):
            raise TakenFile(f"{path}: is there already") from None
        raise InputError(f"{path}: could not be written ({error.strerror or error})") from None
    finally:
        temporary.unlink(missing_ok=True)


def _name_it(temporary: Path, path: Path, new: bool) -> None:
    """FileExistsError if it is to be `new` and somebody was quicker."""
    if new:
        try:
            os.link(temporary, path)
            return
        except FileExistsError:
            raise
        except OSError:  # a file system without links; a kill just now would leave an empty file there
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    temporary.replace(path)


def _to_disk(path: Path) -> None:
    """Wait until the disk has a file's content, or the names in a folder. Not every system knows how."""
    try:
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        # Windows opens no folders, some file systems sync nothing; what is full or broken, however, is to be said.
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG):
            raise


def remove(path: Path) -> None:
    """Take a file away, if it is there and the system lets it go."""
    with contextlib.suppress(OSError):
        path.unlink()


def read_bytes(path: Path, most: int, what: str, name: object = None) -> bytes:
    """All of a file that may be a stranger's, and is no `what` if it is larger than `most` bytes.

    Args:
        path: the file.
        most: how many bytes are read at most.
        what: what it would have to be, for the message, such as "preset".
        name: what the message calls the file; by default its path.

    Raises:
        MissingFile: if it is not there, an InputError.
        InputError: if it cannot be read or is larger; in one line.
    """
    name = path if name is None else name
    try:
        # Asked before it is opened: a pipe or a device may never answer, and opening one may do something.
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise InputError(f"{name}: cannot be read (a pipe or a device, and no file); name a file")
        with path.open("rb") as file:
            # Room is made for as many bytes as are asked for, so no more than the file has.
            raw = file.read(min(os.fstat(file.fileno()).st_size, most) + 1)
    except FileNotFoundError as error:
        raise MissingFile(f"{name}: cannot be read ({error.strerror})") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{name}: cannot be read ({getattr(error, 'strerror', None) or one_line(error)})") from None
    if len(raw) > most:
        size = f"{most >> 20} MiB" if most >= 1 << 20 else f"{most >> 10} KiB"
        raise InputError(f"{name}: larger than {size}, which is no {what}")
    return raw


def read_text(path: Path, most: int, what: str, name: object = None) -> str:
    """As `read_bytes`, for a file of UTF-8 text, with or without a byte order mark."""
    raw = read_bytes(path, most, what, name)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path if name is None else name}: {_no_text(raw, error.start, what)}") from None


def _no_text(raw: bytes, start: int, what: str) -> str:
    """What to say of a file that is not UTF-8 from the byte `start` on."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return f"not UTF-8 text but UTF-16, which is no {what}; save it as UTF-8"
    if b"\0" in raw:
        return f"not UTF-8 text (byte {start}), which is no {what}"
    line = raw.count(b"\n", 0, start) + 1
    return f"not UTF-8 text (line {line}), which is no {what}; save it as UTF-8"


def refuse_overwriting(path: Path, overwrite: bool, instead: str = "another --out") -> None:
    """InputError if something is at `path` already, and the user did not say that it may be replaced."""
    if path.exists() and not overwrite:
        raise InputError(f"{path}: is there already; choose {instead}, or say --overwrite")


def write_text(path: Path, text: str, new: bool = False) -> None:
    """Write UTF-8 text, whole or not at all; TakenFile if the file is to be `new` and is not."""
    with atomic_path(path, new=new) as temporary:
        temporary.write_text(text, encoding="utf-8")
