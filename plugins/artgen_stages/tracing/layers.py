"""Inks as layers that are printed one over the other, each under those that follow by a little."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from contourpy import LineType, contour_generator
from numpy.typing import NDArray
from torch import Tensor

from artgen.canvas import components
from artgen_stages.smoothing import gaussian
from artgen_stages.tracing.borders import Whole

Rows = NDArray[np.float64]

BEYOND = 4
"""Pixels by which outlines reach beyond the picture, where they are cut off."""
UNDER = 1.5
"""About how many pixels a layer reaches under those that follow."""
BACKING = 0.02
"""The share of an ink in the blur of its own region at which its layer ends, where others lie over it."""


def outlines(labels: Whole, order: Whole, sigma: float, whole: bool) -> Iterator[tuple[int, list[Rows]]]:
    """For each label of `order`, from the lowest layer up, its closed outlines in pixels of `labels` (H, W).

    Labels that `order` lacks are left free. Each border is drawn once, by the upper of its two layers; the lower one
    goes on below it, so that no gap shows. Borders are where the blurred regions, by `sigma`, weigh the same. Where the
    lowest layer covers the `whole` sheet, it has none.
    """
    rank = np.zeros(int(labels.max()) + 1, np.int64)
    rank[order[order < len(rank)]] = np.arange(1, len(order) + 1)[order < len(rank)]
    heights = torch.from_numpy(rank[labels])
    hot = F.one_hot(heights, len(order) + 1).movedim(-1, 0)[None].float()
    hot = F.pad(hot, (BEYOND,) * 4, mode="replicate")
    fields = gaussian(hot, sigma)[0]
    for layer, label in enumerate(order.tolist(), start=1):
        field = fields[layer:].amax(dim=0)
        if whole and layer == 1:
            continue
        field = field - fields[:layer].amax(dim=0)
        backed = gaussian(hot[:, layer : layer + 1], UNDER)[0, 0] - BACKING
        yield label, _closed(_filled(torch.minimum(field, backed), hot[0].argmax(dim=0), layer))


def _filled(field: Tensor, heights: Tensor, layer: int) -> Tensor:
    """`field` without the holes that later layers fill anyway."""
    regions = components((field > 0).numpy().astype(np.int64))
    lowest = np.full(int(regions.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(lowest, regions.ravel(), heights.numpy().ravel())
    inside = torch.from_numpy(lowest[regions] > layer) & (field <= 0)
    return torch.where(inside, field.abs().clamp(min=0.05), field)


def _closed(field: Tensor) -> list[Rows]:
    """The lines at which `field` passes 0, each closed; x and y are in pixels of the picture."""
    framed = F.pad(field, (1,) * 4, value=-1.0).double().numpy()
    lines = contour_generator(z=framed, line_type=LineType.Separate).lines(0.0)
    found = [np.asarray(line, np.float64)[:-1] - (BEYOND + 1) + 0.5 for line in lines]
    return [line for line in found if len(line) >= 4]
