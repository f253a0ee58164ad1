"""What a picture covers, with edges as scissors leave them, and no colour of the ground along these."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.picture.components import components

SPECK = 1e-3
"""What hangs together is kept from this share of the picture on: smaller parts go, and smaller holes are filled."""
RIM = 0.006
"""How far in from the edge a drawing may still be mixed with its ground, as a share of the shorter side."""


def crisp(cover: Tensor) -> Tensor:
    """(B, 1, H, W) in [0, 1], cut where it is one half: edges a pixel or two wide, without specks and pinholes.

    A place's distance from the cut is its value over its slope, to first order (Taubin 1994, "Distance approximations
    for rasterizing implicit curves").
    """
    above = cover - 0.5
    wide = F.pad(above, (1, 1, 1, 1), mode="replicate")
    across = (wide[..., 1:-1, 2:] - wide[..., 1:-1, :-2]) / 2
    down = (wide[..., 2:, 1:-1] - wide[..., :-2, 1:-1]) / 2
    distance = above / (across.square() + down.square()).sqrt().clamp(min=1e-6)
    return without_specks((distance + 0.5).clamp(0, 1))


def without_specks(cover: Tensor) -> Tensor:
    """(B, 1, H, W) in [0, 1] without parts and holes that are smaller than `SPECK`; the largest part always stays."""
    made = cover.clone()
    for picture in made[:, 0]:
        picture[_small((picture > 0).cpu().numpy()).to(picture.device)] = 0
        picture[_small((picture < 1).cpu().numpy()).to(picture.device)] = 1
    return made


def _small(inside: np.ndarray) -> Tensor:
    """(H, W): which parts of what is `inside` (H, W) are specks."""
    regions = components(inside.astype(np.int64))
    sizes = np.bincount(regions.ravel(), weights=inside.ravel())
    return torch.from_numpy((sizes < min(SPECK * inside.size, sizes.max()))[regions] & inside)


def bled(image: Tensor, cover: Tensor) -> Tensor:
    """(B, 3, H, W) where the colours within what (B, 1, H, W) covers reach over its edges, in place of the ground's."""
    reach = max(1, round(RIM * min(image.shape[2:])))
    pure = (_narrowed(cover, reach) >= 1).to(image)
    colours, known = image * pure, pure
    # Ring by ring, each pixel the mean of those beside it that are known.
    for _ in range(2 * reach + 1):
        beside, count = (F.avg_pool2d(F.pad(part, (1, 1, 1, 1)), 3, 1) for part in (colours, known))
        new = (known == 0) & (count > 0)
        colours = torch.where(new, beside / count.clamp(min=1e-6), colours)
        known = torch.where(new, torch.ones_like(known), known)
    return torch.where((pure == 0) & (known > 0), colours, image)


def _narrowed(cover: Tensor, reach: int) -> Tensor:
    """The least value within so many pixels along rows and columns; the picture's own edge narrows nothing."""
    side = 2 * reach + 1
    return -F.max_pool2d(-cover, side, 1, reach)
