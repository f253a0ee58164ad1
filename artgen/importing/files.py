"""Finds the pictures that a settings file names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

MOST = 64
"""Of the files that one pattern stands for."""
_BRACES = re.compile(r"\{([^{}]*,[^{}]*|(-?\d{1,6})\.\.(-?\d{1,6}))\}", re.ASCII)


class Files:
    """Looks where a program would have, the folder it ran in, and beside the settings file."""

    def __init__(self, source: Path, home: Path) -> None:
        self._folders = dict.fromkeys((Path.cwd(), source.resolve().parent, home.resolve()))
        self._home = home.resolve()

    def find(self, text: str) -> list[str]:
        """The files of a path with ``*``, ``?`` or ``{a,b}`` in it, as the preset may name them; sorted."""
        for folder in self._folders:
            found = sorted({path for pattern in _expanded(text) for path in _matches(folder, pattern)})
            if found:
                return [self._named(path) for path in found[:MOST]]
        return []

    def _named(self, path: Path) -> str:
        """Relative to the preset, where that is no detour."""
        path = path.resolve()
        if path.is_relative_to(self._home):
            return path.relative_to(self._home).as_posix()
        around = Path(os.path.relpath(path, self._home)).as_posix()
        return around if around.count("../") < 3 else path.as_posix()


def _expanded(text: str, most: int = MOST) -> Iterator[str]:
    """The patterns that braces stand for, as a shell reads them."""
    waiting, done = [text], 0
    while waiting and done < most:
        pattern = waiting.pop(0)
        match = _BRACES.search(pattern)
        if match is None:
            done += 1
            yield pattern
        elif len(waiting) < most:
            waiting += [f"{pattern[: match.start()]}{part}{pattern[match.end() :]}" for part in _parts(match)]


def _parts(match: re.Match[str]) -> list[str]:
    """``a,b`` or ``01..10``, whose numbers are as long as the longer end where one begins with a 0."""
    if match[2] is None:
        return match[1].split(",")
    first, last = int(match[2]), int(match[3])
    is_padded = any(re.match("-?0\\d", end) for end in (match[2], match[3]))
    width = max(len(match[2]), len(match[3])) if is_padded else 0
    step = 1 if last >= first else -1
    return [f"{n:0{width}d}" for n in islice(range(first, last + step, step), MOST)]


def _matches(folder: Path, pattern: str) -> Iterator[Path]:
    """Wildcards count in the last part alone, or a stranger's file could send us through the whole disk."""
    path = folder / pattern
    try:
        if path.is_file():
            yield path
        elif set("*?[") & set(path.name):
            yield from (p for p in path.parent.iterdir() if fnmatchcase(p.name, path.name) and p.is_file())
    except (OSError, ValueError):
        return


def is_address(text: str) -> bool:
    """Whether it would have been fetched from the web."""
    return text.strip().lower().startswith(("http:", "https:", "ftp:", "gs:", "data:"))
