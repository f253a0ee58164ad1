"""The network that makes a sampled encoding crisp: what components cannot hold, the cells around tell."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn


class Refiner(nn.Module):
    """Residual convolutions over (B, C + 1, h, w): an encoding and its mask, both in [-1, 1]."""

    def __init__(self, channels: int, width: int, blocks: int) -> None:
        super().__init__()
        self.enter = nn.Conv2d(channels, width, 3, padding=1)
        # Steps of 1, 2, 4, 1, ... cells, so that the last layers have seen a third of the canvas.
        reach = [(1, 2, 4)[i % 3] for i in range(blocks)]
        self.first = nn.ModuleList([nn.Conv2d(width, width, 3, padding=r, dilation=r) for r in reach])
        self.second = nn.ModuleList([nn.Conv2d(width, width, 3, padding=1) for _ in range(blocks)])
        self.leave = nn.Conv2d(width, channels, 3, padding=1)
        nn.init.zeros_(self.leave.weight)

    def forward(self, rough: Tensor) -> Tensor:
        x = self.enter(rough)
        for first, second in zip(self.first, self.second, strict=True):
            x = x + second(F.gelu(first(F.gelu(x))))
        found: Tensor = rough + self.leave(F.gelu(x))
        return found
