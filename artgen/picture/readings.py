"""Other ways to read a picture: turned, mirrored, inverted, from afar, cut into tiles.

D. Geng, I. Park and A. Owens, "Visual Anagrams: Generating Multi-View Optical Illusions with Diffusion Models" (CVPR
2024, arXiv:2311.17919) draw pictures that show something else in each of such views; the low and the high pass are the
hybrid images of A. Oliva, A. Torralba and P. G. Schyns (SIGGRAPH 2006), as in "Factorized Diffusion" (Geng, Park and
Owens, ECCV 2024, arXiv:2404.11615). Every function takes and gives (B, 3, H, W) in [0, 1].
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.errors import RunError
from artgen.rng import stream

Change = Callable[[Tensor], Tensor]
"""(B, 3, H, W) to (B, 3, h, w), picture by picture and differentiable."""

DISC = 0.8
"""The diameter of the disc that `inner_circle` turns, as a share of the shorter side."""


def changed(image: Tensor, change: Change) -> Tensor:
    """What a change makes of (B, 3, H, W); RunError if that is no picture."""
    made = change(image)
    if made.dim() != 4 or made.shape[:2] != image.shape[:2] or not made.numel():
        raise RunError(f"a change of the picture returned {tuple(made.shape)}; expected ({len(image)}, 3, h, w)")
    return made


def rotate(image: Tensor, angle: int) -> Tensor:
    """Turned clockwise by 90, 180 or 270 degrees; a quarter swaps height and width."""
    return image.rot90(-angle // 90, (2, 3))


def low_pass(image: Tensor, blur: float) -> Tensor:
    """What is left from afar: blurred by a Gaussian of `blur` times the shorter side; the border goes on outside."""
    sigma = blur * min(image.shape[2:])
    down, across = (_gaussian(side, sigma).to(image) for side in image.shape[2:])
    # Picture by picture, so that none is rounded otherwise in a larger batch.
    return torch.stack([down @ picture @ across.T for picture in image])


def high_pass(image: Tensor, blur: float) -> Tensor:
    """What only shows from near: middle grey, and all that `low_pass` takes away."""
    return (image - low_pass(image, blur) + 0.5).clamp(0, 1)


@functools.lru_cache(maxsize=16)
def _gaussian(side: int, sigma: float) -> Tensor:
    """(side, side): each row weighs the pixels of a column for one pixel of the blurred one."""
    if sigma == 0:
        return torch.eye(side)
    reach = int(4 * sigma + 0.5)
    offsets = torch.arange(-reach, reach + 1)
    weights = (offsets.double() / sigma).square().mul(-0.5).exp()
    places = (torch.arange(side)[:, None] + offsets).clamp(0, side - 1)
    matrix = torch.zeros(side, side, dtype=torch.float64)
    return matrix.scatter_add_(1, places, (weights / weights.sum()).expand(side, -1)).float()


def jigsaw(image: Tensor, columns: int, rows: int, seed: int) -> Tensor:
    """Cut into tiles, and these put together in another order: no tile stays where it was.

    The order is the seed's and no run's, so that a print can be cut and put together. Sides that are no multiples of
    the tiles' number are first brought to the next one.
    """
    height, width = (-(-side // count) * count for side, count in zip(image.shape[2:], (rows, columns), strict=True))
    if (height, width) != image.shape[2:]:
        image = F.interpolate(image, (height, width), mode="bilinear", antialias=True)
    tiles = image.unflatten(3, (columns, -1)).unflatten(2, (rows, -1)).transpose(3, 4).flatten(2, 3)
    mixed = tiles[:, :, tile_order(columns * rows, seed).to(image.device)]
    whole: Tensor = mixed.unflatten(2, (rows, columns)).transpose(3, 4).flatten(4, 5).flatten(2, 3)
    return whole


@functools.lru_cache(maxsize=16)
def tile_order(count: int, seed: int) -> Tensor:
    """(count,): which tile comes to each place; one ring, in which every tile takes the place of the one before."""
    ring = torch.randperm(count, generator=stream(seed, "seen", f"jigsaw {count}"))
    order = torch.empty_like(ring)
    order[ring] = ring.roll(-1)
    return order


def inner_circle(image: Tensor, angle: float) -> Tensor:
    """The disc in the middle turned clockwise by `angle` degrees; what is around it stays."""
    height, width = image.shape[2:]
    y, x = (torch.arange(side).to(image) + 0.5 - side / 2 for side in (height, width))
    inside = y[:, None].square() + x.square() < (DISC * min(height, width) / 2) ** 2
    # A half turn is whole pixels' on every canvas, a quarter where both sides are even or both are odd.
    if angle % 360 == 180:
        turned = rotate(image, 180)
    else:
        cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        from_x, from_y = cosine * x + sine * y[:, None], cosine * y[:, None] - sine * x
        grid = torch.stack((from_x * 2 / width, from_y * 2 / height), dim=-1).expand(len(image), -1, -1, -1)
        turned = F.grid_sample(image, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return turned.where(inside, image)
