"""How large the parts of a sheet's picture are, so that all of it stays within bounds."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from artgen.sweeps.sheets import lettering
from artgen.sweeps.sheets.arrangement import Arrangement
from artgen.sweeps.sheets.labels import Heading

LONGEST, MOST = 8192, 32_000_000
"""Pixels of a side and of the whole sheet at most."""
TILES = (320, 288, 256, 224, 192, 176, 160, 144, 128, 112, 96, 80, 72, 64, 56, 48, 40, 32, 24, 16, 12, 8)
"""Sides of the square that each picture fits into, in pixels; the first that keeps the sheet within bounds is taken."""
WITH_TEXT = 72
"""A tile that is smaller has no text of its own."""
NARROWEST = 560
"""The width of a sheet at least, for its title."""
SHAPE = 1.5
"""Width by height that a sheet of several blocks is near to."""


@dataclass(frozen=True)
class Sizes:
    """All sizes on a sheet, in pixels, for tiles of one size."""

    arrangement: Arrangement
    counts: tuple[int, ...]
    """How many cells each block has."""
    tile: int
    ratio: float = 1.0
    """Height by width of the box that each picture is in."""

    @property
    def box(self) -> tuple[int, int]:
        """Width and height of what a picture is in."""
        return self.tile, max(4, round(self.tile * self.ratio))

    @property
    def has_text(self) -> bool:
        return self.tile >= WITH_TEXT

    @cached_property
    def letter(self) -> int:
        """Size of letters."""
        return min(22, max(11, self.tile // 13))

    @property
    def line(self) -> int:
        return lettering.line_height(self.letter)

    @property
    def gap(self) -> int:
        return max(2, self.tile // 14)

    @property
    def margin(self) -> int:
        return max(24, self.tile // 6)

    @cached_property
    def row_head(self) -> int:
        """Width of what stands beside the rows."""
        rows = self.arrangement.rows
        if rows is None:
            return 0
        widest = max(lettering.width(text[:60], self.letter) for text in (*rows.texts, rows.name))
        return math.ceil(min(widest, max(1.1 * self.tile, 96))) + self.gap + 8

    @cached_property
    def column_heads(self) -> list[list[str]]:
        """The lines above each column of a table."""
        columns = self.arrangement.columns
        if self.arrangement.rows is None or columns is None:
            return []
        return [lettering.lines(text, self.letter, self.tile, 4) for text in columns.texts]

    @cached_property
    def column_head(self) -> int:
        """Height of what stands above the columns: the name of the axis and its values."""
        return (1 + max(map(len, self.column_heads))) * self.line + self.gap + 4 if self.column_heads else 0

    @cached_property
    def label(self) -> int:
        """Lines of what stands below a picture in a block that wraps."""
        columns = self.arrangement.columns
        if self.arrangement.told and self.has_text:
            return len(self.arrangement.told)
        if self.arrangement.rows is not None or columns is None or not self.has_text:
            return 0
        longest = max(columns.texts, key=len)
        return len(lettering.lines(f"{columns.name} {longest}", self.letter, self.tile, 3))

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of a picture with what is below and between."""
        below = (1 + self.label) * self.line + 6 if self.has_text else 0
        return self.tile + self.gap, self.box[1] + below + self.gap

    @property
    def block_head(self) -> int:
        return round(1.9 * self.line) if self.arrangement.blocks else 0

    @cached_property
    def grid(self) -> tuple[int, int]:
        """Columns and rows of cells in a block."""
        columns, rows = self.arrangement.columns, self.arrangement.rows
        if columns is not None and rows is not None:
            return len(columns.texts), len(rows.texts)
        count = max(self.counts)
        across = min(count, math.ceil(math.sqrt(count * self.cell[1] / self.cell[0])))
        return across, math.ceil(count / across)

    @property
    def block(self) -> tuple[int, int]:
        """Width and height of a block with what is around it."""
        across, down = self.grid
        width, height = self.cell
        return self.row_head + across * width, self.block_head + self.column_head + down * height

    @cached_property
    def flow(self) -> tuple[int, int]:
        """Columns and rows of blocks."""
        count = len(self.counts)
        width, height = self.block[0] + self.margin, self.block[1] + self.margin

        def unlike(across: int) -> float:
            return abs(math.log(across * width / (math.ceil(count / across) * height) / SHAPE))

        across = min(range(1, count + 1), key=unlike)
        return across, math.ceil(count / across)

    @property
    def body(self) -> tuple[int, int]:
        """Width and height of all blocks and the margins at the sides."""
        width = self.flow[0] * (self.block[0] + self.margin) + self.margin
        return max(NARROWEST, width), self.flow[1] * (self.block[1] + self.margin)

    def fits(self, title: int) -> bool:
        """Whether the sheet stays within bounds below a title of that height."""
        width, height = self.body[0], self.body[1] + title
        return max(width, height) <= LONGEST and width * height <= MOST


def sizes(arrangement: Arrangement, counts: Sequence[int], shapes: Collection[tuple[int, int]], title: int) -> Sizes:
    """Those with the largest tiles that fit, with the smallest if none does, for pictures of these widths and heights.

    A tile is no larger than its pictures, or than a whole number of times these where they are small.
    """
    longest = max(map(max, shapes), default=TILES[0])
    most = longest * max(1, TILES[0] // longest)
    sides = [min(most, TILES[0]), *(tile for tile in TILES if tile < most)]
    made = [Sizes(arrangement, tuple(counts), side, _ratio(shapes)) for side in sides]
    return next((one for one in made if one.fits(title)), made[-1])


def _ratio(shapes: Collection[tuple[int, int]]) -> float:
    """Height by width of the box that each picture is in: theirs where it is one, else a square's."""
    found = {round(height / width, 2) for width, height in shapes}
    return min(2.0, max(0.25, found.pop())) if len(found) == 1 else 1.0


def spoken(columns: Heading | None, rows: Heading | None) -> str:
    """Where the axes run, in words."""
    told = [f"{columns.name} across" if columns and rows else columns.name if columns else ""]
    return ", ".join(filter(None, [*told, f"{rows.name} down" if rows else ""]))
