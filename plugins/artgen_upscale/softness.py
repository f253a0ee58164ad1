"""How soft the edges of a picture are, and how small it is when they are sharp."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

BLUR = 1.0
"""Deviation in pixels of the blur that a picture is compared with itself under."""
CRISP = 0.85
"""What is measured of crisp edges that were drawn without steps (antialiased)."""
MOST = 8.0


def shrinking(image: Tensor) -> float:
    """How many times smaller (1, 3, H, W) is when its edges are sharp, from 1 to MOST, in tenths.

    An edge blurred with deviation s has a gradient sqrt(1 + (BLUR / s)^2) times that which it has after a further blur
    (Zhuo and Sim 2011, "Defocus map estimation from a single image", section 2). The median over strong edges counts.
    """
    sharp, soft = _slope(image), _slope(_blurred(image))
    if sharp.max() <= 0:
        return 1.0
    strong = sharp >= 0.5 * sharp.pow(3).sum() / sharp.pow(2).sum()
    ratios = (sharp[strong] / soft[strong].clamp_min(1e-6)).clamp_min(1.0001).sort().values
    ratio = ratios[len(ratios) // 2].item()
    deviation = BLUR / math.sqrt(ratio**2 - 1)
    return round(min(max(deviation / CRISP, 1.0), MOST), 1)


def _slope(image: Tensor) -> Tensor:
    """(1, 3, H, W): the length of the gradient, by Sobel's differences."""
    wide = F.pad(image, (1, 1, 1, 1), mode="replicate")
    smooth = [wide[..., 2:] + 2 * wide[..., 1:-1] + wide[..., :-2], wide[..., 2:] - wide[..., :-2]]
    down = smooth[0][..., 2:, :] - smooth[0][..., :-2, :]
    across = smooth[1][..., 2:, :] + 2 * smooth[1][..., 1:-1, :] + smooth[1][..., :-2, :]
    return torch.hypot(down, across) / 8


def _blurred(image: Tensor) -> Tensor:
    places = torch.arange(-4, 5, device=image.device)
    kernel = torch.exp(-0.5 * (places / BLUR).square())
    kernel = (kernel / kernel.sum()).expand(3, 1, 1, -1)
    wide = F.pad(image, (4, 4, 4, 4), mode="replicate")
    return F.conv2d(F.conv2d(wide, kernel, groups=3), kernel.mT, groups=3)
