"""Closed outlines as few cubic Bézier curves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]
Whole = NDArray[np.int64]

SPACING = 0.7
"""Of the points along an outline that curves are laid through, in pixels of the field."""
TURN = 1.0
"""Radians that a curve turns by at first."""
STRETCH = 60.0
"""How long a curve is at most at first, in pixels of the field."""
SPLITS = 6
"""How often curves that miss their points are halved."""


def fitted(points: Rows, tolerance: float) -> Rows:
    """(S, 4, 2): curves, each beginning where the last one ends, along the closed line through `points` (N, 2).

    Least squares for the lengths of the handles, whose directions are the line's own (Schneider, "An Algorithm for
    Automatically Fitting Digitized Curves", 1990), for all curves at once; those further than `tolerance` are halved.
    """
    line = _resampled(points)
    tangents = _tangents(line)
    anchors = _anchors(tangents)
    for _ in range(SPLITS):
        curves, misses = _laid(line, tangents, anchors)
        steps = np.diff(np.append(anchors, anchors[0] + len(line)))
        bad = (misses > tolerance) & (steps > 3)
        if not bad.any():
            break
        anchors = np.sort(np.concatenate([anchors, (anchors + steps // 2)[bad]]) % len(line))
    else:
        curves, _ = _laid(line, tangents, anchors)
    return curves


def _resampled(points: Rows) -> Rows:
    """The closed line through `points` again, as points at equal distances."""
    closed = np.concatenate([points, points[:1]])
    along = np.concatenate([[0.0], np.linalg.norm(np.diff(closed, axis=0), axis=1).cumsum()])
    count = max(8, round(along[-1] / SPACING))
    places = np.linspace(0, along[-1], count, endpoint=False)
    return np.stack([np.interp(places, along, axis) for axis in closed.T], axis=-1)


def _tangents(line: Rows) -> Rows:
    """Unit vectors (N, 2) along the line."""
    ways = sum((np.roll(line, -step, axis=0) - np.roll(line, step, axis=0) for step in (1, 2)), np.zeros_like(line))
    unit: Rows = ways / np.maximum(np.linalg.norm(ways, axis=1, keepdims=True), 1e-9)
    return unit


def _anchors(tangents: Rows) -> Whole:
    """The numbers of points where curves meet: evenly by how much the line turns, and by its length."""
    following = np.roll(tangents, -1, axis=0)
    turns = np.abs(np.arctan2(_cross(tangents, following), (tangents * following).sum(axis=1)))
    effort = (turns / TURN + SPACING / STRETCH).cumsum()
    count = max(3, int(np.ceil(effort[-1])))
    places = np.searchsorted(effort, np.arange(count) * effort[-1] / count)
    anchors: Whole = np.unique(places % len(tangents))
    return anchors


def _cross(one: Rows, other: Rows) -> Rows:
    crossed: Rows = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    return crossed


def _laid(line: Rows, tangents: Rows, anchors: Whole) -> tuple[Rows, Rows]:
    """The curves between `anchors`, (S, 4, 2), and how far each misses its points, (S,)."""
    count = len(line)
    ends = np.append(anchors[1:], anchors[0] + count)
    steps = ends - anchors
    begins = np.concatenate([[0], (steps + 1).cumsum()[:-1]])
    curve = np.repeat(np.arange(len(anchors)), steps + 1)
    within = np.arange(len(curve)) - begins[curve]
    seen = line[(anchors[curve] + within) % count]
    share = within / steps[curve]
    start, end = line[anchors], line[ends % count]
    out, back = tangents[anchors], -tangents[ends % count]
    for _ in range(2):
        handles = _handles(seen, share, begins, curve, start, end, out, back)
        curves = np.stack([start, start + handles[:, :1] * out, end + handles[:, 1:] * back, end], axis=1)
        share = _nearer(curves[curve], seen, share)
    distance = np.linalg.norm(at(curves[curve], share) - seen, axis=1)
    return curves, np.maximum.reduceat(distance, begins)


def _handles(
    seen: Rows, share: Rows, begins: Whole, curve: Whole, start: Rows, end: Rows, out: Rows, back: Rows
) -> Rows:
    """(S, 2): how long the two handles are that bring each curve nearest to its points."""
    weights = _weights(share)
    first, second = weights[:, 1:2] * out[curve], weights[:, 2:3] * back[curve]
    rest = seen - (weights[:, :2].sum(axis=1, keepdims=True) * start[curve])
    rest -= weights[:, 2:].sum(axis=1, keepdims=True) * end[curve]
    sums = [np.add.reduceat((one * other).sum(axis=1), begins) for one, other in (
        (first, first), (first, second), (second, second), (first, rest), (second, rest)
    )]  # fmt: skip
    aa, ab, bb, ar, br = sums
    chord = np.linalg.norm(end - start, axis=1)
    det = aa * bb - ab * ab
    sure = det > 1e-6 * np.maximum(aa * bb, 1e-12)
    det = np.where(sure, det, 1.0)
    lengths = np.stack([(ar * bb - br * ab) / det, (aa * br - ab * ar) / det], axis=1)
    usual = chord[:, None] / 3
    fair = sure[:, None] & (lengths > 0.2 * usual) & (lengths < 4 * usual)
    fitting: Rows = np.where(fair.all(axis=1, keepdims=True), lengths, usual)
    return fitting


def _nearer(curves: Rows, seen: Rows, share: Rows) -> Rows:
    """The shares at which the curves come nearer to the points they stand for: a step of Newton's."""
    gap = at(curves, share) - seen
    first = np.diff(curves, axis=1) * 3
    second = np.diff(first, axis=1) * 2
    t = share[:, None]
    speed = first[:, 0] * (1 - t) ** 2 + first[:, 1] * 2 * t * (1 - t) + first[:, 2] * t**2
    bend = second[:, 0] * (1 - t) + second[:, 1] * t
    slope = (speed**2).sum(axis=1) + (gap * bend).sum(axis=1)
    moved = share - (gap * speed).sum(axis=1) / np.where(np.abs(slope) > 1e-9, slope, 1.0)
    nearer: Rows = np.clip(np.where(slope > 1e-9, moved, share), 0, 1)
    return nearer


def at(curves: Rows, share: Rows) -> Rows:
    """(N, 2): where each of `curves` (N, 4, 2) is at its `share` (N,) of the way."""
    places: Rows = (_weights(share)[:, :, None] * curves).sum(axis=1)
    return places


def _weights(share: Rows) -> Rows:
    """(N, 4): Bernstein's polynomials."""
    rest = 1 - share
    return np.stack([rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3], axis=1)
