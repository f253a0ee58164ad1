"""Where in a picture shapes are asked for."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

CHANCE = 1e-3
"""What chance adds to the greatest of what is asked: it decides between equals, and where nothing is asked."""
NEIGHBOUR = 0.3
"""What is still asked for beside a place that was given a shape."""
TURN = 0.1
"""How far the strongest channel of a colour goes at once in the direction that the losses ask for."""


def places(asked: Tensor, radius: float, count: int, chance: Tensor) -> Tensor:
    """(B, count, 2), x and y in pixels: where (B, C, H, W), averaged over such shapes, is longest, one after the other.

    `chance` is (B, *cells(H, W, radius)) in [0, 1).
    """
    height, width = asked.shape[2:]
    rows, columns = chance.shape[1:]
    strength = F.adaptive_avg_pool2d(asked, (rows, columns)).norm(dim=1)
    strength = strength / strength.amax(dim=(1, 2), keepdim=True).clamp(min=1e-30) + CHANCE * chance
    row, column = (torch.arange(n, device=asked.device) for n in (rows, columns))
    found = []
    for _ in range(count):
        best = strength.flatten(1).argmax(dim=1)
        y, x = best.div(columns, rounding_mode="floor"), best % columns
        found.append(torch.stack([(x + 0.5) * (width / columns), (y + 0.5) * (height / rows)], dim=1))
        beside = ((row - y[:, None]).abs() <= 1)[:, :, None] & ((column - x[:, None]).abs() <= 1)[:, None, :]
        strength = torch.where(beside, strength * NEIGHBOUR, strength)
    return torch.stack(found, dim=1)


def cells(size: tuple[int, int], radius: float) -> tuple[int, int]:
    """Rows and columns of the places that shapes of such a radius may have."""
    height, width = (max(1, round(side / max(1.0, radius))) for side in size)
    return height, width


def seen_at(image: Tensor, where: Tensor, radius: float) -> Tensor:
    """(B, L, C): the mean of (B, C, H, W) about (B, L, 2)."""
    height, width = image.shape[2:]
    small = F.adaptive_avg_pool2d(image, cells((height, width), radius))
    grid = where / where.new_tensor([width, height]) * 2 - 1
    found: Tensor = F.grid_sample(small, grid[:, :, None], padding_mode="border", align_corners=False)
    return found.squeeze(3).transpose(1, 2)


def wanted_colours(image: Tensor, asked: Tensor, where: Tensor, radius: float) -> Tensor:
    """(B, L, 3): what is seen there, and from it the way that the gradient `asked` (B, 3, H, W) goes down."""
    now, way = seen_at(image, where, radius), seen_at(asked, where, radius)
    longest = way.abs().amax(dim=2, keepdim=True)
    return (now - TURN * way / longest.clamp(min=1e-30)).clamp(0, 1)
