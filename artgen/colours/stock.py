"""Palettes of pieces that lie in a box: which colours there are, and how many of each."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from artgen.colours.names import hexadecimal
from artgen.colours.text_files import decoded
from artgen.errors import InputError
from artgen.fields.block import Block, wrong_setting
from artgen.fields.pairs import whole_pair
from artgen.fields.paths import InputFile
from artgen.files import read_bytes

MAX_BYTES = 1 << 18
"""A larger file of stock is refused unread."""
MOST = 1024
"""The most colours of a stock."""
MOST_PIECES = 1_000_000
"""Of one colour."""
SIDE = 256
"""The most columns or rows of a work."""

TABLES = Path(__file__).with_name("tables")
COLUMNS = {"colour": "colour", "color": "colour", "name": "name", "count": "count", "number": "number"}


@dataclass(frozen=True)
class Piece:
    """A kind of pieces that are all of one colour."""

    colour: str
    """`#rrggbb`."""
    name: str
    """What the maker calls it; may be empty."""
    number: str
    """The maker's number; may be empty."""
    count: int | None
    """How many there are; None: as many as needed."""


@dataclass(frozen=True)
class Material:
    """What a work is made of."""

    name: str
    """By which palettes call it."""
    title: str
    """What is said of the whole, such as "Perler beads"."""
    piece: str
    """What one is called."""
    pieces: str
    """And several."""
    pitch: float
    """Millimetres from the middle of one to that of the next."""


MATERIALS: Mapping[str, Material] = {
    "lego": Material("lego", "LEGO plates or tiles, 1 x 1", "piece", "pieces", 8.0),
    "dmc": Material("dmc", "DMC thread, cross stitches on 14-count Aida", "stitch", "stitches", 25.4 / 14),
    "perler": Material("perler", "Perler beads", "bead", "beads", 5.0),
}
"""Those whose colours artgen knows."""


def _size(value: Any) -> Any:
    """``24`` or ``24x32``: columns, then rows."""
    pair = whole_pair(value)
    if pair is None:
        raise wrong_setting("expected columns and rows of pieces, such as 24x24")
    columns, rows = pair
    if not (1 <= columns <= SIDE and 1 <= rows <= SIDE):
        raise wrong_setting(f"{columns}x{rows} is out of range; 1 to {SIDE} columns and rows")
    return columns, rows


WorkSize = Annotated[tuple[int, int], BeforeValidator(_size, json_schema_input_type=int | str | tuple[int, int])]
"""Columns and rows of pieces: ``24x32``, ``[24, 32]``, or ``24`` for a square."""


class StockPalette(Block):
    """Colours of pieces that there are to make the picture of by hand, each at most as often as it is there."""

    lego: WorkSize | None = None
    """A work of so many columns and rows of LEGO plates, such as `24x24`, in the colours that they are made in."""
    dmc: WorkSize | None = None
    """The same of cross stitches with DMC's threads."""
    perler: WorkSize | None = None
    """The same of Perler beads; a board has 29x29."""
    file: InputFile | None = None
    """What you have: a CSV file with the columns `colour`, `name` and `count`; an empty count is as many as needed."""
    each: Annotated[int, Field(ge=1, le=MOST_PIECES)] | None = None
    """At most so many of each colour; default: as many as needed, or as the file says."""
    colours: Annotated[int, Field(ge=2, le=MOST)] | None = None
    """At most so many different colours, of which the picture chooses; default: any number."""

    def misfits(self) -> Iterator[str]:
        given = [name for name in (*MATERIALS, "file") if getattr(self, name) is not None]
        if len(given) != 1:
            yield f"a palette with stock is one of {', '.join(MATERIALS)} and file"
            return
        try:
            self.pieces()
        except InputError as error:
            yield str(error)
            return
        if self.grid and (short := self.shortage(self.grid[0] * self.grid[1])):
            yield short

    @property
    def material(self) -> Material | None:
        """What the work is made of; None where a file says what there is."""
        return next((MATERIALS[name] for name in MATERIALS if getattr(self, name) is not None), None)

    @property
    def grid(self) -> tuple[int, int] | None:
        """Columns and rows of the work; None where a file says what there is."""
        return self.lego or self.dmc or self.perler

    def pieces(self) -> Sequence[Piece]:
        """What there is, each colour once.

        Raises:
            InputError: in one line, if the file cannot be read or says nothing that makes sense.
        """
        if self.file:
            there = of_file(self.file)
        else:
            (name,) = (name for name in MATERIALS if getattr(self, name) is not None)
            there = _known(name)
        return [Piece(one.colour, one.name, one.number, _least(one.count, self.each)) for one in there]

    def shortage(self, cells: int) -> str | None:
        """What is wrong, in a line, if there are too few pieces for a work of so many cells."""
        counts = sorted(usable(self.pieces(), cells), reverse=True)
        there = sum(counts[: self.colours])
        if there >= cells:
            return None
        if self.colours and sum(counts) >= cells:
            return f"the work takes {cells} pieces, any {self.colours} of the colours are {there} at most; allow more"
        return f"the work takes {cells} pieces, and there are {there}; make it smaller, or allow more"

    def unfit(self, grid: tuple[int, int] | None) -> Iterator[str]:
        """What is wrong, in a line, if a generator is told to draw so many columns and rows; None: nothing told."""
        if grid and self.grid and grid != self.grid:
            work = f"{self.grid[0]}x{self.grid[1]}"
            yield f"'grid' is {grid[0]}x{grid[1]}, the palette's work {work}; leave 'grid' out"
        elif grid and not self.grid and (short := self.shortage(grid[0] * grid[1])):
            yield short


def usable(pieces: Sequence[Piece], cells: int) -> list[int]:
    """How many of each a work of so many cells can have."""
    return [cells if piece.count is None else min(piece.count, cells) for piece in pieces]


def _least(*numbers: int | None) -> int | None:
    return min((number for number in numbers if number is not None), default=None)


@functools.cache
def _known(name: str) -> Sequence[Piece]:
    """A table that is part of artgen."""
    return _read((TABLES / f"{name}.csv").read_bytes(), name)


def of_file(path: Path) -> Sequence[Piece]:
    """The stock of a CSV file, whoever wrote it; colours of which there are none are left out.

    Raises:
        InputError: in one line, if it is none, or damaged.
    """
    try:
        data = read_bytes(path, MAX_BYTES, "stock", f"'{path.name}'")
    except InputError as error:
        raise InputError(f"{error}; give a CSV file with the columns colour, name and count") from None
    return _read(data, path.name)


def _read(data: bytes, name: str) -> Sequence[Piece]:
    text = decoded(data)
    first = text.partition("\n")[0]
    parter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=parter, strict=True))
    except csv.Error as error:
        raise InputError(f"'{name}' is no CSV file ({error}); save it as CSV again") from None
    columns = [COLUMNS.get(title.strip().lower()) for title in rows[0]] if rows else []
    if "colour" not in columns or len({*columns} - {None}) < len([one for one in columns if one]):
        raise InputError(f"'{name}' must begin with a line of titles, 'colour,name,count', each once")
    found = list(_pieces(rows[1:], columns, name))
    if not 1 <= len(found) <= MOST:
        raise InputError(f"'{name}' has {len(found)} colours; a stock has 1 to {MOST}")
    return found


def _pieces(rows: Iterable[Sequence[str]], columns: Sequence[str | None], name: str) -> Iterator[Piece]:
    known: dict[str, int] = {}
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        place = f"'{name}', line {number}"
        values = {title: cell.strip() for title, cell in zip(columns, row, strict=False) if title}
        piece = _piece(values, place)
        if piece.colour in known:
            raise InputError(f"{place}: {piece.colour} is in line {known[piece.colour]}, too; make one line of both")
        known[piece.colour] = number
        if piece.count != 0:
            yield piece


def _piece(values: Mapping[str, str], place: str) -> Piece:
    try:
        colour = hexadecimal(values.get("colour", ""))
    except PydanticCustomError as error:
        raise InputError(f"{place}: {error}") from None
    count = values.get("count", "")
    if count and not (count.isascii() and count.isdigit() and len(count) < 9 and int(count) <= MOST_PIECES):
        raise InputError(f"{place}: a count is a whole number up to {MOST_PIECES}, or empty, not '{count[:20]}'")
    label, own = (_printable(values.get(key, "")) for key in ("name", "number"))
    return Piece(colour, label, own, int(count) if count else None)


def _printable(text: str) -> str:
    """At most 60 letters, on one line."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:60]).strip()
