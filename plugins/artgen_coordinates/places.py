"""Where a pixel is, as the networks are told it."""

from __future__ import annotations

import torch
from torch import Tensor


def places(size: tuple[int, int], rows: slice, device: torch.device) -> Tensor:
    """(2, rows, W): x and y of the pixels' middles, from the picture's middle, in half the shorter side."""
    down, across = (torch.arange(side, device=device) + 0.5 - side / 2 for side in size)
    y, x = torch.meshgrid(down[rows], across, indexing="ij")
    return torch.stack([x, y]) / (min(size) / 2)


def folded(grid: Tensor, folds: int, mirror: bool) -> Tensor:
    """(3, ...) of (2, ...): places that repeat `folds` times on the way round, and how far they are from the middle.

    As a complex number from the middle, with the top for its direction 0, a place z becomes z^folds / |z|^(folds - 1).
    """
    x, y = grid.unbind()
    radius = torch.hypot(x, y)
    length = radius.clamp(min=1e-6)
    along, across = -y / length, x / length
    real, imaginary = along, across
    for _ in range(folds - 1):
        real, imaginary = real * along - imaginary * across, real * across + imaginary * along
    if mirror:
        imaginary = imaginary.abs()
    return torch.stack([imaginary * radius, -real * radius, radius])
