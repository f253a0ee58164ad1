"""What is taken from a view after it is cut: its sharpness, and a rectangle of it."""

from __future__ import annotations

import math

import torch
from kornia.filters import gaussian_blur2d
from torch import Tensor

from artgen_cutouts import Cutouts

NUMBERS = 5
"""Uniform numbers that the rectangle of one view takes."""

# Logarithm of the greatest width / height, as in Zhong et al., "Random Erasing Data Augmentation" (2020).
_LONGEST = math.log(1 / 0.3)


def blur(views: Tensor, most: float, numbers: Tensor) -> Tensor:
    """(N, 3, s, s) blurred with deviations of (N,) uniform numbers x `most` x side; the border is drawn out."""
    size = views.shape[-1]
    sigma = (numbers * most * size).clamp(min=1e-3)
    kernel = 2 * math.ceil(3 * most * size) + 1
    return gaussian_blur2d(views, kernel, sigma[:, None].expand(-1, 2), border_type="replicate")


def erase(spec: Cutouts, views: Tensor, numbers: Tensor) -> Tensor:
    """(N, 3, s, s) with a black rectangle in some, for (N, NUMBERS) uniform numbers.

    Its area is uniform in `spec.erase`, the logarithm of its width / height in that of 0.3 to 1 / 0.3; a side longer
    than the view's is cut to it.
    """
    applied, quantile, shape, *place = numbers.unbind(1)
    area = spec.erase[0] + (spec.erase[1] - spec.erase[0]) * quantile
    ratio = ((2 * shape - 1) * _LONGEST).exp()
    sides = torch.stack(((area * ratio).sqrt(), (area / ratio).sqrt()), dim=1).clamp(max=1)
    start = torch.stack(place, dim=1) * (1 - sides)
    centres = (torch.arange(views.shape[-1]).to(numbers) + 0.5) / views.shape[-1]
    within = (centres >= start[..., None]) & (centres < (start + sides)[..., None])
    hidden = within[:, 1, :, None] & within[:, 0, None, :] & (applied < spec.erase_probability)[:, None, None]
    return views.masked_fill(hidden[:, None], 0)
