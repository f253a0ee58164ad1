"""Reading a picture at given places: bilinear, from a version of it that is small enough not to alias."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor


def levels_for(pitch: Tensor) -> Tensor:
    """The mip level of each view, (B, n): how often the picture is halved before the view reads it.

    `pitch` is how many of the picture's pixels a view pixel spans.
    Rounded, so a view shrinks what it reads by at most the square root of 2 (Williams, "Pyramidal parametrics",
    1983, chooses likewise).
    """
    return pitch.log2().round().clamp(min=0).long()


def sample(image: Tensor, places: Tensor, level: Tensor, wrap: bool) -> Tensor:
    """The views (B, n, 3, s, s) at `places` (B, n, s, s, 2) in [-1, 1]; outside lies the nearest edge pixel."""
    pyramid = list(_halvings(image, int(level.max())))
    level = level.clamp(max=len(pyramid) - 1)
    if wrap:
        places = (places + 1) % 2 - 1
        pyramid = [F.pad(step, (1, 1, 1, 1), mode="circular") for step in pyramid]
    rows = zip(places, level.tolist(), strict=True)
    return torch.stack([_read(pyramid, picture, *row, wrap) for picture, row in enumerate(rows)])


def reflect(places: Tensor) -> Tensor:
    """The same places in [-1, 1], with the picture's mirror image beyond each of its borders."""
    return 1 - ((places + 1) % 4 - 2).abs()


def inside(places: Tensor, size: tuple[int, int], pitch: Tensor) -> Tensor:
    """(B, n, 1, s, s): how much of each view pixel the picture covers, 1 inside, 0 outside.

    `size` is the picture's (H, W) in pixels, and `pitch` (B, n) how many of them a view pixel spans: an edge is
    as soft as a view pixel, however much a small picture is enlarged.
    """
    depth = (1 - places.abs()) * places.new_tensor((size[1], size[0])) / 2
    covered = depth / pitch.to(places)[..., None, None, None] + 0.5
    return covered.clamp(0, 1).prod(dim=-1)[:, :, None]


def _halvings(image: Tensor, count: int) -> Iterator[Tensor]:
    """The picture, its half, its quarter, ... until `count` halvings or a side of 1."""
    yield image
    for _ in range(count):
        height, width = image.shape[-2:]
        if min(height, width) == 1:
            return
        image = F.interpolate(image, ((height + 1) // 2, (width + 1) // 2), mode="area")
        yield image


def _read(pyramid: list[Tensor], picture: int, places: Tensor, levels: list[int], wrap: bool) -> Tensor:
    """The n views of one picture; those of one level are read at once."""
    order = sorted(range(len(levels)), key=levels.__getitem__)
    views = []
    for number in sorted(set(levels)):
        source = pyramid[number][picture : picture + 1]
        grid = places[[view for view in order if levels[view] == number]]
        if wrap:
            # The source has a margin of one pixel on each side.
            grid = grid * (1 - 2 / grid.new_tensor((source.shape[-1], source.shape[-2])))
        rows = F.grid_sample(source, grid.flatten(0, 1)[None], padding_mode="border", align_corners=False)
        views.append(rows[0].unflatten(1, grid.shape[:2]).transpose(0, 1))
    return torch.cat(views)[torch.tensor(order).argsort()]
