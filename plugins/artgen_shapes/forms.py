"""Points of shapes, what paths they make, and where they lie for a disc or an outline."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from artgen.vectors import circle, polygon, ring
from artgen_shapes import FlatShapes, Kind

Rows = NDArray[np.float64]
UNEVEN = 0.5
"""How much longer than the shortest the way from the middle to a corner may be, at first."""


def corners_of(spec: FlatShapes) -> int:
    """How many corners, or curves, a shape has; the ends of a diameter are those of a circle."""
    return {"circle": 2, "triangle": 3}.get(spec.kind, spec.corners)


def points_of(spec: FlatShapes) -> int:
    """How many points a shape is made of."""
    return corners_of(spec) * (3 if spec.kind == "blob" else 1)


def paths(kind: Kind, points: Tensor) -> Tensor:
    """(B, L, P, 2) to (B, L, S, 4, 2)."""
    if kind == "circle":
        half = (points[:, :, 1] - points[:, :, 0]) / 2
        return circle(points.mean(dim=2), (half.square().sum(dim=2) + 1e-6).sqrt())
    return ring(points) if kind == "blob" else polygon(points)


def round_points(spec: FlatShapes, centres: Tensor, radii: Tensor, chance: Tensor) -> Tensor:
    """(B, L, P, 2): about discs at (B, L, 2) of (B, L) pixels, turned and uneven by chance, (B, L, corners + 1)."""
    corners = corners_of(spec)
    per = 3 if spec.kind == "blob" else 1
    number = torch.arange(corners, device=centres.device)
    angles = 2 * math.pi * (number / corners + chance[..., :1])
    way = torch.stack([angles.cos(), angles.sin()], dim=-1)
    if spec.kind == "circle":
        return centres[:, :, None] + radii[..., None, None] * way
    length = radii[..., None] * (1 + UNEVEN * (chance[..., 1:] - 0.5))
    ends = centres[:, :, None] + length[..., None] * way
    if per == 1:
        return ends
    # Of a circle in so many parts, seen from an end.
    handle = 4 / 3 * math.tan(math.pi / 2 / corners) * length[..., None]
    along = torch.stack([-way[..., 1], way[..., 0]], dim=-1) * handle
    ahead, back = ends + along, ends - along
    return torch.stack([ends, ahead, back.roll(-1, dims=2)], dim=3).flatten(2, 3)


def outlined(spec: FlatShapes, outline: Rows) -> Rows:
    """(P, 2): the shape that is nearest to a closed outline (N, 2) by polygons or blobs."""
    corners = corners_of(spec)
    anchors = _anchors(outline, corners)
    if spec.kind != "blob":
        return outline[anchors]
    parts = []
    for first, last in zip(anchors, [*anchors[1:], anchors[0] + len(outline)], strict=True):
        seen = outline[np.arange(first, last + 1) % len(outline)]
        parts.append(np.stack([seen[0], *_handles(seen)]))
    return np.concatenate(parts)


def _anchors(outline: Rows, corners: int) -> list[int]:
    """The numbers of the points that matter most: the others made the smallest triangles with their neighbours.

    After Visvalingam & Whyatt, "Line generalisation by repeated elimination of points" (1993).
    """
    left = list(range(len(outline)))
    while len(left) > corners:
        points = outline[left]
        before, after = np.roll(points, 1, axis=0) - points, np.roll(points, -1, axis=0) - points
        area = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0])
        del left[int(area.argmin())]
    return left


def _handles(seen: Rows) -> Rows:
    """(2, 2): the handles of the cubic curve from the first to the last of (N, 2) that lies nearest to all of them."""
    start, end = seen[0], seen[-1]
    usual = np.stack([start + (end - start) / 3, start + (end - start) * 2 / 3])
    if len(seen) < 5:
        return usual
    steps = np.linalg.norm(np.diff(seen, axis=0), axis=1).cumsum()
    t = np.concatenate([[0.0], steps / max(steps[-1], 1e-9)])[:, None]
    s = 1 - t
    rest = seen - (s**3 + 3 * s * s * t) * start - (t**3 + 3 * s * t * t) * end
    weights = np.concatenate([3 * s * s * t, 3 * s * t * t], axis=1)
    found = np.linalg.lstsq(weights, rest, rcond=None)[0]
    bent: Rows = np.stack([start, end]) + found
    # A curve that runs far off its own points is a fit of few of them.
    return bent if np.linalg.norm(bent - usual, axis=1).max() < 1.5 * steps[-1] else usual
