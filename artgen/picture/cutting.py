"""What a picture covers, with edges as scissors leave them, and no colour of the ground along these."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.picture.components import without_specks

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


def bled(image: Tensor, cover: Tensor) -> Tensor:
    """(B, 3, H, W) where the colours within what (B, 1, H, W) covers reach over its edges, in place of the ground's.

    They are taken as they are, from the nearest pixel or so, so that a palette stays one.
    """
    reach = max(1, round(RIM * min(image.shape[2:])))
    places = torch.arange(image[0, 0].numel(), device=image.device).view(1, 1, *image.shape[2:])
    # Pixels without a source have -1. What the picture's own edge cuts off is no edge of the drawing.
    source = torch.where(-F.max_pool2d(-cover, 2 * reach + 1, 1, reach) >= 1, places, -1)
    for ring in range(2 * reach + 1):
        # Sides and corners in turn make rings that are nearly round.
        source = _spread(source, _CORNERS if ring % 2 else _SIDES)
    taken = torch.where(source < 0, places, source)
    return image.flatten(2).gather(2, taken.flatten(2).expand(-1, 3, -1)).view_as(image)


_SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))
_CORNERS = (*_SIDES, (1, 1), (1, -1), (-1, 1), (-1, -1))


def _spread(source: Tensor, shifts: Sequence[tuple[int, int]]) -> Tensor:
    """(B, 1, H, W): each pixel without a source gets that of a neighbour that has one."""
    height, width = source.shape[2:]
    wide, made = F.pad(source, (1, 1, 1, 1), value=-1), source
    for down, right in shifts:
        beside = wide[:, :, 1 + down : 1 + down + height, 1 + right : 1 + right + width]
        made = torch.where(made < 0, beside, made)
    return made
