"""Blurs of any width, and pictures at other sizes."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

FINEST = 4
"""Pixels of standard deviation that a blur keeps, however small its picture is made."""


def gaussian(image: Tensor, sigma: float) -> Tensor:
    """(B, C, H, W) blurred by `sigma` pixels; the edges are drawn out."""
    if sigma <= 0:
        return image
    reach = math.ceil(3 * sigma)
    places = torch.arange(-reach, reach + 1, dtype=image.dtype, device=image.device)
    kernel = torch.exp(-(places**2) / (2 * sigma**2))
    kernel = kernel / kernel.sum()
    rows = image.flatten(0, 1)[:, None]
    rows = F.conv2d(F.pad(rows, (reach, reach, 0, 0), mode="replicate"), kernel.view(1, 1, 1, -1))
    rows = F.conv2d(F.pad(rows, (0, 0, reach, reach), mode="replicate"), kernel.view(1, 1, -1, 1))
    return rows.view_as(image)


def blurred(image: Tensor, sigma: float) -> Tensor:
    """The same as `gaussian`, nearly; a wide blur is taken of a smaller picture, so that it costs no more."""
    factor = int(sigma // FINEST)
    if factor < 2:
        return gaussian(image, sigma)
    size = [max(1, round(side / factor)) for side in image.shape[2:]]
    small = F.interpolate(image, size, mode="area")
    # A mean over `factor` pixels blurs by itself; variances add up.
    wide = gaussian(small, math.sqrt(sigma**2 - (factor**2 - 1) / 12) / factor)
    return F.interpolate(wide, image.shape[2:], mode="bicubic")


def scaled(cells: Tensor, size: tuple[int, int]) -> Tensor:
    """(B, C, h, w) at another size (H, W): smooth where it grows, without moiré where it shrinks."""
    if cells.shape[2] > size[0] or cells.shape[3] > size[1]:
        return F.interpolate(cells, size, mode="bilinear", antialias=True)
    return F.interpolate(cells, size, mode="bicubic")
