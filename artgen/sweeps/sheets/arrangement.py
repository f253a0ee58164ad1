"""Which axis of a sweep runs along columns, which along rows, and what is left for blocks of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from artgen.sweeps.sheets.labels import Heading

LONG = 24
"""Characters of a value that has more room at the side of a row than above a column."""
MANY = 24
"""Columns of a table beyond which its cells wrap, if its rows are few."""

MOST_TOLD = 4
"""Settings that are told below a picture."""


@dataclass(frozen=True)
class Arrangement:
    """Where cells lie."""

    columns: Heading | None
    """None where no setting varies."""
    rows: Heading | None
    """None: the cells of a block, one for each value of `columns`, follow each other and wrap."""
    blocks: tuple[Heading, ...]
    """A block for each combination of their values."""
    fixed: tuple[Heading, ...]
    """Those that have one value."""
    ranked: tuple[int, ...] = ()
    """The cells, numbered from 0, one after the other, in place of columns, rows and blocks."""
    told: tuple[Heading, ...] = ()
    """Those whose values stand below each picture, a line each."""

    def in_blocks(self, count: int) -> list[tuple[str, list[int]]]:
        """The cells, numbered from 0, that each block has, in order, and what the block is called."""

        if self.ranked:
            return [("", list(self.ranked))]

        def place(i: int) -> tuple[int, ...]:
            return tuple(axis.places[i] for axis in self.blocks)

        ordered = sorted(range(count), key=place)
        return [(self._name(key), list(cells)) for key, cells in groupby(ordered, place)]

    def _name(self, key: tuple[int, ...]) -> str:
        named = zip(self.blocks, key, strict=True)
        return "  ·  ".join(f"{axis.name} {axis.texts[place]}" for axis, place in named)


def arrange(found: Sequence[Heading], ranked: Sequence[int] = ()) -> Arrangement:
    """The arrangement that reads best: most values along the columns, long texts at the side, the rest in blocks.

    Where hardly two cells share a value, as in a search, they are `ranked`, and follow each other.
    """
    varying = [axis for axis in found if len(axis.texts) > 1]
    fixed = tuple(axis for axis in found if len(axis.texts) <= 1)
    if ranked:
        return Arrangement(None, None, (), fixed, tuple(ranked), tuple(varying[:MOST_TOLD]))
    if not varying:
        return Arrangement(None, None, (), fixed)
    columns = min(varying, key=lambda axis: (axis.longest > LONG, -len(axis.texts)))
    rest = [axis for axis in varying if axis is not columns]
    rows = max(rest, key=lambda axis: len(axis.texts), default=None)
    if rows is None or len(columns.texts) > max(MANY, 4 * len(rows.texts)):
        return Arrangement(columns, None, tuple(rest), fixed)
    return Arrangement(columns, rows, tuple(axis for axis in rest if axis is not rows), fixed)
