"""The working half of the symmetry loss."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, Look
from artgen_losses import Symmetry

# Dimensions of (B, 3, H, W) that each mirror turns over.
_MIRRORS: dict[str, tuple[int, ...]] = {"left-right": (3,), "up-down": (2,), "both": (2, 3)}


class SymmetryLoss:
    """(B,) mean squared differences, in [0, 1]."""

    def __init__(self, spec: Symmetry, env: Env) -> None:
        self._mirrors = _MIRRORS.get(spec.axis, ())
        if not self._mirrors:
            self._grid, self._disc = (t.to(env.device) for t in turn(env.size, spec.folds))

    def __call__(self, look: Look) -> Tensor:
        if not self._mirrors:
            return self._turned(look.image)
        differences = [(look.image - look.image.flip(dim)) ** 2 for dim in self._mirrors]
        return torch.stack([d.mean(dim=(1, 2, 3)) for d in differences]).mean(dim=0)

    def _turned(self, image: Tensor) -> Tensor:
        grid = self._grid.expand(len(image), -1, -1, -1)
        turned = F.grid_sample(image, grid, padding_mode="border", align_corners=False)
        return ((image - turned) ** 2 * self._disc).sum(dim=(1, 2, 3)) / (3 * self._disc.sum())


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
