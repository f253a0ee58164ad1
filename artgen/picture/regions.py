"""Regions of a picture: made from a prompt's `where`, and everything else taken out of sight."""

from __future__ import annotations

import math

import torch
from kornia.filters import gaussian_blur2d
from torch import Tensor

from artgen.canvas import read_mask
from artgen.errors import InputError, RunError
from artgen.prompts import Where

_SEEN = 0.01
"""What is covered less than this counts as outside."""

_SIDES = {"left": (0, 0, 0.5, 1), "right": (0.5, 0, 1, 1), "top": (0, 0, 1, 0.5), "bottom": (0, 0.5, 1, 1)}


def fitted(region: Tensor, image: Tensor) -> Tensor:
    """A region, (H, W) or (1, 1, H, W), as (H, W) on the image's device; RunError unless it is of the image's size."""
    plain = region.detach()[0, 0] if region.dim() == 4 else region.detach()
    if plain.shape != image.shape[2:]:
        raise RunError(f"a region is {tuple(region.shape)}; expected {tuple(image.shape[2:])}, as the look's image")
    return plain.to(image)


def show(image: Tensor, region: Tensor) -> Tensor:
    """(B, 3, H, W) cut to the bounding box of the (H, W) region; in it, what lies outside the region is hidden.

    A perceptor so spends all its pixels on the region; what is hidden has the mean colour of what is seen.
    """
    rows, columns = bounds(region)
    image, region = image[:, :, rows, columns], region[rows, columns]
    ground = (image.detach() * region).sum(dim=(2, 3), keepdim=True) / region.sum()
    return ground.lerp(image, region.expand_as(image))


def bounds(region: Tensor) -> tuple[slice, slice]:
    """The rows and columns that hold the region."""
    found = [(region.amax(dim=dim) > _SEEN).nonzero().flatten().tolist() for dim in (1, 0)]
    rows, columns = (slice(places[0], places[-1] + 1) for places in found)
    return rows, columns


def make(where: Where, size: tuple[int, int]) -> Tensor:
    """(H, W) in [0, 1], 1 inside; InputError if none of the picture is."""
    hard = read_mask(where.mask, size)[0, 0] if where.mask else _shape(where, size)
    region = blur(hard, where.softness * min(size) / 4)
    region = 1 - region if where.invert else region
    if not bool((region > _SEEN).any()):
        raise InputError(f"where: nothing is left of a picture of {size[1]}x{size[0]}; choose a larger part")
    return region


def _shape(where: Where, size: tuple[int, int]) -> Tensor:
    if where.place == "centre":
        return _ellipse(size)
    left, top, right, bottom = where.box or _place(str(where.place))
    return torch.outer(_span(top, bottom, size[0]), _span(left, right, size[1]))


def _place(name: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom edge of a half, or of the quarter where two halves meet."""
    boxes = [_SIDES[side] for side in name.split("-")]
    left, top = (max(box[edge] for box in boxes) for edge in (0, 1))
    right, bottom = (min(box[edge] for box in boxes) for edge in (2, 3))
    return left, top, right, bottom


def _span(begin: float, end: float, pixels: int) -> Tensor:
    """How much of each pixel lies between two shares of a side."""
    edges = torch.arange(pixels + 1, dtype=torch.float64).clamp(begin * pixels, end * pixels)
    return edges.diff().float()


def _ellipse(size: tuple[int, int]) -> Tensor:
    """The ellipse in the middle that covers half of the picture."""
    height, width = size
    y, x = ((torch.arange(side) + 0.5) / side - 0.5 for side in size)
    radius = (y[:, None].square() + x.square()).sqrt() * math.sqrt(2 * math.pi)
    return ((1 - radius) * min(height, width) / math.sqrt(2 * math.pi) + 0.5).clamp(0, 1)


def blur(image: Tensor, sigma: float) -> Tensor:
    """(H, W) blurred by a Gaussian of `sigma` pixels, cut off at four of them; the border goes on outside."""
    if sigma == 0:
        return image
    window = 2 * int(4 * sigma + 0.5) + 1
    blurred = gaussian_blur2d(image[None, None], (window, window), (sigma, sigma), border_type="replicate")
    return blurred[0, 0].clamp(0, 1)
