"""The outline of strokes whose width changes along them, which SVG has no element for."""

from __future__ import annotations

import math
from typing import Any

Point = tuple[float, float]
OFF = 0.03
"""How far an outline may be off, in pixels."""
MOST = 64
"""A segment has no more parts than these."""


def outlines(path: list[Any], widths: list[float]) -> list[list[Point]]:
    """Corners of convex polygons, all turning the same way, that together are what a pen sweeps along the segments.

    `path` has segments of four (x, y), `widths` the pen's width at their ends. A part of a segment is what lies between
    and in two circles, as a pen of changing width is drawn by `paint`.
    """
    found: list[list[Point]] = []
    for segment, first, last in zip(path, widths, widths[1:], strict=False):
        parts = _parts(segment)
        places = [_at(segment, i / parts) for i in range(parts + 1)]
        radii = [(first + (last - first) * i / parts) / 2 for i in range(parts + 1)]
        found += [_hull(places[i], places[i + 1], radii[i], radii[i + 1]) for i in range(parts)]
    return found


def _parts(segment: list[Any]) -> int:
    """By the second differences of its points, as for pieces."""
    bend = max(math.hypot(*(a - 2 * b + c for a, b, c in zip(*segment[i : i + 3], strict=True))) for i in range(2))
    return min(MOST, max(1, math.ceil(math.sqrt(0.75 * bend / OFF))))


def _at(segment: list[Any], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    x, y = (sum(w * point[axis] for w, point in zip(weights, segment, strict=True)) for axis in (0, 1))
    return x, y


def _hull(begin: Point, end: Point, first: float, last: float) -> list[Point]:
    """The convex polygon round two circles."""
    along = math.atan2(end[1] - begin[1], end[0] - begin[0])
    length = math.hypot(end[0] - begin[0], end[1] - begin[1])
    if length <= abs(first - last):
        place, radius = (begin, first) if first > last else (end, last)
        return _arc(place, radius, 0, 2 * math.pi)[:-1]
    # Where the line that touches both circles leaves the first.
    side = math.acos((first - last) / length)
    return [*_arc(end, last, along - side, along + side), *_arc(begin, first, along + side, along - side + 2 * math.pi)]


def _arc(centre: Point, radius: float, begin: float, end: float) -> list[Point]:
    """Corners on a circle, clockwise on the screen."""
    # A chord over an angle a is radius (1 - cos(a / 2)) off its arc.
    step = 2 * math.acos(max(0.5, 1 - OFF / radius)) if radius > OFF else math.pi / 2
    number = max(1, math.ceil((end - begin) / step))
    angles = [begin + (end - begin) * i / number for i in range(number + 1)]
    return [(centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)) for angle in angles]
