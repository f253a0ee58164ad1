"""Palettes that a generator finds by itself, as pytti's do (D. Russell, "pytti-core", 2021)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Discriminator, Field, Tag

from artgen.colours.notation import MOST, PaletteColours
from artgen.colours.spaces import oklab, squared_distances
from artgen.colours.stock import StockPalette
from artgen.fields.block import Block

if TYPE_CHECKING:
    from torch import Tensor

_ROUNDS = 8
"""Of k-means; from colours that lie apart it moves little afterwards."""


class LearnedPalette(Block):
    """Colours that nobody chose: the drawing has no more than so many, and the gradient moves them, too."""

    learn: Annotated[int, Field(ge=2, le=MOST)]
    """How many colours."""


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return "stock" if STOCKED & set(value) else "learned"
    return "stock" if isinstance(value, StockPalette) else "learned" if isinstance(value, LearnedPalette) else "given"


STOCKED = set(StockPalette.model_fields)
AnyPalette = Annotated[
    Annotated[PaletteColours, Tag("given")]
    | Annotated[LearnedPalette, Tag("learned")]
    | Annotated[StockPalette, Tag("stock")],
    Discriminator(_kind),
]
"""A palette as `PaletteColours` reads it; ``{learn: 8}``: that many colours, learnt with the drawing; or one with stock
such as ``{lego: 24x24}``: the colours of pieces that the picture can be made of by hand."""


def representatives(colours: Tensor, count: int) -> Tensor:
    """The `count` colours, (count, 3), that stand for those of (N, 3): k-means in Oklab, from some that lie apart.

    They begin with the one nearest to the mean, then always the furthest from those before (Gonzalez 1985); where there
    are fewer different colours than `count`, some are there twice.
    """
    import torch

    with torch.no_grad():
        points = oklab(colours)
        found = squared_distances(points, points.mean(dim=0, keepdim=True))
        chosen = [int(found.argmin())]
        for _ in range(count - 1):
            chosen.append(int(squared_distances(points, points[chosen]).amin(dim=1).argmax()))
        middles, own = colours[chosen], points[chosen]
        for _ in range(_ROUNDS):
            member = squared_distances(points, own).argmin(dim=1)
            members = torch.nn.functional.one_hot(member, count).to(colours)
            number = members.sum(dim=0)[:, None]
            middles = torch.where(number > 0, members.T @ colours / number.clamp(min=1), middles)
            own = oklab(middles)
        return middles
