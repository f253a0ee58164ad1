"""Which tiles, and in which inks, look most like a picture."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.colours import Palette
from artgen_glyphs.tiles import Tiles

SEEN = (6, 4)
"""Rows and columns at which a cell is compared: forms count, and not every pixel."""
SURE = 2.0
"""How much less a cell leans to a tile whose error is one standard deviation of its errors above the least."""
FORM = 0.05
"""What errors within a cell count beside that of its mean: if as much, blank cells would fit light tones best."""


def nearest(
    cells: Tensor, tiles: Tiles, paper: Tensor, ink: Tensor | None, palette: Palette | None
) -> tuple[Tensor, Tensor]:
    """How much each of (B, N, 3, h, w) leans to each tile, (B, N, T), and the ink of the best, (B, N, 3).

    Args:
        cells: what is to be drawn.
        tiles: what there is to draw it with.
        paper: (3,), what they lie on.
        ink: (3,), the ink of all; None: the best of each.
        palette: the only inks that there are.
    """
    coarse = [F.adaptive_avg_pool2d(part, _seen(cells)) for part in (tiles.ink, tiles.own, tiles.cover)]
    ground = F.adaptive_avg_pool2d(tiles.paper, _seen(cells)) * paper.view(3, 1, 1)
    wanted = F.adaptive_avg_pool2d(cells.flatten(0, 1), _seen(cells)).unflatten(0, cells.shape[:2])
    # No tile may be as dark as the picture is: what is between paper and the darkest of them has all its tones. An ink
    # that may be stronger than the picture makes up for a part of it.
    reach = tiles.cover.mean(dim=(1, 2, 3)).amax() ** (0.5 if ink is None else 1)
    wanted = paper.view(3, 1, 1) + (wanted - paper.view(3, 1, 1)) * reach
    errors, inks = [], []
    for shade, own, cover in zip(*coarse, strict=True):
        missing = wanted - own - (1 - cover) * ground
        used = _inks(missing, shade, palette) if ink is None else ink.expand(*cells.shape[:2], 3)
        errors.append(_error(missing - shade * used[..., None, None]))
        inks.append(used)
    error = torch.stack(errors, dim=2)
    spread = error.std(dim=2, keepdim=True, correction=0).clamp(min=1e-6)
    best = error.argmin(dim=2)[..., None, None].expand(-1, -1, 1, 3)
    return SURE * (error.amin(dim=2, keepdim=True) - error) / spread, torch.stack(inks, dim=2).gather(2, best)[:, :, 0]


def _error(rest: Tensor) -> Tensor:
    """(B, N) of what a tile leaves wrong, (B, N, 3, h, w)."""
    tone = rest.mean(dim=(3, 4), keepdim=True)
    return (tone.square() + FORM * (rest - tone).square()).mean(dim=(2, 3, 4))


def _inks(missing: Tensor, shade: Tensor, palette: Palette | None) -> Tensor:
    """(B, N, 3): the least squares' ink for what one tile is to add."""
    weight = shade.square().sum(dim=(1, 2))
    inks = ((missing * shade).sum(dim=(3, 4)) / weight.clamp(min=1e-9)).clamp(0, 1)
    return inks if palette is None else palette.colours[palette.nearest(inks)]


def _seen(cells: Tensor) -> tuple[int, int]:
    return min(SEEN[0], cells.shape[-2]), min(SEEN[1], cells.shape[-1])
