"""The cells of a sweep that somebody likes best."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from artgen.errors import InputError, shown
from artgen.files import write_text
from artgen.sweeps import record

FILE = "picked.txt"
"""The folders of the cells that were picked, one a line, in the folder of the sweep."""


def keep(folder: Path, numbers: Sequence[int | str]) -> list[Path]:
    """The folders of the cells with these numbers, counted from 1; they are written to `FILE`, too.

    Raises:
        InputError: if there is no sweep, no such cell, or the cell has no picture.
    """
    rows = record.rows(folder, record.read(folder))
    places = []
    for number in numbers:
        if not (isinstance(number, int) and 1 <= number <= len(rows)):
            raise InputError(f"--keep {shown(number, 40)}: the cells are numbered from 1 to {len(rows)}")
        row = rows[number - 1]
        if row.state != "finished":
            raise InputError(f"--keep {number}: is {row.state}, and not drawn to its end; choose another")
        places.append(folder / record.CELLS / row.name)
    if not places:
        raise InputError("--keep: names no cell, such as 3,7")
    places = list(dict.fromkeys(places))
    write_text(folder / FILE, "".join(f"{place.absolute()}\n" for place in places))
    return places
