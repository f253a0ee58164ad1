"""A picture as the trace looks at it: of middling size, with sharp borders, and the inks that it is printed in."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from artgen_stages.smoothing import gaussian
from artgen_stages.tracing.borders import Whole
from artgen_stages.tracing.inks import Rows, colours_of, distances, inks_of, points_of

SIDE = 512
"""Pixels of the longer side: finer detail is no shape of a flat print."""
LARGEST = 2
"""How many times smaller pictures are enlarged for that, at most."""
REACH = 0.008
"""How far from a border its own two colours are found, as a share of the shorter side."""
SHARPNESS = 8
"""How firmly the side of a border that varies least wins."""
EVEN = 0.025
"""Standard deviation of the colours around a place, in Oklab, from which on it counts as a border."""


@dataclass(frozen=True)
class Sheet:
    """A picture on its way to flat inks; ink K is none: where the picture is clear."""

    points: Rows
    """(H, W, 3): colours as `points_of` has them."""
    even: Rows
    """(H, W) in (0, 1]: 1 where the picture is flat, near 0 at borders."""
    solid: NDArray[np.bool_]
    """(H, W): where it is not clear."""
    inks: Rows
    """(K, 3)."""

    @property
    def clear(self) -> int:
        """The label of what is clear."""
        return len(self.inks)

    @property
    def short(self) -> int:
        """Pixels of the shorter side."""
        return int(min(self.solid.shape))

    def nearest(self, place: Whole, allowed: Whole) -> Whole:
        """Which of the `allowed` inks is nearest to the colour at each place, (N,) numbers of pixels."""
        found: Whole = allowed[distances(self.points.reshape(-1, 3)[place], self.inks[allowed]).argmin(axis=1)]
        return found

    def middle(self, inside: NDArray[np.bool_]) -> Rows:
        """(3,): the median of the colours where `inside` (H, W) holds, away from borders if it can be."""
        for chosen in (inside & (self.even >= 0.5), inside):
            if chosen.any():
                found: Rows = np.median(self.points[chosen], axis=0)
                return found
        return np.zeros(3)


def sheet_of(image: Tensor, alpha: Tensor | None, most: int, chances: Rows) -> Sheet:
    """Of (1, 3, H, W) and (1, 1, H, W) in [0, 1], with at most `most` inks; `chances` are as `inks_of` takes them."""
    cover = torch.ones_like(image[:, :1]) if alpha is None else alpha
    seen = _middling(torch.cat([image, cover], dim=1))
    short = min(seen.shape[2:])
    points = points_of(seen[:, :3].movedim(1, -1)).movedim(-1, 1)
    flat = flattened(torch.cat([points, seen[:, 3:]], dim=1), max(1.0, REACH * short))
    even = _evenness(flat[:, :3])[0, 0].double().numpy()
    solid = (flat[0, 3] >= 0.5).numpy()
    sheet = Sheet(flat[0, :3].movedim(0, -1).double().numpy(), even, solid, np.zeros((0, 3)))
    if not solid.any():
        return sheet
    return replace(sheet, inks=inks_of(colours_of(sheet.points[solid], even[solid]), most, chances))


def _middling(image: Tensor) -> Tensor:
    """(1, C, H, W) at the size that is looked at."""
    scale = min(SIDE / max(image.shape[2:]), LARGEST)
    size = [max(1, round(side * scale)) for side in image.shape[2:]]
    mode = "bicubic" if scale > 1 else "bilinear"
    return F.interpolate(image, size, mode=mode, antialias=scale < 1).clamp(0, 1)


def flattened(image: Tensor, reach: float) -> Tensor:
    """(B, C, H, W) with borders as sharp as can be: each pixel takes the colours of its most even surroundings.

    A generalised Kuwahara filter (Papari, Petkov & Campisi 2007) of eight places `reach` pixels away and the pixel
    itself, where mean and variance are taken with a gaussian of half the reach.
    """
    mean = gaussian(image, reach / 2)
    margin = math.ceil(reach)
    total, weights = torch.zeros_like(image), torch.zeros_like(image[:, :1])
    padded = F.pad(torch.cat([mean, _variance(image, reach / 2)], dim=1), (margin,) * 4, mode="replicate")
    height, width = image.shape[2:]
    for down, right in _around(reach):
        top, left = margin + down, margin + right
        seen = padded[:, :, top : top + height, left : left + width]
        weight = 1 / (seen[:, -1:] + 1e-5) ** (SHARPNESS / 2)
        total += seen[:, :-1] * weight
        weights += weight
    return total / weights


def _around(reach: float) -> list[tuple[int, int]]:
    turns = [turn * math.pi / 4 for turn in range(8)]
    return [(0, 0)] + [(round(reach * math.sin(turn)), round(reach * math.cos(turn))) for turn in turns]


def _variance(image: Tensor, sigma: float) -> Tensor:
    """(B, 1, H, W): of all channels together, within a gaussian."""
    return (gaussian(image**2, sigma) - gaussian(image, sigma) ** 2).sum(dim=1, keepdim=True).clamp(min=0)


def _evenness(image: Tensor) -> Tensor:
    """(B, 1, H, W) in (0, 1]."""
    return torch.exp(-_variance(image, 1.0) / (2 * EVEN**2))
