"""Which regions touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


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
