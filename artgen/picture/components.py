"""Which pixels hang together, and what is too small to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

SPECK = 1e-3
"""The share of the picture that is the least for a part of a cut-out, or for a hole in it."""
SEEN = 0.05
"""What covers less is nothing."""


def components(labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """(H, W): the number of the region of each pixel, from 0; its pixels have one label and are 4-neighbours.

    Runs along the rows are joined: each points at the lowest run that it touches, and pointers are followed to their
    end (after Shiloach & Vishkin 1982).
    """
    import numpy as np

    begins = np.ones(labels.shape, bool)
    begins[:, 1:] = labels[:, 1:] != labels[:, :-1]
    runs = (begins.ravel().cumsum() - 1).reshape(labels.shape)
    same = labels[1:] == labels[:-1]
    upper, lower = runs[:-1][same], runs[1:][same]
    root = np.arange(runs.max() + 1)
    while True:
        one, other = root[upper], root[lower]
        apart = one != other
        if not apart.any():
            break
        upper, lower, one, other = upper[apart], lower[apart], one[apart], other[apart]
        np.minimum.at(root, np.maximum(one, other), np.minimum(one, other))
        while not np.array_equal(root, further := root[root]):
            root = further
    numbers: NDArray[np.int64] = np.unique(root, return_inverse=True)[1][runs]
    return numbers


def without_specks(cover: Tensor, *, holes: bool = True) -> Tensor:
    """(B, 1, H, W) in [0, 1] without parts that are smaller than `SPECK`, and with such `holes` filled.

    The largest part stays in any case.
    """
    made = cover.where(cover >= SEEN, 0)
    for picture in made[:, 0]:
        picture[_specks(picture > 0)] = 0
        if holes:
            picture[_specks(picture < 1)] = 1
    return made


def _specks(inside: Tensor) -> Tensor:
    """(H, W): the parts of what is `inside` (H, W) that are smaller than `SPECK`, but for the largest."""
    import numpy as np
    import torch

    counted = inside.cpu().numpy()
    regions = components(counted.astype(np.int64))
    sizes = np.bincount(regions.ravel(), weights=counted.ravel())
    small = sizes < min(SPECK * counted.size, sizes.max())
    return torch.from_numpy(small[regions]).to(inside.device) & inside
