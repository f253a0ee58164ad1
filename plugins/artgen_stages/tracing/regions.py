"""Which ink each place of a picture is printed in, without the rims and specks of a mere nearest colour."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from artgen.canvas import components
from artgen_stages.smoothing import gaussian
from artgen_stages.tracing.borders import Whole, borders
from artgen_stages.tracing.inks import Rows, distances
from artgen_stages.tracing.sheet import Sheet

TOLERANCE = 0.05
"""Distance in Oklab at which a colour begins to be another one."""
AGREEMENT = 8.0
"""How much the inks around a place count beside its own colour."""
AROUND = 0.012
"""Standard deviation of what lies around a place, as a share of the shorter side."""
CERTAIN = 60.0
"""What it costs to print where the picture is clear, and to leave clear where it is not."""
RIM = 0.04
"""How wide a rim of mixed colour can be, as a share of the shorter side."""
ASIDE = 0.3
"""How far the colour of a rim may be from the straight line between its two, as a share of that line."""
PASSES = 2
"""How often each ink is looked at, because a rim may be of several."""
ROUNDS = 5
"""How often all places look at those around them."""


def regions_of(sheet: Sheet, specks: float) -> Whole:
    """(H, W): the ink of each place; shapes of less than `specks` of the sheet are left out."""
    costs = np.full((sheet.clear + 1, *sheet.solid.shape), CERTAIN)
    costs[:-1, sheet.solid] = distances(sheet.points[sheet.solid], sheet.inks).T / (2 * TOLERANCE**2)
    costs[-1, ~sheet.solid] = 0
    shares = agreed(torch.from_numpy(costs)[None].float(), AROUND * sheet.short)
    labels = without_rims(shares[0].argmax(dim=0).numpy(), sheet, max(2, round(RIM * sheet.short)))
    return without_specks(labels, sheet.inks, specks * labels.size)


def agreed(costs: Tensor, sigma: float) -> Tensor:
    """(1, K, H, W): how surely each place has each ink, from how little each suits it and what is `sigma` around.

    Mean field of a Potts model with a gaussian neighbourhood (Krähenbühl & Koltun 2011, its smoothness term).
    """
    shares = (-costs).softmax(dim=1)
    for _ in range(ROUNDS):
        # At half the size, which a blur so wide does not show, this takes an eighth of the time.
        around = gaussian(F.avg_pool2d(shares, 2, ceil_mode=True, count_include_pad=False), sigma / 2)
        around = F.interpolate(around, scale_factor=2.0, mode="bilinear")[:, :, : costs.shape[2], : costs.shape[3]]
        shares = (AGREEMENT * around - costs).softmax(dim=1)
    return shares


def without_rims(labels: Whole, sheet: Sheet, width: int) -> Whole:
    """(H, W) without bands up to `width` pixels wide, and shapes as small, whose ink lies between those beside them.

    A soft border passes through all colours between its two; a line that was drawn has a colour of its own.
    """
    rare_first = np.argsort(np.bincount(labels.ravel(), minlength=sheet.clear + 1)[: sheet.clear], kind="stable")
    for ink in rare_first.tolist() * PASSES:
        labels = _without_bands(labels, ink, sheet, width)
    return labels


def _without_bands(labels: Whole, ink: int, sheet: Sheet, width: int) -> Whole:
    """The same for the bands of one ink."""
    inside = labels == ink
    if not inside.any():
        return labels
    thin = inside & (_small(labels, inside, (2 * width) ** 2) | ~_opened(inside, width))
    bands = components(np.where(thin, -1, labels))
    ring = borders(bands)
    first = np.unique(bands, return_index=True)[1]
    found = labels.copy()
    for band in np.flatnonzero(thin.ravel()[first]):
        mine = ring.region == band
        beside = labels.ravel()[first[ring.other[mine]]]
        around = np.bincount(beside, ring.length[mine], sheet.clear + 1).astype(np.float64)
        sides = _sides(ink, around, sheet)
        if sides is not None:
            place = np.flatnonzero(bands.ravel() == band)
            found.ravel()[place] = sheet.nearest(place, sides)
    return found


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
    between = 0.05 < share < 0.95 and aside < ASIDE * length
    return most if between else None


def _small(labels: Whole, inside: NDArray[np.bool_], least: float) -> NDArray[np.bool_]:
    """(H, W): where regions `inside` have less than `least` pixels."""
    regions = components(np.where(inside, labels, -1))
    small: NDArray[np.bool_] = (np.bincount(regions.ravel()) < least)[regions]
    return small


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


def without_specks(labels: Whole, inks: Rows, least: float) -> Whole:
    """(H, W) where regions of less than `least` pixels belong to the neighbour that they touch most and resemble."""
    while True:
        regions = components(labels)
        area = np.bincount(regions.ravel())
        small = area < least
        if not small.any() or small.all():
            return labels
        ink = labels.ravel()[np.unique(regions, return_index=True)[1]]
        target = _targets(regions, area, small, ink, inks)
        labels = ink[target][regions]


def _targets(regions: Whole, area: Whole, small: NDArray[np.bool_], ink: Whole, inks: Rows) -> Whole:
    """(N,): into which region each goes; a speck among larger specks waits for them."""
    ring = borders(regions)
    rank = np.argsort(np.argsort(area, kind="stable"), kind="stable")
    grows = small[ring.region] & (rank[ring.other] > rank[ring.region])
    region, other = ring.region[grows], ring.other[grows]
    colours = np.concatenate([inks, np.full((1, 3), 2.0)])
    apart = np.linalg.norm(colours[ink[region]] - colours[ink[other]], axis=1)
    gain = ring.length[grows] / (0.1 + apart)
    target = np.arange(len(area))
    order = np.lexsort((-gain, region))
    one, first = np.unique(region[order], return_index=True)
    target[one] = other[order][first]
    return target
