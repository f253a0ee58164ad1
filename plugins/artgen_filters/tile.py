"""The working half of the tile filter."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env
from artgen_filters import Tile

# Dimensions of (B, 3, H, W) across which edges meet; sideways first, so that the second step keeps what it finds.
_DIMS: dict[str, tuple[int, ...]] = {"both": (3, 2), "left-right": (3,), "up-down": (2,)}


class TileFilter:
    """Edges that meet, then a roll."""

    def __init__(self, spec: Tile, env: Env) -> None:
        self._spec, self._random, self._steps = spec, env.random, env.steps
        self._dims = _DIMS[spec.axis]

    def __call__(self, image: Tensor, step: int) -> Tensor:
        for dim in self._dims:
            if self._spec.edges == "mirror":
                image = mirrored(image, dim)
            elif self._spec.edges == "blend":
                image = blended(image, dim, self._spec.band, self._spec.brick and dim == 2)
        return self._rolled(image, step)

    def _rolled(self, image: Tensor, step: int) -> Tensor:
        shift = self._spec.shift
        if shift == "none" or (shift == "random" and step >= self._steps):
            return image
        if shift == "random":
            # Two rows of bricks differ, so the window may lie anywhere over both of them.
            shares = self._random.uniform("shift", (2,), step).cpu() * torch.tensor([1, 1 + self._spec.brick])
        else:
            shares = torch.tensor([shift] * len(image))
        return torch.stack([self._roll(picture, *row) for picture, row in zip(image, shares.tolist(), strict=True)])

    def _roll(self, picture: Tensor, right: float, down: float) -> Tensor:
        """(3, H, W), rolled by shares of its width and height."""
        height, width = picture.shape[1:]
        if self._spec.brick:
            picture = torch.cat((picture, half_over(picture)), dim=1)
        shifts = {3: round(right * width), 2: round(down * height)}
        rolled = picture.roll([shifts[dim] for dim in self._dims], [dim - 1 for dim in self._dims])
        return rolled[:, :height]


def half_over(image: Tensor) -> Tensor:
    """(..., W), rolled sideways by half its width."""
    return image.roll(image.shape[-1] // 2, -1)


def mirrored(image: Tensor, dim: int) -> Tensor:
    """The whole picture squeezed into the first half of `dim`, and its mirror image in the other."""
    size = list(image.shape[2:])
    size[dim - 2] = -(-size[dim - 2] // 2)
    half = F.interpolate(image, size, mode="area")
    other = half.flip(dim).narrow(dim, image.shape[dim] % 2, image.shape[dim] - half.shape[dim])
    return torch.cat((half, other), dim=dim)


def blended(image: Tensor, dim: int, band: float, brick: bool = False) -> Tensor:
    """Each edge of `dim` faded over `band` of the size into the opposite one, where it is half of both.

    The picture is mixed with its mirror image, so that the two edges become equal and what lies behind them alike.
    With `brick`, top and bottom meet half a width apart.
    """
    size = image.shape[dim]
    place = torch.arange(size, device=image.device)
    inwards = torch.minimum(place, size - 1 - place) / (band * size)
    weight = (1 + (math.pi * inwards.clamp(max=1)).cos()) / 4
    opposite = image.flip(dim)
    if brick:
        opposite = half_over(opposite)
    return torch.lerp(image, opposite, weight.view([-1 if d == dim else 1 for d in range(4)]))
