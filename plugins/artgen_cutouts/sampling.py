"""Reading a picture at given places: bilinear, from a version of it that is small enough not to alias."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor


def levels_for(pixels: Tensor, size: int) -> Tensor:
    """The mip level of each view, (B, n): how often the picture is halved before the view reads it.

    Rounded, so a view shrinks what it reads by at most the square root of 2 (Williams, "Pyramidal parametrics",
    1983, chooses likewise).
    """
    return (pixels / size).log2().round().clamp(min=0).long()


def sample(image: Tensor, places: Tensor, level: Tensor, edge: bool, wrap: bool) -> tuple[Tensor, Tensor]:
    """The views (B, n, 3, s, s) and the share of each of their pixels that lies inside, (B, n, 1, s, s).

    `places` (B, n, s, s, 2) in [-1, 1]; outside is black unless `edge` or `wrap`.
    """
    pyramid = list(_halvings(image, int(level.max())))
    level = level.clamp(max=len(pyramid) - 1)
    if wrap:
        places = (places + 1) % 2 - 1
        pyramid = [F.pad(step, (1, 1, 1, 1), mode="circular") for step in pyramid]
    rows = zip(places, level.tolist(), strict=True)
    views, insides = zip(*(_read(pyramid, b, *row, edge, wrap) for b, row in enumerate(rows)), strict=True)
    return torch.stack(views), torch.stack(insides)


def _halvings(image: Tensor, count: int) -> Iterator[Tensor]:
    """The picture, its half, its quarter, ... until `count` halvings or a side of 1."""
    yield image
    for _ in range(count):
        height, width = image.shape[-2:]
        if min(height, width) == 1:
            return
        image = F.interpolate(image, ((height + 1) // 2, (width + 1) // 2), mode="area")
        yield image


def _read(
    pyramid: list[Tensor], picture: int, places: Tensor, levels: list[int], edge: bool, wrap: bool
) -> tuple[Tensor, Tensor]:
    """The n views of one picture and what of them is inside; the views of one level are read at once."""
    order = sorted(range(len(levels)), key=levels.__getitem__)
    views, insides = [], []
    for number in sorted(set(levels)):
        source = pyramid[number][picture : picture + 1]
        grid = places[[view for view in order if levels[view] == number]]
        if wrap:
            # The source has a margin of one pixel on each side.
            grid = grid * (1 - 2 / grid.new_tensor((source.shape[-1], source.shape[-2])))
        mode = "border" if edge else "zeros"
        rows = F.grid_sample(source, grid.flatten(0, 1)[None], padding_mode=mode, align_corners=False)
        views.append(rows[0].unflatten(1, grid.shape[:2]).transpose(0, 1))
        inside = grid.new_ones(grid.shape[:3]) if edge or wrap else _inside(grid, source.shape[-2:])
        insides.append(inside[:, None])
    back = torch.tensor(order).argsort()
    return torch.cat(views)[back], torch.cat(insides)[back]


def _inside(grid: Tensor, size: torch.Size) -> Tensor:
    """(k, s, s): the weight that bilinear reading gives to real pixels, 1 inside, 0 beyond the border."""
    # In pixels from the border, growing inwards; full weight half a pixel in, none half a pixel out.
    depth = (1 - grid.abs()) * grid.new_tensor((size[1], size[0])) / 2 + 0.5
    return depth.clamp(0, 1).prod(dim=-1)
