"""The pictures of a folder whose names are numbers: the frames of a film, artgen's or another program's."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from artgen.errors import InputError
from artgen.fields.paths import FRAMES, neighbours

_NUMBERED = re.compile(r"([^\d.](?:.*\D)?)?(\d{1,12})\.png", re.IGNORECASE)


def folder_of(run: Path) -> Path:
    """Where the frames of a film's folder are; a folder of pictures is that itself. InputError if there is none."""
    if not run.is_dir():
        raise InputError(f"{run}: there is no such folder{neighbours(run, Path.is_dir)}; name one of numbered PNGs")
    return run / FRAMES if (run / FRAMES).is_dir() else run


def frames(folder: Path) -> list[Path]:
    """The PNGs in `folder` whose names end in a number, such as ``000120.png`` or ``frame-7.png``, by that number.

    Raises:
        InputError: if there is none, a number is missing or twice there, or they are called differently.
    """
    found: dict[int, Path] = {}
    names: set[str] = set()
    for path in sorted(folder.iterdir()):
        if not (match := _NUMBERED.fullmatch(path.name)):
            continue
        names.add(match[1] or "")
        if len(names) > 1:
            first, other = (f"'{name}*.png'" if name else "bare numbers" for name in sorted(names))
            raise InputError(f"{folder}: holds the frames of several films, {first} and {other}; move one away")
        if (number := int(match[2])) in found:
            raise InputError(f"{folder}: has frame {number} twice, {found[number].name} and {path.name}; remove one")
        found[number] = path
    if not found:
        raise InputError(f"{folder}: holds no numbered PNGs, such as 000000.png; name the folder of a film")
    for before, after in pairwise(sorted(found)):
        if after > before + 1:
            missing = f"frame {before + 1} is" if after == before + 2 else f"frames {before + 1} to {after - 1} are"
            raise InputError(f"{folder}: {missing} missing, between {found[before].name} and {found[after].name}")
    return [found[number] for number in sorted(found)]
