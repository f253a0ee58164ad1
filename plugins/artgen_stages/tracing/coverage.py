"""How much of each pixel outlines cover, exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]

FLATNESS = 0.05
"""How far a chord may be from its curve, in pixels."""


def chords(curves: Rows) -> Rows:
    """(N, 2, 2): straight lines that follow `curves` (S, 4, 2), in pixels."""
    bends = np.abs(np.diff(curves, n=2, axis=1)).sum(axis=2).max(axis=1)
    counts = np.maximum(1, np.ceil(np.sqrt(0.75 * bends / FLATNESS))).astype(np.int64)
    whole = counts.cumsum()
    number = np.repeat(np.arange(len(curves)), counts)
    step = np.arange(whole[-1]) - (whole - counts)[number]
    ends = [_at(curves[number], (step + more) / counts[number]) for more in (0, 1)]
    return np.stack(ends, axis=1)


def _at(curves: Rows, share: Rows) -> Rows:
    t, rest = share[:, None], 1 - share[:, None]
    return rest**3 * curves[:, 0] + 3 * rest * t * (rest * curves[:, 1] + t * curves[:, 2]) + t**3 * curves[:, 3]


def covered(lines: Rows, top: int, height: int, width: int) -> NDArray[np.float32]:
    """(height, width) in [0, 1]: the share of each pixel of the rows from `top` that closed outlines enclose.

    `lines` (N, 2, 2) are their sides as x and y of both ends, in pixels. What turns round a place once or more covers
    it, as SVG's rule "nonzero" has it. Each side adds to the pixels that it crosses the area to its right, and a sum
    along the rows does the rest, so that a pixel costs the same however many sides there are.
    """
    low, high = lines[:, :, 1].min(axis=1), lines[:, :, 1].max(axis=1)
    lines = lines[(high > top) & (low < top + height)] - np.array([0.0, top])
    parts = _cut(_cut(_within(lines, height), 1), 0)
    (x0, y0), (x1, y1) = parts[:, 0].T, parts[:, 1].T
    row = np.floor((y0 + y1) / 2).astype(np.int64).clip(0, height - 1)
    middle = ((x0 + x1) / 2).clip(0, width)
    column = np.floor(middle).astype(np.int64).clip(0, width - 1)
    rise, into = y1 - y0, middle - column
    place = row * (width + 1) + column
    cells = (width + 1) * height
    areas = np.bincount(place, rise * (1 - into), cells) + np.bincount(place + 1, rise * into, cells + 1)[:cells]
    turned = areas.reshape(height, width + 1).cumsum(axis=1)[:, :width]
    shares: NDArray[np.float32] = np.minimum(np.abs(turned), 1).astype(np.float32)
    return shares


def _within(lines: Rows, height: int) -> Rows:
    """The parts of `lines` in the rows from 0 to `height`."""
    start, way = lines[:, 0], lines[:, 1] - lines[:, 0]
    rise = np.where(way[:, 1] == 0, 1e-12, way[:, 1])
    shares = np.sort(np.stack([-start[:, 1] / rise, (height - start[:, 1]) / rise], axis=1), axis=1).clip(0, 1)
    return start[:, None] + shares[:, :, None] * way[:, None]


def _cut(lines: Rows, axis: int) -> Rows:
    """`lines` cut where they pass from one pixel to the next along `axis`."""
    one, other = lines[:, 0, axis], lines[:, 1, axis]
    first = np.floor(np.minimum(one, other))
    cuts = np.maximum(np.ceil(np.maximum(one, other)) - first - 1, 0).astype(np.int64)
    whole = (cuts + 1).cumsum()
    number = np.repeat(np.arange(len(lines)), cuts + 1)
    step = np.arange(len(number)) - (whole - cuts - 1)[number]
    forward = other > one
    way = np.where(other == one, 1.0, other - one)

    def share(step: NDArray[np.int64]) -> Rows:
        """Of the way to the cut before part `step`."""
        counted = np.where(forward[number], step, cuts[number] + 1 - step)
        found = (first[number] + counted - one[number]) / way[number]
        found = np.where(step == 0, 0.0, np.where(step == cuts[number] + 1, 1.0, found))
        return found.clip(0, 1)

    begins, ends = share(step)[:, None], share(step + 1)[:, None]
    start, end = lines[number, 0], lines[number, 1]
    return np.stack([start + (end - start) * begins, start + (end - start) * ends], axis=1)
