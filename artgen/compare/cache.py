"""Values of one size by keys, kept in a SQLite file between runs, for any number of processes at once.

What gets lost, or is damaged, is missing, and no more than that.
"""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from artgen.errors import InputError

MAX_ROWS = 1 << 17
"""A cache keeps the newest; what is older has to be worked out again."""
_SECONDS = 30.0
"""How long another process that writes is waited for."""
_SETUP = (
    # An embedding takes about 2 kB; fewer would fit into smaller pages.
    "PRAGMA page_size = 16384",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "CREATE TABLE IF NOT EXISTS kept (number INTEGER PRIMARY KEY, key BLOB UNIQUE, value BLOB, seal INTEGER)",
)
_OUT_OF_REACH = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
)
"""What SQLite says of a file that may well be whole."""
_Answer = TypeVar("_Answer")


class Cache:
    """Values of `size` bytes by keys."""

    def __init__(self, path: Path, size: int, note: Callable[[str], None] = lambda line: None) -> None:
        self.path, self.size, self._note = path, size, note
        self._new: dict[bytes, bytes] = {}
        self._database: sqlite3.Connection | None = None
        self._trouble: str = ""
        _remove_files(path.with_suffix(""), note)

    def get(self, key: bytes) -> bytes | None:
        """The value of a key; None if it is not known."""
        if key in self._new:
            return self._new[key]
        with contextlib.suppress(InputError):
            return self._ask(lambda database: self._read(database, key))
        return None

    @property
    def unsaved(self) -> int:
        """How many values the disk does not have yet."""
        return len(self._new)

    def store(self, key: bytes, value: bytes) -> None:
        """Remember a value; on disk only after `save`."""
        self._new[key] = value

    def save(self) -> None:
        """Write what is new, all of it or nothing. InputError if the file cannot be written."""
        if self._new:
            self._ask(self._write)
            self._new = {}

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            with contextlib.suppress(sqlite3.Error):
                self._database.close()
            self._database = None

    def _ask(self, work: Callable[[sqlite3.Connection], _Answer]) -> _Answer:
        """What `work` finds, in a new file if the one that is there is damaged. InputError if it is out of reach."""
        for attempt in range(2):
            if self._trouble:
                break
            try:
                return work(self._open())
            except (OSError, sqlite3.Error) as error:
                self.close()
                code = getattr(error, "sqlite_errorcode", None)
                if attempt or isinstance(error, OSError) or (code is not None and code & 0xFF in _OUT_OF_REACH):
                    self._trouble = f"{self.path}: cannot be used ({getattr(error, 'strerror', None) or error})"
                else:
                    self._start_anew(error)
        raise InputError(self._trouble)

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self.path, timeout=_SECONDS)
            for statement in _SETUP:
                self._database.execute(statement)
            # 0.1 s for the fullest cache.
            [(state,)] = self._database.execute("PRAGMA quick_check(1)")
            if state != "ok":
                raise sqlite3.DatabaseError(state.splitlines()[-1])
        return self._database

    def _read(self, database: sqlite3.Connection, key: bytes) -> bytes | None:
        found = database.execute("SELECT value, seal FROM kept WHERE key = ?", (key,)).fetchone()
        if found is None:
            return None
        value, seal = found
        if not (isinstance(value, bytes) and len(value) == self.size and seal == _seal(key, value)):
            raise sqlite3.DatabaseError("not the values that were written")
        return value

    def _write(self, database: sqlite3.Connection) -> None:
        rows = [(key, value, _seal(key, value)) for key, value in self._new.items()]
        with database:
            database.executemany("INSERT OR REPLACE INTO kept (key, value, seal) VALUES (?, ?, ?)", rows)
            database.execute("DELETE FROM kept WHERE number <= (SELECT max(number) FROM kept) - ?", (MAX_ROWS,))

    def _start_anew(self, error: sqlite3.Error) -> None:
        self._note(f"{self.path}: is damaged ({error}) and thrown away; what it knew is worked out again")
        # The file itself last: what another process begins after it stays whole.
        for suffix in ("-wal", "-shm", ""):
            with contextlib.suppress(OSError):
                self.path.with_name(self.path.name + suffix).unlink()


def _seal(key: bytes, value: bytes) -> int:
    """SQLite notices damage to its own order only, and not to what it keeps."""
    return zlib.crc32(key + value)


def _remove_files(folder: Path, note: Callable[[str], None]) -> None:
    """A cache used to be a folder of safetensors files."""
    files = list(folder.glob("*.safetensors"))
    for file in files:
        with contextlib.suppress(OSError):
            file.unlink()
    if files:
        note(f"{folder}: was kept by an older artgen, and is removed; what it knew is worked out again")
        with contextlib.suppress(OSError):
            folder.rmdir()
