"""Folders as content, to be sent where no disk is shared."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path, PurePath

from artgen.errors import InputError, shown

Files = dict[str, bytes]
"""By their paths, below a folder."""


def files_in(folder: Path) -> Files:
    """The files of a cell's folder; hidden ones are of the process that works there."""
    found: Files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if not any(part.startswith(".") for part in name.parts):
            with contextlib.suppress(OSError):  # gone in the meantime
                if path.is_file():
                    found[name.as_posix()] = path.read_bytes()
    return found


def written(folder: Path, files: Files) -> None:
    """Write files in the place of a folder, which is whole at any time."""
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    for name, content in files.items():
        if PurePath(name).is_absolute() or ".." in PurePath(name).parts:
            raise InputError(f"{folder}: a worker sent {shown(name, 80)}, which lies outside of it")
        path = new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)
