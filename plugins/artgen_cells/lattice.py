"""Which cell a point lies in, and the outline of each, for all kinds of cells.

Lengths are in widths of a cell, from the canvas's top left corner, x to the right and y downwards. A cell has a row and
a column, which may be negative where it begins outside of the canvas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from artgen_cells import Kind

Point = tuple[float, float]
Located = tuple[Tensor, Tensor]
"""The column and the row, int64."""

HALF_ROOT_3 = 3**0.5 / 2
FALL = 0.75
"""How far the legs of a stitch run down to its middle."""


@dataclass(frozen=True)
class Lattice:
    """Cells of one kind: `find` and `outline` where the usual height is stretched to 1, and that height."""

    find: Callable[[Tensor, Tensor], Located]
    outline: Callable[[int, int], Sequence[Point]]
    height: float = 1


def _squares(x: Tensor, y: Tensor) -> Located:
    return x.floor().long(), y.floor().long()


def _square(column: int, row: int) -> Sequence[Point]:
    return [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]


def _bricks(x: Tensor, y: Tensor) -> Located:
    row = y.floor().long()
    return (x - row.remainder(2) / 2).floor().long(), row


def _brick(column: int, row: int) -> Sequence[Point]:
    # With the corners of the rows above and below, so that neighbours have the same sides.
    x = column + row % 2 / 2
    return [(x + right, row) for right in (0, 0.5, 1)] + [(x + right, row + 1) for right in (1, 0.5, 0)]


def _hexagons(x: Tensor, y: Tensor) -> Located:
    """The nearest of the middles, which lie at (column + half of odd rows, row x 1) once y is stretched."""
    best = torch.full_like(x, torch.inf)
    column, row = torch.zeros_like(x).long(), torch.zeros_like(x).long()
    for near in (y.floor().long(), y.floor().long() + 1):
        shift = near.remainder(2) / 2
        beside = (x - shift).round().long()
        distance = (x - shift - beside) ** 2 + ((y - near) * HALF_ROOT_3) ** 2
        nearer = distance < best
        best = distance.where(nearer, best)
        column, row = beside.where(nearer, column), near.where(nearer, row)
    return column, row


def _hexagon(column: int, row: int) -> Sequence[Point]:
    x, tall = column + row % 2 / 2, 2 / 3
    corners = ((0, -tall), (0.5, -tall / 2), (0.5, tall / 2), (0, tall), (-0.5, tall / 2), (-0.5, -tall / 2))
    return [(x + right, row + down) for right, down in corners]


def _triangles(x: Tensor, y: Tensor) -> Located:
    """Even columns stand on a side, odd ones on a corner; the next row is moved by half a side."""
    row = y.floor().long()
    x, down = x + row.remainder(2) / 2, y - row
    column = x.floor().long()
    right = x - column - 0.5
    stands = right.abs() <= down / 2
    return torch.where(stands, 2 * column, 2 * column + right.sign().long()), row


def _triangle(column: int, row: int) -> Sequence[Point]:
    x, up = column / 2 - row % 2 / 2, column % 2 == 0
    return [(x, row + 1), (x + 0.5, row), (x + 1, row + 1)] if up else [(x, row), (x + 1, row), (x + 0.5, row + 1)]


def _diamonds(x: Tensor, y: Tensor) -> Located:
    return (x + y).floor().long(), (x - y).floor().long()


def _diamond(column: int, row: int) -> Sequence[Point]:
    x, y = (column + row + 1) / 2, (column - row) / 2
    return [(x, y - 0.5), (x + 0.5, y), (x, y + 0.5), (x - 0.5, y)]


def _stitches(x: Tensor, y: Tensor) -> Located:
    column = x.floor()
    return column.long(), (y - FALL * (1 - 2 * (x - column - 0.5).abs())).floor().long()


def _stitch(column: int, row: int) -> Sequence[Point]:
    over = [(column, row), (column + 0.5, row + FALL), (column + 1, row)]
    return [*over, *((x, y + 1) for x, y in reversed(over))]


LATTICES: dict[Kind, Lattice] = {
    "square": Lattice(_squares, _square),
    "shifted": Lattice(_bricks, _brick, 0.5),
    "hexagon": Lattice(_hexagons, _hexagon, HALF_ROOT_3),
    "triangle": Lattice(_triangles, _triangle, HALF_ROOT_3),
    "diamond": Lattice(_diamonds, _diamond),
    "knit": Lattice(_stitches, _stitch, 0.8),
}
