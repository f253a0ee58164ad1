"""A picture in cells of one colour."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from artgen.api import InputError


def cell_grid(cells: int, size: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of `cells` along the longer side of a canvas of `size` (H, W), as square as they get.

    Raises:
        InputError: if the canvas has fewer pixels.
    """
    longest = max(size)
    if cells > longest:
        raise InputError(f"cells: {cells} do not fit into {longest} pixels; ask for fewer, or for a larger canvas")
    rows, columns = (max(1, round(side * cells / longest)) for side in size)
    return rows, columns


def shrink(image: Tensor, grid: tuple[int, int]) -> Tensor:
    """(B, 3, H, W) to (B, 3, *grid): each cell's mean colour."""
    return image if image.shape[-2:] == grid else F.interpolate(image, grid, mode="area")


def enlarge(cells: Tensor, like: Tensor) -> Tensor:
    """(B, 3, rows, columns) to the height and width of `like`, in hard squares."""
    size = (like.shape[2], like.shape[3])
    return cells if cells.shape[-2:] == size else F.interpolate(cells, size, mode="nearest-exact")
