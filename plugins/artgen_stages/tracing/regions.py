"""Which ink each place of a picture is printed in, without the rims and specks of a mere nearest colour."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from artgen_stages.smoothing import gaussian
from artgen_stages.tracing.components import Whole, borders, components
from artgen_stages.tracing.inks import Rows

SHARPNESS = 8
"""How firmly the side of a border that varies least wins."""
TOLERANCE = 0.05
"""Distance in Oklab at which a colour begins to be another one."""
AGREEMENT = 8.0
"""How much the inks around a place count beside its own colour."""
ROUNDS = 5
"""How often all places look at those around them."""


def flattened(image: Tensor, reach: float) -> Tensor:
    """(B, C, H, W) with borders as sharp as can be: each pixel takes the colours of its most even surroundings.

    A generalised Kuwahara filter (Papari, Petkov & Campisi 2007) of eight places `reach` pixels away and the pixel
    itself, where mean and variance are taken with a gaussian of half the reach.
    """
    mean = gaussian(image, reach / 2)
    variance = (gaussian(image**2, reach / 2) - mean**2).sum(dim=1, keepdim=True).clamp(min=0)
    margin = math.ceil(reach)
    total, weights = torch.zeros_like(image), torch.zeros_like(variance)
    padded = F.pad(torch.cat([mean, variance], dim=1), (margin,) * 4, mode="replicate")
    height, width = image.shape[2:]
    for down, right in _around(reach):
        top, left = margin + down, margin + right
        seen = padded[:, :, top : top + height, left : left + width]
        weight = 1 / (seen[:, -1:] + 1e-5) ** (SHARPNESS / 2)
        total += seen[:, :-1] * weight
        weights += weight
    return total / weights


def _around(reach: float) -> list[tuple[int, int]]:
    turns = [turn * math.pi / 4 for turn in range(8)]
    return [(0, 0)] + [(round(reach * math.sin(turn)), round(reach * math.cos(turn))) for turn in turns]


def evenness(image: Tensor, sigma: float) -> Tensor:
    """(B, 1, H, W) in (0, 1]: 1 where the picture is flat, near 0 at borders."""
    mean = gaussian(image, sigma)
    variance = (gaussian(image**2, sigma) - mean**2).sum(dim=1, keepdim=True).clamp(min=0)
    return torch.exp(-variance / (2 * (TOLERANCE / 2) ** 2))


def agreed(costs: Tensor, sigma: float) -> Tensor:
    """(1, K, H, W): how surely each place has each ink, from how little each suits it and what is `sigma` around.

    Mean field of a Potts model with a gaussian neighbourhood (Krähenbühl & Koltun 2011, its smoothness term).
    """
    shares = (-costs).softmax(dim=1)
    for _ in range(ROUNDS):
        shares = (AGREEMENT * gaussian(shares, sigma) - costs).softmax(dim=1)
    return shares


@dataclass(frozen=True)
class Sheet:
    """A picture on its way to flat inks."""

    lab: Rows
    """(H, W, 3) in Oklab."""
    inks: Rows
    """(K, 3) in Oklab."""
    clear: int
    """The label of what is transparent: K."""

    def nearest(self, place: Whole, allowed: Whole) -> Whole:
        """Which of the `allowed` inks is nearest to the colour at each place, (N,) numbers of pixels."""
        colours = self.lab.reshape(-1, 3)[place]
        return allowed[((colours[:, None] - self.inks[allowed]) ** 2).sum(axis=-1).argmin(axis=1)]


def without_rims(labels: Whole, sheet: Sheet, width: int) -> Whole:
    """(H, W) where bands up to `width` pixels wide are gone whose ink lies between those on their two sides.

    A soft border passes through all colours between its two; a line that was drawn has a colour of its own.
    """
    found = labels.ravel().copy()
    thin = labels.copy()
    for ink in range(len(sheet.inks)):
        inside = labels == ink
        thin[inside & ~_opened(inside, width)] = -1 - ink
    bands = components(thin)
    ring = borders(bands)
    first = np.unique(bands, return_index=True)[1]
    kind = thin.ravel()[first]
    ink_of = np.where(kind < 0, -1 - kind, kind)
    places = np.argsort(bands.ravel(), kind="stable")
    ends = np.bincount(bands.ravel()).cumsum()
    for band in np.flatnonzero(kind < 0):
        mine = ring.region == band
        around = np.bincount(ink_of[ring.other[mine]], ring.length[mine], sheet.clear + 1)
        sides = _sides(ink_of[band], around, sheet)
        if sides is not None:
            place = places[ends[band - 1] if band else 0 : ends[band]]
            found[place] = sheet.nearest(place, sides)
    return found.reshape(labels.shape)


def _sides(ink: int, around: Rows, sheet: Sheet) -> Whole | None:
    """The two inks that a band is a mixture of, if it is one; `around` (K + 1,) is how long it touches each."""
    around = around[: sheet.clear].copy()
    around[ink] = 0
    if (around > 0).sum() < 2:
        return None
    most = np.argsort(-around, kind="stable")[:2]
    if around[most[1]] < 0.15 * around.sum():
        return None
    start, way = sheet.inks[most[0]], sheet.inks[most[1]] - sheet.inks[most[0]]
    length = float(np.linalg.norm(way))
    share = float((sheet.inks[ink] - start) @ way) / length**2
    aside = float(np.linalg.norm(sheet.inks[ink] - start - share * way))
    between = 0.05 < share < 0.95 and aside < 0.45 * length
    return most if between else None


def _opened(inside: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """(H, W) without what is narrower than `width` pixels; the picture goes on beyond its edges."""
    reach = width // 2
    field = torch.from_numpy(inside)[None, None].float()
    field = F.pad(field, (reach,) * 4, mode="replicate")
    eroded = -_spread(-field, reach)
    return _spread(eroded, reach)[0, 0, reach : reach + inside.shape[0], reach : reach + inside.shape[1]].numpy() > 0.5


def _spread(field: Tensor, reach: int) -> Tensor:
    """The largest within `reach` pixels, in an octagon."""
    for turn in range(reach):
        if turn % 2:
            field = F.max_pool2d(field, 3, 1, 1)
        else:
            field = torch.maximum(F.max_pool2d(field, (3, 1), 1, (1, 0)), F.max_pool2d(field, (1, 3), 1, (0, 1)))
    return field


def without_specks(labels: Whole, sheet: Sheet, least: float) -> Whole:
    """(H, W) where regions of less than `least` pixels belong to the neighbour that they touch most and resemble."""
    while True:
        regions = components(labels)
        area = np.bincount(regions.ravel())
        small = area < least
        if not small.any() or small.all():
            return labels
        ink = labels.ravel()[np.unique(regions, return_index=True)[1]]
        target = _targets(regions, area, small, ink, sheet)
        labels = ink[target][regions]


def _targets(regions: Whole, area: Whole, small: NDArray[np.bool_], ink: Whole, sheet: Sheet) -> Whole:
    """(N,): into which region each goes; a speck among larger specks waits for them."""
    ring = borders(regions)
    rank = np.argsort(np.argsort(area, kind="stable"), kind="stable")
    grows = small[ring.region] & (rank[ring.other] > rank[ring.region])
    region, other = ring.region[grows], ring.other[grows]
    colours = np.concatenate([sheet.inks, np.full((1, 3), 2.0)])
    apart = np.linalg.norm(colours[ink[region]] - colours[ink[other]], axis=1)
    gain = ring.length[grows] / (0.1 + apart)
    target = np.arange(len(area))
    order = np.lexsort((-gain, region))
    one, first = np.unique(region[order], return_index=True)
    target[one] = other[order][first]
    return target
