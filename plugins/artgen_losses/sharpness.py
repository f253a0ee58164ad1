"""The working half of the sharpness loss."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from artgen.api import Look
from artgen_losses.shape_spec import Sharpness


class SharpnessLoss:
    """(B,) 1 / (1 + s), in (0, 1], where s sums the squared differences over a picture of one unit of area.

    Squares tell a hard edge from a ramp of the same height, which total variation cannot. A black-and-white edge
    from top to bottom of a square has s = 1 by `gradient` and 2 by `laplacian`, whatever its pixels; only lines one
    pixel wide count more by `laplacian`. The fraction keeps noise, whose s grows without end, from paying without
    end. Both are focus measures: the energies of the gradient and of the Laplacian (Subbarao, Choi & Nikzad,
    "Focusing techniques", 1993).
    """

    def __init__(self, spec: Sharpness) -> None:
        self._measure = _squared_bends if spec.measure == "laplacian" else _squared_steps

    def __call__(self, look: Look) -> Tensor:
        height, width = look.image.shape[-2:]
        values: Tensor = 1 / (1 + self._measure(look.image) / (3 * (height * width) ** 0.5))
        return values


def _squared_steps(image: Tensor) -> Tensor:
    return _sum(image.diff(dim=2).square()) + _sum(image.diff(dim=3).square())


def _squared_bends(image: Tensor) -> Tensor:
    """The five-point Laplacian's square; what is outside is as the border."""
    padded = F.pad(image, (1, 1, 1, 1), mode="replicate")
    beside = padded[..., 1:-1, :-2] + padded[..., 1:-1, 2:]
    above_and_below = padded[..., :-2, 1:-1] + padded[..., 2:, 1:-1]
    return _sum((beside + above_and_below - 4 * image).square())


def _sum(values: Tensor) -> Tensor:
    return values.sum(dim=(1, 2, 3))
