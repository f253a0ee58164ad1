"""The working halves of the losses about the picture's rim."""

from __future__ import annotations

import torch
from torch import Tensor

from artgen.api import Env, InputError, Look
from artgen_losses import pictures
from artgen_losses.border_spec import Edge, Vignette


class EdgeLoss:
    """(B,) mean squared difference in the border, and `whole` times that of the whole picture, both under the mask."""

    def __init__(self, spec: Edge, env: Env) -> None:
        self._wanted = pictures.read(spec.image, env) if spec.image else pictures.plain(spec.colour, env)
        self._whole = spec.whole
        mask = pictures.read_mask(spec.mask, env)
        self._mask = 1 - mask if spec.invert else mask
        pictures.refuse_nothing(self._mask, "edge", spec.mask, "of the picture")
        self._border = self._mask * _frame(spec, env) if any(spec.sides) else None
        if self._border is not None:
            pictures.refuse_nothing(self._border, "edge", spec.mask, "of the border")

    def __call__(self, look: Look) -> Tensor:
        costs = (look.image - self._wanted) ** 2
        cost = self._whole * pictures.masked_mean(costs, self._mask)
        return cost if self._border is None else cost + pictures.masked_mean(costs, self._border)


def _frame(spec: Edge, env: Env) -> Tensor:
    """(H, W): 1 in the border, 0 inside."""
    height, width = env.size
    left, right, top, bottom = (_pixels(side, env.size) for side in spec.sides)
    for name, thickness, room in (("wide", max(left, right), width), ("high", max(top, bottom), height)):
        if thickness > room:
            raise InputError(
                f"edge: a border of {thickness} pixels does not fit a canvas {room} pixels {name}; make it thinner, "
                "or give a share of the shorter side such as 0.05"
            )
    frame = torch.ones(height, width, device=env.device)
    frame[top : max(height - bottom, top), left : max(width - right, left)] = 0
    return frame


def _pixels(extent: float, size: tuple[int, int]) -> int:
    """At least one, unless the side is left out."""
    return round(extent) if extent >= 1 or extent == 0 else max(1, round(extent * min(size)))


class VignetteLoss:
    """(B,) mean absolute difference from the colour, weighted by 1 less a Gaussian of height 1; in [0, 1]."""

    def __init__(self, spec: Vignette, env: Env) -> None:
        self._colour = pictures.plain(spec.colour, env)
        across, down = (
            _gaussian(length, centre, deviation)
            for length, centre, deviation in zip(env.size[::-1], spec.centre, spec.deviation, strict=True)
        )
        self._weights = (1 - torch.outer(down, across)).to(env.device)

    def __call__(self, look: Look) -> Tensor:
        return ((look.image - self._colour).abs() * self._weights).mean(dim=(1, 2, 3))


def _gaussian(length: int, centre: float, deviation: float) -> Tensor:
    """(length,): the Gaussian at the middle of each pixel."""
    places = (torch.arange(length) + 0.5) / length
    return torch.exp(-((places - centre) ** 2) / (2 * deviation**2))
