"""The colour difference CIEDE2000 of CIE 142-2001.

As in Sharma, Wu & Dalal, "The CIEDE2000 color-difference formula: implementation notes, supplementary test data, and
mathematical observations" (2005), equations 2 to 22, whose names are used; the parametric factors are 1.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def ciede2000(first: Tensor, second: Tensor) -> Tensor:
    """(..., 3) CIELAB colours, L* in [0, 100], to their differences (...), >= 0; about 1 can just be seen."""
    chroma = (_chroma(first) + _chroma(second)) / 2
    stretch = 1 + (1 - _saturation(chroma)) / 2
    c1, h1 = _polar(first, stretch)
    c2, h2 = _polar(second, stretch)
    grey = c1 * c2 == 0
    turn = torch.where(grey, 0, torch.remainder(h2 - h1 + math.pi, 2 * math.pi) - math.pi)
    lightness = second[..., 0] - first[..., 0]
    hue = 2 * (c1 * c2).sqrt() * (turn / 2).sin()
    mean_hue = torch.where(grey, h1 + h2, h1 + turn / 2)
    return _combine(lightness, c2 - c1, hue, (first[..., 0] + second[..., 0]) / 2, (c1 + c2) / 2, mean_hue)


def _combine(dl: Tensor, dc: Tensor, dh: Tensor, mean_l: Tensor, mean_c: Tensor, mean_h: Tensor) -> Tensor:
    """Equations 15 to 22: the three differences, each by how well it is seen there."""
    t = 1 - 0.17 * _cos(mean_h, 1, 30) + 0.24 * _cos(mean_h, 2, 0) + 0.32 * _cos(mean_h, 3, -6)
    t = t - 0.20 * _cos(mean_h, 4, 63)
    off = (mean_l - 50) ** 2
    dl = dl / (1 + 0.015 * off / (20 + off).sqrt())
    dc = dc / (1 + 0.045 * mean_c)
    dh = dh / (1 + 0.015 * mean_c * t)
    degrees = torch.remainder(mean_h.rad2deg(), 360)
    angle = 60 * (-(((degrees - 275) / 25) ** 2)).exp()
    rotation = -angle.deg2rad().sin() * 2 * _saturation(mean_c)
    # Rounding may leave the sum of squares a hair below 0.
    return (dl**2 + dc**2 + dh**2 + rotation * dc * dh).clamp(min=0).sqrt()


def _chroma(lab: Tensor) -> Tensor:
    return torch.hypot(lab[..., 1], lab[..., 2])


def _saturation(chroma: Tensor) -> Tensor:
    seventh = chroma**7
    return (seventh / (seventh + 25**7)).sqrt()


def _polar(lab: Tensor, stretch: Tensor) -> tuple[Tensor, Tensor]:
    """Chroma and hue (radians) with a* stretched, which makes greys more even."""
    a = lab[..., 1] * stretch
    return torch.hypot(a, lab[..., 2]), torch.remainder(torch.atan2(lab[..., 2], a), 2 * math.pi)


def _cos(hue: Tensor, times: int, degrees: float) -> Tensor:
    return (times * hue - math.radians(degrees)).cos()
