"""A thing apart from its ground: from a drawing on white and its rough mask to a picture with alpha, in any colour."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.colours import oklab, srgb

SURE, POSSIBLE = 0.85, 0.12
"""A mask's values from which a place belongs to the thing for certain, and from which it may."""
CONTRAST = 5.0
"""One fifth darker than white is no ground any more."""
ALIKE = 0.6
"""Radians between hues that have one name, about: a fox is red enough."""
LIGHTER = 0.3
"""The same for lightness."""
GREY = 0.045
"""Chroma (Oklab) below which a colour is none."""


def cut(drawing: Tensor, mask: Tensor) -> Tensor:
    """(3, H, W) on white and (h, w) in [0, 1] to (4, H, W), colours times alpha; on white all stays as it is."""
    wide = F.interpolate(mask[None, None], drawing.shape[1:], mode="bicubic", antialias=True)[0].clamp(0, 1)
    sure = ((wide - POSSIBLE) / (SURE - POSSIBLE)).clamp(0, 1) ** 2
    coloured = contrast(drawing) * (wide > POSSIBLE)
    alpha = torch.maximum(sure, coloured)
    return torch.cat([(drawing - (1 - alpha)).clamp(min=0).minimum(alpha), alpha])


def contrast(drawing: Tensor) -> Tensor:
    """(..., 3, H, W) to (..., 1, H, W) in [0, 1]: what is certainly not a white ground."""
    return (CONTRAST * (1 - drawing.amin(-3, keepdim=True)) - 0.15).clamp(0, 1)


def bounds(rgba: Tensor) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what is there; the whole picture where nothing is."""
    rows, columns = (torch.where(rgba[3].amax(side) > 0.3)[0] for side in (1, 0))
    if not len(rows):
        return 0, rgba.shape[1], 0, rgba.shape[2]
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def painted(rgba: Tensor, colour: tuple[float, float, float]) -> Tensor:
    """The thing with its main colour replaced by another (sRGB in [0, 1]); eyes, outlines and lesser colours stay.

    What has about that colour already stays as it is.
    """
    alpha = rgba[3]
    rgb = (rgba[:3] / alpha.clamp(min=1e-3)).clamp(0, 1)
    lab = oklab(rgb.movedim(0, -1))
    wanted = oklab(torch.tensor(colour))
    share, middle = _main(lab.detach(), alpha.detach())
    if _alike(middle, wanted):
        return rgba
    lightness = wanted[0] + 0.8 * (lab[..., 0] - middle[0])
    # Shades of a colour are less colourful towards black and white.
    strength = (1 - ((lightness - wanted[0]).abs() / 0.6) ** 2).clamp(0, 1)
    found = torch.stack([lightness.clamp(0, 1), wanted[1] * strength, wanted[2] * strength], -1)
    mixed = lab + share[..., None] * (found - lab)
    return torch.cat([srgb(mixed).movedim(-1, 0) * alpha, rgba[3:]])


def _main(lab: Tensor, alpha: Tensor) -> tuple[Tensor, Tensor]:
    """How much each place (H, W) is of the main colour, and that colour: the hue that covers most, or none."""
    lightness, chroma, hue = lab[..., 0], lab[..., 1:].norm(dim=-1), torch.atan2(lab[..., 2], lab[..., 1])
    colourful = ((chroma - GREY) / GREY).clamp(0, 1) * alpha
    if colourful.sum() > 0.3 * alpha.sum():
        angles = torch.linspace(-torch.pi, torch.pi, 73)[:-1]
        near = torch.cos(hue[..., None] - angles).clamp(min=0) ** 12
        main = angles[int((near * colourful[..., None]).sum((0, 1)).argmax())]
        distance = torch.atan2(torch.sin(hue - main), torch.cos(hue - main)).abs()
        share = ((1.0 - distance) / 0.35).clamp(0, 1) * ((chroma - 0.02) / 0.02).clamp(0, 1)
    else:
        # White, grey or black things: everything grey but the outlines, and the whites only where they prevail.
        pale = (alpha * (lightness > 0.93)).sum() > 0.3 * alpha.sum()
        share = ((0.09 - chroma) / 0.03).clamp(0, 1) * ((lightness - 0.22) / 0.1).clamp(0, 1)
        share = share if pale else share * ((0.97 - lightness) / 0.04).clamp(0, 1)
    weight = share * alpha
    return share, (lab * weight[..., None]).sum((0, 1)) / weight.sum().clamp(min=1e-3)


def _alike(one: Tensor, other: Tensor) -> bool:
    """Whether two Oklab colours have about one name."""
    chroma = torch.stack([one, other])[:, 1:].norm(dim=1)
    if float(chroma.min()) < GREY:
        return float(chroma.max()) < GREY and abs(float(one[0] - other[0])) < LIGHTER / 2
    between = F.cosine_similarity(one[1:], other[1:], dim=0)
    return float(between.clamp(-1, 1).acos()) < ALIKE and abs(float(one[0] - other[0])) < LIGHTER
