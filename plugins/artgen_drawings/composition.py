"""A picture around its things: the ground, a pot for a plant, and where things stand."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen_drawings import ground
from artgen_drawings.caption import Caption, rgb
from artgen_drawings.layout import compose, cropped, over

AFLOAT = frozenset({"sea", "lake"})
"""Places on whose water nothing throws a shadow."""
POT = 384
"""Pixels a side of a plant in a pot, before it is placed."""


class Composition:
    """All that a sentence says exactly, painted once, so that things can be put into it again and again."""

    def __init__(self, caption: Caption, size: tuple[int, int], rng: torch.Generator) -> None:
        self._relation = caption.relation
        # (4, POT, POT), for a plant.
        self._pot = ground.flowerpot(POT, None, rng) if caption.potted and caption.things else None
        self._backdrop, self._floor, self._shadow = _backdrop(caption, size, rng)

    def around(self, things: Sequence[Tensor]) -> Tensor:
        """(4, H, W): (4, h, w) things, colours times alpha, in their places; the last channel says what they cover.

        Without things the place is the picture, and covers all. The gradient reaches the things, not their boxes.
        """
        if not things:
            return torch.cat([self._backdrop, torch.ones_like(self._backdrop[:1])])
        if self._pot is not None:
            things = [*things[:-1], _potted(things[-1], self._pot)]
        return compose(things, self._relation, self._backdrop, self._floor, self._shadow)


def _backdrop(caption: Caption, size: tuple[int, int], rng: torch.Generator) -> tuple[Tensor, float | None, bool]:
    """The ground, the height at which things stand on it, and whether they throw a shadow."""
    if caption.place is None:
        return ground.plain(torch.tensor(rgb(caption.ground) if caption.ground else (1.0, 1.0, 1.0)), size), None, False
    backdrop = ground.paint(caption.place, caption.time, size, rng)
    if caption.place in ground.FLOATING:
        return backdrop, None, False
    return backdrop, ground.floor(caption.place), caption.place not in AFLOAT


def _potted(plant: Tensor, pot: Tensor) -> Tensor:
    """(4, POT, POT): the plant with its foot behind the rim of a pot."""
    _, _, rim = ground.rim()
    part = cropped(plant)
    scale = min(0.62 * POT / part.shape[1], 0.62 * POT / part.shape[2])
    part = F.interpolate(part[None], scale_factor=scale, mode="bicubic", antialias=True)[0].clamp(0, 1)
    part = torch.cat([part[:3].minimum(part[3:]), part[3:]])
    empty = torch.zeros(4, POT, POT)
    figure = over(empty, part, round((rim + 0.04) * POT) - part.shape[1], (POT - part.shape[2]) // 2)
    return over(figure, pot, 0, 0)
