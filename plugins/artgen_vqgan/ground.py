"""The ground around a drawing, which guidance leaves as it was painted."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from artgen.canvas import covered

MARGIN = 1 / 128
"""How far around a thing the drawing shows, as a share of the canvas's shorter side: room to grow, and no seam."""


class Ground:
    """Pictures at the canvas's size, and where what is drawn shows before them."""

    def __init__(self, pictures: Tensor) -> None:
        """(B, 4, H, W) in [0, 1]: the pictures, and what their things cover."""
        self._pictures = pictures[:, :3]
        reach = max(1, round(MARGIN * min(pictures.shape[2:])))
        grown = F.max_pool2d((pictures[:, 3:] > 0.05).float(), 4 * reach + 1, stride=1, padding=2 * reach)
        self.shown = F.avg_pool2d(grown, 2 * reach + 1, stride=1, padding=reach, count_include_pad=False)
        """(B, 1, H, W) in [0, 1]: 1 where the drawing shows, 0 where the ground does."""

    def behind(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) with the ground around what is drawn."""
        return self._pictures + self.shown * (image - self._pictures)

    def free(self, cells: tuple[int, int]) -> Tensor:
        """(B, 1, *cells): 1 for each cell of which something shows, else 0."""
        return covered(self.shown, cells).to(self.shown.dtype)

    def give_up(self, cover: Tensor) -> None:
        """Show what is drawn wherever (1, 1, H, W) is more than 0: somebody has painted there."""
        self.shown = self.shown.maximum((cover > 0).to(self.shown.dtype))
