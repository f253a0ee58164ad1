"""Resampling by one matrix down and one across, each row of which says what a new pixel takes of the old ones.

Any range of new pixels can be made by itself, so that a part of a picture comes out as the whole would; and what lies
beyond the border is the caller's business, so that a picture may go on at its other side. Kernels are widened where a
picture gets smaller, which keeps out patterns that were not there (antialiasing).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Kernel = Callable[[Tensor], Tensor]


def cubic(x: Tensor) -> Tensor:
    """Mitchell and Netravali 1988 ("Reconstruction filters in computer graphics"), B = C = 1/3: hardly rings."""
    x = x.abs()
    near = (7 * x - 12) * x * x + 16 / 3
    far = ((-7 / 3 * x + 12) * x - 20) * x + 32 / 3
    return torch.where(x < 1, near, torch.where(x < 2, far, torch.zeros_like(x))) / 6


def lanczos(x: Tensor) -> Tensor:
    """Of three lobes (Duchon 1979): the crispest; for pictures that are too soft for it to ring."""
    return torch.where(x.abs() < 3, torch.sinc(x) * torch.sinc(x / 3), torch.zeros_like(x))


REACH: dict[Kernel, float] = {cubic: 2.0, lanczos: 3.0}


@dataclass(frozen=True)
class Rows:
    """How a range of new pixels is made of the old pixels from `first` on, which may lie beyond the border."""

    first: int
    weights: Tensor
    """(new pixels, old pixels) in float32; each row sums to 1."""

    @property
    def stop(self) -> int:
        """The old pixel after the last one that is needed."""
        return self.first + self.weights.shape[1]


def rows(old: int, new: int, begin: int, stop: int, kernel: Kernel = cubic) -> Rows:
    """For the pixels `begin` to `stop` of `new` along a side that had `old`."""
    ratio = old / new
    if old == new:
        return Rows(begin, torch.eye(stop - begin))
    wide = max(1.0, ratio)
    places = (torch.arange(begin, stop, dtype=torch.float64) + 0.5) * ratio - 0.5
    first = math.floor(places[0].item() - REACH[kernel] * wide)
    last = math.ceil(places[-1].item() + REACH[kernel] * wide)
    weights = kernel((torch.arange(first, last + 1, dtype=torch.float64) - places[:, None]) / wide)
    return Rows(first, (weights / weights.sum(dim=1, keepdim=True)).float())


def taken(image: Tensor, down: tuple[int, int], across: tuple[int, int], wrap: bool) -> Tensor:
    """Rows and columns of (B, C, H, W) from the first to before the second number.

    Beyond the border they go on at the other side with `wrap`, or else as the outermost pixels.
    """
    for dim, (first, stop) in ((2, down), (3, across)):
        places = torch.arange(first, stop, device=image.device)
        length = image.shape[dim]
        image = image.index_select(dim, places % length if wrap else places.clamp(0, length - 1))
    return image


def resized(image: Tensor, size: tuple[int, int], wrap: bool = False, kernel: Kernel = cubic) -> Tensor:
    """(B, C, H, W) at another size, in [0, 1]; picture by picture, so that none is rounded otherwise in a batch."""
    if tuple(image.shape[2:]) == size:
        return image
    down, across = (rows(image.shape[dim], size[dim - 2], 0, size[dim - 2], kernel) for dim in (2, 3))
    return applied(taken(image, (down.first, down.stop), (across.first, across.stop), wrap), down, across)


def applied(image: Tensor, down: Rows, across: Rows) -> Tensor:
    """The new pixels, of exactly the old ones that they are made of; in [0, 1]."""
    first, second = (part.weights.to(image.device) for part in (down, across))
    return torch.stack([first @ picture @ second.T for picture in image]).clamp(0, 1)
