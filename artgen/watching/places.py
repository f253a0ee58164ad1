"""Files below one folder, which may be a stranger's: opened without following a link on the way."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from artgen.errors import InputError
from artgen.files import MissingFile

_SAFE = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
"""Whether this system opens a file from the folder that it is in, so that nobody can swap a part of the way."""


@dataclass(frozen=True)
class Place:
    """A folder or a file below `root`."""

    root: Path
    """Resolved."""
    parts: tuple[str, ...] = ()
    """Names of folders, and last the place's own."""

    def __truediv__(self, name: str) -> Place:
        """A place in it. `name` may hold slashes; ValueError if it could lead elsewhere."""
        parts = tuple(name.split("/"))
        if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
            raise ValueError(name)
        return Place(self.root, (*self.parts, *parts))

    @property
    def path(self) -> Path:
        return self.root.joinpath(*self.parts)

    @property
    def name(self) -> str:
        return self.parts[-1] if self.parts else self.root.name

    @property
    def said(self) -> str:
        """Its path from `root`; of `root` itself the name."""
        return "/".join(self.parts) or self.root.name

    def is_file(self) -> bool:
        """Whether there is a file, and no link."""
        try:
            return stat.S_ISREG(os.lstat(self.path).st_mode)
        except (OSError, ValueError):
            return False

    def open(self) -> BinaryIO:
        """The file there, to be read.

        Raises:
            MissingFile: if there is none, or it is no ordinary file, or a part of the way is a link.
        """
        try:
            handle = self._handle()
        except (OSError, ValueError):
            raise MissingFile(f"{self.said}: there is no such file") from None
        if stat.S_ISREG(os.fstat(handle).st_mode):
            return os.fdopen(handle, "rb")
        os.close(handle)
        raise MissingFile(f"{self.said}: is no file")

    def _handle(self) -> int:
        if not self.parts:
            raise FileNotFoundError
        if not _SAFE:
            if Path(os.path.realpath(self.path)) != self.path:
                raise FileNotFoundError
            return os.open(self.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        for part in self.parts[:-1]:
            try:
                inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            finally:
                os.close(folder)
            folder = inner
        try:
            # A pipe would wait for somebody who writes.
            return os.open(self.parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        finally:
            os.close(folder)

    def read(self, most: int) -> bytes:
        """All of the file. InputError if it is not there, or larger than `most` bytes."""
        with self.open() as file:
            raw = file.read(most + 1) if os.fstat(file.fileno()).st_size <= most else b""
            if len(raw) > most or os.fstat(file.fileno()).st_size > most:
                raise InputError(f"{self.said}: larger than {most >> 10} KiB")
        return raw

    def text(self, most: int) -> str:
        """The same as text; what is no UTF-8 is replaced."""
        return self.read(most).decode("utf-8-sig", "replace")
