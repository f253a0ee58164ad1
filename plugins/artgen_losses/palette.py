"""The working half of the palette loss."""

from __future__ import annotations

import torch
from torch import Tensor

from artgen import colours
from artgen.api import Env, Look
from artgen_losses.palette_spec import Palette

SOFTNESS = tuple(10 ** (-i / 6) for i in range(12)) + (0.01,) * 6
"""Squared distances over which a pixel counts for several colours, round by round, where they get even shares; wide
at first, because narrow ones take very many rounds to tell far colours that they are too small."""


class PaletteLoss:
    """(B,) mean squared distances, in [0, 1] for Oklab and [0, 3] for RGB."""

    def __init__(self, spec: Palette, env: Env) -> None:
        self._balance = spec.balance
        space = colours.oklab if spec.space == "oklab" else torch.Tensor.clone
        self._palette = colours.Palette(spec.palette, env.device, space)

    def __call__(self, look: Look) -> Tensor:
        pixels = look.image.movedim(1, -1).flatten(1, 2)
        points = self._palette.space(pixels)
        nearest = self._palette.points[self._palette.nearest(pixels)]
        loss = (points - nearest).square().sum(dim=-1).mean(dim=-1)
        return torch.lerp(loss, self._even(points), self._balance) if self._balance else loss

    def _even(self, points: Tensor) -> Tensor:
        """(B,) for (B, pixels, 3): the cost of moving equal areas of the picture to each colour."""
        distances = colours.squared_distances(points, self._palette.points)
        return (even_shares(distances.detach()) * distances).sum(dim=-1).mean(dim=-1)


def even_shares(distances: Tensor) -> Tensor:
    """(B, pixels, colours): how much of each pixel goes to each colour, so that every colour gets as much.

    Entropic optimal transport (Cuturi 2013, arXiv:1306.0895), in logarithms: the price of a colour that takes up too
    much rises until it does not.
    """
    price = torch.zeros_like(distances[:, :1])
    for softness in SOFTNESS:
        areas = ((-distances - price) / softness).log_softmax(dim=-1).logsumexp(dim=1, keepdim=True)
        price = price + softness * (areas - areas.mean(dim=-1, keepdim=True))
    return ((-distances - price) / softness).softmax(dim=-1)
