"""Which few inks a picture is printed in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from artgen.colours import oklab, srgb

Rows = NDArray[np.float64]

BIN = 0.02
"""Side of the cells in Oklab whose pixels count as one colour; about the least difference that is seen."""
NEAR = 0.06
"""Inks that are nearer than this in Oklab become one."""
HUES = 1.7
"""How much more a difference of hue counts than one of lightness: flat prints leave shades out before colours."""
DAMPING = 0.45
"""Exponent of a colour's area: below 1, an eye counts for more than its share beside a sky."""
SEEDS = 32
"""Colours to begin with; those that can be spared are joined until there are few enough."""
ROUNDS = 12
"""Rounds of k-means."""


@dataclass(frozen=True)
class Colours:
    """What colours a picture has: points (N, 3), and how much each counts, (N,)."""

    points: Rows
    weights: Rows


def colours_of(lab: Rows, flat: Rows) -> Colours:
    """Of pixels (N, 3) as `points_of` has them; `flat` (N,) is near 0 at borders, where colours are mixed."""
    _, place = np.unique(np.floor(lab / BIN).astype(np.int64), axis=0, return_inverse=True)
    place = place.ravel()
    area = np.bincount(place, flat)
    sums = np.stack([np.bincount(place, flat * channel) for channel in lab.T], axis=-1)
    return Colours(sums / np.maximum(area, 1e-9)[:, None], (area / area.sum()) ** DAMPING)


def inks_of(colours: Colours, most: int, chances: Rows) -> Rows:
    """At most `most` inks (K, 3) that stand for the colours; `chances` (`SEEDS`,) are uniform in [0, 1).

    k-means++ (Arthur & Vassilvitskii 2007) finds many, and the pairs whose union loses least are joined (Ward 1963).
    """
    centres = _settled(colours, _spread(colours, chances))
    return _settled(colours, _joined(colours, centres, most))


def _spread(colours: Colours, chances: Rows) -> Rows:
    chosen: list[Rows] = []
    nearest = np.ones(len(colours.points))
    for chance in chances:
        mass = (colours.weights * nearest).cumsum()
        if mass[-1] <= 0:
            break
        found = colours.points[np.searchsorted(mass, chance * mass[-1], side="right").clip(max=len(mass) - 1)]
        chosen.append(found)
        nearest = np.minimum(nearest, ((colours.points - found) ** 2).sum(axis=1))
    return np.stack(chosen)


def _settled(colours: Colours, centres: Rows) -> Rows:
    for _ in range(ROUNDS):
        mass, sums = _shares(colours, centres)
        centres = sums[mass > 0] / mass[mass > 0, None]
    return centres


def _shares(colours: Colours, centres: Rows) -> tuple[Rows, Rows]:
    """What each centre stands for: the sum of the weights, and of the weighted colours."""
    nearest = distances(colours.points, centres).argmin(axis=1)
    mass: Rows = np.bincount(nearest, colours.weights, len(centres)).astype(np.float64)
    weighted = (colours.points * colours.weights[:, None]).T
    sums: Rows = np.stack([np.bincount(nearest, row, len(centres)) for row in weighted], axis=-1, dtype=np.float64)
    return mass, sums


def _joined(colours: Colours, centres: Rows, most: int) -> Rows:
    mass, sums = _shares(colours, centres)
    mass, sums = mass[mass > 0], sums[mass > 0]
    while len(mass) > 1:
        middle = sums / mass[:, None]
        apart = distances(middle, middle)
        np.fill_diagonal(apart, np.inf)
        if len(mass) <= most and apart.min() >= NEAR**2:
            break
        loss = apart * mass[:, None] * mass / (mass[:, None] + mass)
        chosen = loss if len(mass) > most else apart
        one, other = np.unravel_index(chosen.argmin(), chosen.shape)
        mass[one] += mass[other]
        sums[one] += sums[other]
        mass, sums = np.delete(mass, other), np.delete(sums, other, axis=0)
    return sums / mass[:, None]


def points_of(colours: Tensor) -> Tensor:
    """(..., 3) in [0, 1] to Oklab, where hues lie `HUES` times further apart than they do there."""
    return oklab(colours) * colours.new_tensor((1, HUES, HUES))


def named(points: Rows) -> list[str]:
    """(K, 3) of such points, as `#rrggbb`."""
    colours = srgb(torch.from_numpy(points) / torch.tensor([1, HUES, HUES], dtype=torch.float64))
    return ["#{:02x}{:02x}{:02x}".format(*row) for row in (colours * 255).round().int().tolist()]


def distances(points: Rows, others: Rows) -> Rows:
    """(N, K): squared distances."""
    found: Rows = ((points[:, None] - others) ** 2).sum(axis=-1)
    return found
