"""Which pixels hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
