"""How much of each pixel lies in which cell, and how cells become pixels and pixels cells."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from artgen.canvas import covered
from artgen_cells import Cells
from artgen_cells.lattice import LATTICES

SAMPLES = 4
"""Points a side at which a pixel is looked at."""
AROUND = 24
"""Directions in which a joint is looked for: where it lies between two of them, it is 1 % too thin at most."""
_WIDE = 1 << 20
"""More than any row has cells."""


class Mixing:
    """The N cells of a canvas: `places` are their columns and rows, (N, 2), in the order of their numbers.

    A pixel on an edge has the mean of the colours at 16 points. Joints are a cell of their own, number N.
    """

    def __init__(self, spec: Cells, size: tuple[int, int], device: torch.device) -> None:
        self.size = size
        self.unit = unit(spec, size)
        self._lattice = LATTICES[spec.kind]
        found = self._sampled(spec.gap / 2, device)
        keys, numbers = torch.unique(found[found != -_WIDE * _WIDE], return_inverse=True)
        self.places = torch.stack([keys.remainder(_WIDE) - _WIDE // 2, keys.div(_WIDE, rounding_mode="floor")], dim=1)
        at = torch.full_like(found, len(keys))
        at[found != -_WIDE * _WIDE] = numbers
        self._cells, self._weights = _counted(at)
        mixed = (self._weights[:, 0] < 1).nonzero()[:, 0]
        self._mixed, self._others, self._shares = mixed, self._cells[mixed, 1:], self._weights[mixed, 1:]

    @property
    def count(self) -> int:
        """N."""
        return len(self.places)

    def _sampled(self, gap: float, device: torch.device) -> Tensor:
        """What identifies the cell at each point of each pixel, (H W, 16); joints are `-_WIDE * _WIDE`."""
        points = [(torch.arange(side * SAMPLES, device=device) + 0.5) / SAMPLES for side in self.size]
        y, x = torch.meshgrid(*points, indexing="ij")
        found = self._key(x, y)
        if gap:
            reach = gap * self.unit[0]
            joint = torch.zeros_like(found, dtype=torch.bool)
            for turn in range(AROUND):
                angle = turn * 2 * math.pi / AROUND
                joint |= self._key(x + reach * math.cos(angle), y + reach * math.sin(angle)) != found
            found = found.masked_fill(joint, -_WIDE * _WIDE)
        height, width = self.size
        return found.view(height, SAMPLES, width, SAMPLES).transpose(1, 2).reshape(height * width, SAMPLES**2)

    def _key(self, x: Tensor, y: Tensor) -> Tensor:
        column, row = self._lattice.find(x / self.unit[0], y / self.unit[1])
        return row * _WIDE + column + _WIDE // 2

    def drawn(self, colours: Tensor, joint: Tensor) -> Tensor:
        """(B, C, N) and the joints' (C,) to (B, C, H, W)."""
        channels = colours.shape[1]
        every = torch.cat([colours, joint.view(1, channels, 1).expand(len(colours), channels, 1)], dim=2)
        picture = every[:, :, self._cells[:, 0]] * self._weights[:, 0]
        beside = (every[:, :, self._others] * self._shares).sum(dim=3)
        return picture.index_add(2, self._mixed, beside).view(len(colours), channels, *self.size)

    def cut(self, image: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C, N): each cell has the mean of what it covers."""
        batch, channels = image.shape[:2]
        sums = image.new_zeros(batch, channels, self.count + 1)
        area = image.new_zeros(self.count + 1)
        pixels = image.flatten(2)
        for cells, weights in zip(self._cells.T, self._weights.T, strict=True):
            sums.index_add_(2, cells, pixels * weights)
            area.index_add_(0, cells, weights)
        return (sums / area.clamp(min=1e-9))[..., :-1]

    def touched(self, cover: Tensor) -> Tensor:
        """Which cells (1, 1, H, W) touches with more than 0: (N,), bool."""
        return self.cut(covered(cover, self.size).float())[0, 0] > 0

    def outlines(self) -> Tensor:
        """(N, corners, 2) in pixels."""
        corners = [self._lattice.outline(column, row) for column, row in self.places.tolist()]
        return torch.tensor(corners) * torch.tensor(self.unit)


def unit(spec: Cells, size: tuple[int, int]) -> tuple[float, float]:
    """Width of a cell, and how far a row is below the one before, in pixels."""
    width = size[1] / spec.columns
    return width, width * LATTICES[spec.kind].height * spec.aspect


def _counted(found: Tensor) -> tuple[Tensor, Tensor]:
    """Which cells each pixel has points of, the most common first, and their shares: (H W, K) each.

    Where a pixel has fewer than K, the rest have the share 0.
    """
    ordered = found.sort(dim=1).values
    new = torch.ones_like(ordered, dtype=torch.bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    slot = new.cumsum(dim=1) - 1
    most = int(slot.max()) + 1
    numbers = ordered.new_zeros(len(found), most).scatter_(1, slot, ordered)
    weights = torch.zeros_like(numbers).scatter_add_(1, slot, torch.ones_like(ordered))
    weights, order = weights.sort(dim=1, descending=True, stable=True)
    return numbers.gather(1, order), weights / found.shape[1]
