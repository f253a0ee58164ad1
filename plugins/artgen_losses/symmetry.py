"""The working half of the symmetry loss."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, Look
from artgen_losses.shape_spec import Symmetry

# Dimensions of (B, 3, H, W) that each mirror turns over.
_MIRRORS: dict[str, tuple[int, ...]] = {"left-right": (3,), "up-down": (2,), "both": (2, 3)}


class SymmetryLoss:
    """(B,) mean squared differences beyond the tolerance, in [0, 1]."""

    def __init__(self, spec: Symmetry, env: Env) -> None:
        self._spec = spec
        if spec.axis == "rotation":
            self._grid, self._disc = (t.to(env.device) for t in turn(env.size, spec.folds))

    def __call__(self, look: Look) -> Tensor:
        if self._spec.axis == "rotation":
            return self._turned(look.image)
        costs = [self._cost(difference).mean(dim=(1, 2, 3)) for difference in self._reflected(look.image)]
        return torch.stack(costs).mean(dim=0)

    def _cost(self, difference: Tensor) -> Tensor:
        return (difference.abs() - self._spec.tolerance).clamp(min=0) ** 2

    def _reflected(self, image: Tensor) -> list[Tensor]:
        """The picture less its mirror image, for each mirror."""
        if self._spec.axis not in _MIRRORS:
            square = centre_square(image)
            turned = square if self._spec.axis == "diagonal" else square.flip((2, 3))
            return [square - turned.transpose(2, 3)]
        return [image - image.flip(dim) for dim in _MIRRORS[self._spec.axis]]

    def _turned(self, image: Tensor) -> Tensor:
        grid = self._grid.expand(len(image), -1, -1, -1)
        turned = F.grid_sample(image, grid, padding_mode="border", align_corners=False)
        return (self._cost(image - turned) * self._disc).sum(dim=(1, 2, 3)) / (3 * self._disc.sum())


def centre_square(image: Tensor) -> Tensor:
    """(B, 3, S, S): the largest square in the middle."""
    height, width = image.shape[-2:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return image[..., top : top + side, left : left + side]


def turn(size: tuple[int, int], folds: int) -> tuple[Tensor, Tensor]:
    """Where each pixel lies after 1/folds of a turn, (1, H, W, 2) in [-1, 1], and the inscribed disc, (H, W)."""
    height, width = size
    y = torch.arange(height) + 0.5 - height / 2
    x = torch.arange(width) + 0.5 - width / 2
    y, x = torch.meshgrid(y, x, indexing="ij")
    angle = 2 * math.pi / folds
    turned_x = math.cos(angle) * x - math.sin(angle) * y
    turned_y = math.sin(angle) * x + math.cos(angle) * y
    grid = torch.stack((turned_x * 2 / width, turned_y * 2 / height), dim=-1)
    return grid[None], (torch.hypot(x, y) <= min(size) / 2).float()
