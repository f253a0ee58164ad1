"""Noise and places in units of a texture's own size, so that it lies alike on small pictures and large ones."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from artgen.api import Env
from artgen_stages.smoothing import gaussian, scaled

ROUND = 3
"""How much finer noise is drawn and then blurred, so that its grains are round and do not show the rows they lie in."""
FINE = 0.004
"""Grains smaller than this share of the shorter side are drawn as they are: nobody sees their form."""


class Lattice:
    """Cells of `size` x the shorter side, all over the pictures."""

    def __init__(self, env: Env, size: float) -> None:
        self._random, self._size, self._device = env.random, env.size, env.device
        self.cell = size * min(env.size)
        """Pixels of a cell's side."""

    def noise(self, purpose: str, row: int, scale: float, long: float = 1) -> Tensor:
        """(1, 1, H, W): smooth normal noise for picture `row`, in grains `scale` cells high, `long` times as wide."""
        finer = ROUND if scale * self.cell >= FINE * min(self._size) else 1
        sides = (scale * self.cell / finer, scale * self.cell * long / finer)
        height, width = (max(2, round(length / side)) for length, side in zip(self._size, sides, strict=True))
        numbers = self._random.normal(purpose, (1, height, width))[row : row + 1]
        if finer > 1:
            numbers = gaussian(numbers, finer / 2) * finer * math.sqrt(math.pi)
        return scaled(numbers, self._size)

    def chances(self, purpose: str, row: int, count: int) -> Tensor:
        """(count,): uniform in [0, 1)."""
        return self._random.uniform(purpose, (count,))[row]

    def places(self) -> tuple[Tensor, Tensor]:
        """x (1, 1, 1, W) and y (1, 1, H, 1) of the pixels' centres, in cells."""
        y, x = ((torch.arange(side, device=self._device) + 0.5) / self.cell for side in self._size)
        return x.view(1, 1, 1, -1), y.view(1, 1, -1, 1)
