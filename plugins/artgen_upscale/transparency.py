"""Pictures with transparent places: no colour from under them reaches the edges, and edges of the alpha stay crisp."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen_upscale.resampling import taken

SEEN = 0.02
"""Alpha from which on a pixel's colour counts."""
STEPS = 12
"""Pixels by which colours grow into what is transparent."""


def filled(image: Tensor, alpha: Tensor, wrap: bool) -> Tensor:
    """(B, 3, H, W) with the colours beside them where nothing is seen, so that an enlargement finds no edge there."""
    weight = torch.where(alpha >= SEEN, alpha, torch.zeros_like(alpha))
    colour = image * weight
    mean = colour.sum((2, 3), keepdim=True) / weight.sum((2, 3), keepdim=True).clamp_min(1e-6)
    made, known = torch.where(weight > 0, image, mean), weight > 0
    sums, weights = colour, weight
    for _ in range(STEPS):
        sums, weights = (F.avg_pool2d(_wider(part, wrap), 3, 1) for part in (sums, weights))
        reached = ~known & (weights > 1e-6)
        made = torch.where(reached, sums / weights.clamp_min(1e-6), made)
        known = known | reached
    return made.clamp(0, 1)


def limited(made: Tensor, alpha: Tensor, wrap: bool) -> Tensor:
    """What a network drew of alpha, (1, 1, sH, sW), kept between the least and the most of the 3 x 3 pixels there.

    So what was wholly clear or covered is so still, and no edge rings.
    """
    wide = _wider(alpha, wrap)
    most, least = F.max_pool2d(wide, 3, 1), -F.max_pool2d(-wide, 3, 1)
    size = made.shape[2:]
    bounds = (F.interpolate(bound, size, mode="nearest-exact") for bound in (least, most))
    low, high = bounds
    return torch.minimum(torch.maximum(made, low), high)


def _wider(image: Tensor, wrap: bool) -> Tensor:
    return taken(image, (-1, image.shape[2] + 1), (-1, image.shape[3] + 1), wrap)
