"""A Gaussian blur whose width is a share of the picture."""

from __future__ import annotations

import math

from kornia.filters import gaussian_blur2d
from torch import Tensor


def blur(image: Tensor, share: float, wrap: bool = False) -> Tensor:
    """(B, 3, H, W) blurred by a standard deviation of `share` (up to 0.25) of the shorter side; the border repeats."""
    deviation = share * min(image.shape[-2:])
    if deviation == 0:
        return image
    # Three standard deviations, so that the window never reaches further than a tile that wraps.
    window = 2 * math.ceil(3 * deviation) + 1
    return gaussian_blur2d(
        image, (window, window), (deviation, deviation), border_type="circular" if wrap else "replicate"
    )
