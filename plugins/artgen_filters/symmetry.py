"""The working halves of the symmetry and kaleidoscope filters."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env
from artgen_filters import Kaleidoscope, Symmetry

# Dimensions of (B, 3, H, W) that each mirror turns over.
_MIRRORS: dict[str, tuple[int, ...]] = {"left-right": (3,), "up-down": (2,), "both": (2, 3)}
_MIDDLE = (0.5, 0.5)


class SymmetryFilter:
    """(B, 3, H, W) to the same, symmetric."""

    def __init__(self, spec: Symmetry, env: Env) -> None:
        self._spec, self._steps = spec, env.steps

    def __call__(self, image: Tensor, step: int) -> Tensor:
        strength = self._spec.strength.at(step, self._steps)
        return torch.lerp(image, self._symmetric(image), strength) if strength else image

    def _symmetric(self, image: Tensor) -> Tensor:
        if self._spec.axis == "rotation":
            return self._turned(image)
        for dim in _MIRRORS[self._spec.axis]:
            image = _mirror(image, dim, self._spec.keep)
        return image

    def _turned(self, image: Tensor) -> Tensor:
        polar = Polar(image, _MIDDLE)
        sector = 2 * math.pi / self._spec.folds
        if self._spec.keep == "first":
            return polar.read(image, polar.folded(sector, 0.0, mirror=False))
        turns = range(self._spec.folds)
        return torch.stack([polar.read(image, polar.angle + turn * sector) for turn in turns]).mean(dim=0)


class KaleidoscopeFilter:
    """(B, 3, H, W) to the same, seen in mirrors that meet at an angle."""

    def __init__(self, spec: Kaleidoscope, env: Env) -> None:
        self._spec, self._steps = spec, env.steps

    def __call__(self, image: Tensor, step: int) -> Tensor:
        strength = self._spec.strength.at(step, self._steps)
        if not strength:
            return image
        polar = Polar(image, self._spec.centre)
        start = math.radians(self._spec.angle.at(step, self._steps))
        folded = polar.folded(2 * math.pi / self._spec.folds, start, mirror=True)
        return torch.lerp(image, polar.read(image, folded), strength)


class Polar:
    """The pixels of a picture by angle (clockwise from the top) and distance around a centre."""

    def __init__(self, image: Tensor, centre: tuple[float, float]) -> None:
        self._size = image.new_tensor((image.shape[3], image.shape[2]))
        self._centre = image.new_tensor(centre) * self._size
        y, x = (torch.arange(side, device=image.device) + 0.5 for side in image.shape[2:])
        down, right = torch.meshgrid(y - self._centre[1], x - self._centre[0], indexing="ij")
        self.distance = torch.hypot(right, down)
        self.angle = torch.atan2(right, -down)

    def folded(self, sector: float, start: float, mirror: bool) -> Tensor:
        """The angles (H, W) of `sector` that stand for all; with `mirror`, its second half stands for nothing."""
        within = (self.angle - start) % sector
        return start + (torch.minimum(within, sector - within) if mirror else within)

    def read(self, image: Tensor, angle: Tensor) -> Tensor:
        """What lies at the pixels' distances but at `angle` (H, W); the picture is mirrored beyond its edges."""
        offsets = torch.stack((angle.sin(), -angle.cos()), dim=-1) * self.distance[..., None]
        places = (self._centre + offsets) * 2 / self._size - 1
        grid = places.expand(len(image), -1, -1, -1)
        return F.grid_sample(image, grid, padding_mode="reflection", align_corners=False)


def _mirror(image: Tensor, dim: int, keep: str) -> Tensor:
    """`image` whose halves along `dim` are each other's mirror images."""
    size, other = image.shape[dim], image.flip(dim)
    if keep == "mean":
        return (image + other) / 2
    first, second = (image, other) if keep == "first" else (other, image)
    half = -(-size // 2)
    return torch.cat((first.narrow(dim, 0, half), second.narrow(dim, half, size - half)), dim=dim)
