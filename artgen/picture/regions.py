"""Regions of a picture: masks as tensors, and everything else taken out of sight."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from kornia.filters import gaussian_blur2d
from torch import Tensor

from artgen.errors import RunError

_SEEN = 0.01
"""What is covered less than this counts as outside."""


def fitted(region: Tensor, image: Tensor) -> Tensor:
    """A region, (H, W) or (1, 1, H, W), as (H, W) on the image's device; RunError unless it is of the image's size."""
    plain = region.detach()[0, 0] if region.dim() == 4 else region.detach()
    if plain.shape != image.shape[2:]:
        raise RunError(f"a region is {tuple(region.shape)}; expected {tuple(image.shape[2:])}, as the look's image")
    return plain.to(image)


@dataclass(frozen=True, eq=False)
class Cut:
    """What `crop_to_region` leaves of (B, 3, H, W); cuts to equal regions are equal."""

    region: Tensor
    """(H, W) in [0, 1]."""

    def __call__(self, image: Tensor) -> Tensor:
        return crop_to_region(image, self.region)

    def __eq__(self, other: object) -> bool:
        # By value, because each prompt makes its region anew and those of one place shall share their views.
        return isinstance(other, Cut) and torch.equal(self.region, other.region)


def crop_to_region(image: Tensor, region: Tensor) -> Tensor:
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


def is_seen(region: Tensor) -> bool:
    """Whether anything of the picture lies in the (H, W) region."""
    return bool((region > _SEEN).any())


def rectangle(box: tuple[float, float, float, float], size: tuple[int, int]) -> Tensor:
    """(H, W) in [0, 1], 1 inside of left, top, right and bottom edge, given in shares of the sides."""
    left, top, right, bottom = box
    return torch.outer(_span(top, bottom, size[0]), _span(left, right, size[1]))


def _span(begin: float, end: float, pixels: int) -> Tensor:
    """How much of each pixel lies between two shares of a side."""
    edges = torch.arange(pixels + 1, dtype=torch.float64).clamp(begin * pixels, end * pixels)
    return edges.diff().float()


def ellipse(size: tuple[int, int]) -> Tensor:
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
