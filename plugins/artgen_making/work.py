"""A picture as work for the hand: which piece goes where, how many of each there are, and in which sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import torch
from torch import Tensor

from artgen.api import ExportSource, HasSprite, InputError
from artgen.colours import Material, Piece, StockPalette, channels

SYMBOLS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What is printed on the pieces of so many colours, without letters that look like digits; numbers where there are
more."""
FREE = Material("", "pieces of your own", "piece", "pieces", 0)
"""Where a file says what there is."""


@dataclass(frozen=True)
class Part:
    """All pieces of one colour that the work takes."""

    piece: Piece
    symbol: str
    count: int


@dataclass(frozen=True)
class Sheet:
    """What is on one sheet: whole rows of `cells` and where its first cell lies in the work."""

    column: int
    row: int
    cells: Sequence[Sequence[int]]

    def counts(self) -> Mapping[int, int]:
        """How often each part is in it, in the parts' order."""
        every = sorted(part for row in self.cells for part in row if part >= 0)
        return {part: len(list(same)) for part, same in groupby(every)}


@dataclass(frozen=True)
class Work:
    """A whole work; a cell is the number of its part, or -1 where none lies."""

    title: str
    material: Material
    parts: Sequence[Part]
    cells: Sequence[Sequence[int]]

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return len(self.cells[0]), len(self.cells)

    @property
    def count(self) -> int:
        """How many pieces it takes."""
        return sum(part.count for part in self.parts)

    def sheets(self, columns: int, rows: int) -> Iterator[Sheet]:
        """Its parts of at most so many columns and rows, row by row; the last ones are smaller."""
        across, down = (_shares(whole, most) for whole, most in zip(self.size, (columns, rows), strict=True))
        for top, bottom in down:
            for left, right in across:
                yield Sheet(left, top, [row[left:right] for row in self.cells[top:bottom]])


def runs(row: Sequence[int]) -> list[tuple[int, int]]:
    """A row as how many of which part follow each other."""
    return [(len(list(same)), part) for part, same in groupby(row)]


def work_of(source: ExportSource) -> Work:
    """The work that a finished picture is.

    Raises:
        InputError: if it has not been drawn of a stock, or has no cells.
    """
    palette = getattr(source.spec, "palette", None)
    if not isinstance(palette, StockPalette) or not isinstance(source.generator, HasSprite):
        raise InputError("only what is drawn of a stock can be made by hand; draw with a palette such as {lego: 24x24}")
    pieces = palette.pieces()
    colours, solid = source.generator.sprite(source.picture).split((3, 1))
    found = _nearest(colours.cpu(), pieces).where(solid[0].cpu() > 0.5, -1)
    used = found[found >= 0].bincount(minlength=len(pieces))
    order = [number for number in used.argsort(descending=True, stable=True).tolist() if used[number]]
    symbols = SYMBOLS if len(order) <= len(SYMBOLS) else [str(number + 1) for number in range(len(order))]
    parts = [Part(pieces[number], symbol, int(used[number])) for number, symbol in zip(order, symbols, strict=False)]
    place = torch.full((len(pieces) + 1,), -1)  # the last is that of no piece
    place[order] = torch.arange(len(order))
    return Work(_title(source.recipe), palette.material or FREE, parts, place[found].tolist())


def _nearest(colours: Tensor, pieces: Sequence[Piece]) -> Tensor:
    """The number of the piece that has each colour of (3, rows, columns)."""
    known = torch.tensor([channels(piece.colour) for piece in pieces])
    return torch.cdist(colours.flatten(1).T, known).argmin(dim=1).view(colours.shape[1:])


def _title(recipe: Mapping[str, Any] | None) -> str:
    """What the picture was asked for, if it tells that."""
    prompts = (recipe or {}).get("preset", {}).get("prompts") or [""]
    first = prompts[0] if isinstance(prompts, list) else prompts
    text = first.get("text", "") if isinstance(first, Mapping) else first
    return text.strip()[:80] if isinstance(text, str) else ""


def _shares(whole: int, most: int) -> list[tuple[int, int]]:
    """Where as few parts as can be, of at most `most`, begin and end; all full but the last."""
    return [(begin, min(begin + most, whole)) for begin in range(0, whole, most)]
