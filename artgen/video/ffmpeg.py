"""ffmpeg, a program of its own: where it is, and how it is run; without a shell, and told of no other files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import IO

from artgen.errors import InputError, one_line, shown

NAME, PROBE = "ffmpeg", "ffprobe"
GET_IT = "`apt install ffmpeg`, `brew install ffmpeg` or `winget install ffmpeg`"
_SOURCE = re.compile(r"^\[[^\]]*\] *")
"""Which of ffmpeg's parts says a line of its complaints."""


def program(name: str = NAME) -> str | None:
    """The ffmpeg on the PATH."""
    return shutil.which(name)


def address(path: Path) -> str:
    """So that no name of a file is taken for an option or an address."""
    return f"file:{path.absolute()}"


def started(command: list[str], *, stdin: int, stdout: int, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """The program, running, with such pipes; InputError if it cannot be."""
    # In a group of its own: Ctrl-C is for artgen, which ends it.
    is_posix, group = os.name != "nt", getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    try:
        return subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=errors, start_new_session=is_posix, creationflags=group
        )
    except OSError as error:
        raise InputError(f"{command[0]}: cannot be run ({error.strerror or one_line(error)})") from None


def complaint(errors: IO[bytes]) -> str:
    """The first line that says something: those after it follow from it."""
    errors.seek(0)
    text = errors.read(1 << 16).decode("utf-8", "replace")
    lines = (_SOURCE.sub("", line).strip() for line in text.splitlines())
    return shown(next(filter(None, lines), ""), 300)
