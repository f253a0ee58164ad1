"""Dithering: dots of palette colours whose mean is the colour that is missing.

Both ways keep account of errors in sRGB, as the classic programs did, and judge nearness in Oklab.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.colours import Palette, oklab

Kernel = tuple[tuple[int, int, float], ...]

KERNELS: dict[str, Kernel] = {
    "floyd-steinberg": ((0, 1, 7 / 16), (1, -1, 3 / 16), (1, 0, 5 / 16), (1, 1, 1 / 16)),
    "atkinson": tuple((y, x, 1 / 8) for y, x in ((0, 1), (0, 2), (1, -1), (1, 0), (1, 1), (2, 0))),
}
"""Rows down, columns to the right, and the share of the error that goes there: Floyd & Steinberg 1976; Bill
Atkinson's of 1984, which drops a quarter of it and so keeps highlights and shadows clear."""

_MARGIN = 2
"""How far a kernel reaches to a side or down."""


def bayer(side: int) -> Tensor:
    """The (side, side) order in which dots fill up, 0 to side^2 - 1 (Bayer 1973); `side` is a power of two."""
    matrix = torch.zeros(1, 1, dtype=torch.int64)
    while len(matrix) < side:
        top = torch.cat((4 * matrix, 4 * matrix + 2), dim=1)
        bottom = torch.cat((4 * matrix + 3, 4 * matrix + 1), dim=1)
        matrix = torch.cat((top, bottom))
    return matrix


@torch.no_grad()
def ordered(image: Tensor, palette: Palette, side: int, strength: float) -> Tensor:
    """(B, 3, H, W) in palette colours, mixed in a regular pattern of `side` x `side` dots.

    Each pixel mixes side^2 colours that make up for each other's error; the pattern says which of them, from dark
    to light, is shown (T. Knoll, US patent 6606166, expired). Unlike added thresholds that suits any palette.
    """
    goal = image.movedim(1, -1)
    order = oklab(palette.colours)[:, 0].argsort()
    rank = order.argsort().to(torch.uint8)
    error = torch.zeros_like(goal)
    mixed = []
    for _ in range(side * side):
        chosen = palette.nearest((goal + strength * error).clamp(0, 1))
        error += goal - palette.colours[chosen]
        mixed.append(rank[chosen])
    shown = torch.stack(mixed, dim=-1).sort(dim=-1).values.gather(-1, _pattern(side, goal))
    return palette.colours[order][shown[..., 0].long()].movedim(-1, 1)


def _pattern(side: int, goal: Tensor) -> Tensor:
    """(B, H, W, 1): the pattern laid over pictures (B, H, W, 3)."""
    batch, height, width, _ = goal.shape
    tiled = bayer(side).to(goal.device).repeat(-(-height // side), -(-width // side))
    return tiled[:height, :width, None].expand(batch, height, width, 1)


@torch.no_grad()
def diffuse(image: Tensor, palette: Palette, kernel: Kernel, strength: float) -> Tensor:
    """(B, 3, H, W) in palette colours; each pixel's error goes to those after it, row by row from the left.

    Pixels on a line (x + 2y the same) do not need each other and are done at once, which gives the same picture.
    """
    height, width = image.shape[-2:]
    values = F.pad(image, (_MARGIN, _MARGIN, 0, _MARGIN)).movedim(1, -1).contiguous()
    for line in range(width + 2 * (height - 1)):
        y = torch.arange(max(0, (line - width) // 2 + 1), min(height - 1, line // 2) + 1, device=image.device)
        x = line - 2 * y + _MARGIN
        wanted = values[:, y, x].clamp(0, 1)
        shown = palette.colours[palette.nearest(wanted)]
        values[:, y, x] = shown
        for down, right, share in kernel:
            values[:, y + down, x + right] += strength * share * (wanted - shown)
    return values[:, :height, _MARGIN:-_MARGIN].movedim(-1, 1)
