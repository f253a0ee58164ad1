"""Which pixels of equal labels hang together, and which regions touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


def components(labels: NDArray[np.integer]) -> Whole:
    """(H, W): the number of the region of each pixel, from 0; its pixels have one label and are 4-neighbours.

    Runs along the rows are joined: each points at the lowest run that it touches, and pointers are followed to their
    end (after Shiloach & Vishkin 1982).
    """
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
    numbers: Whole = np.unique(root, return_inverse=True)[1][runs]
    return numbers


@dataclass(frozen=True)
class Borders:
    """How much of their border regions share: `region` and `other` touch along `length` sides of pixels."""

    region: Whole
    other: Whole
    length: Whole


def borders(regions: Whole) -> Borders:
    """Of all regions that touch, each pair both ways."""
    count = int(regions.max()) + 1
    sides = [
        (regions[:, 1:], regions[:, :-1]),
        (regions[1:], regions[:-1]),
    ]
    pairs = np.concatenate([(one * count + other)[one != other] for one, other in sides])
    keys, length = np.unique(
        np.concatenate([pairs, pairs % count * count + pairs // count]),
        return_counts=True,
    )
    return Borders(keys // count, keys % count, length)
