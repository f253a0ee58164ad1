"""A canvas on which shapes with crisp edges are laid, one over the other, at any resolution.

Lengths are in *units*: the height of a square or wide canvas is 1, a tall one's area is 1. So a picture is the same
one at 256 and at 512 pixels, and a tree is no wider on a wide canvas.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Curve = Callable[[Array], Array]
Point = tuple[float, float]
FAR = 1e3
SLOPE = 2e-3  # the step, in units, by which a curve's slope is measured


class Shape(NamedTuple):
    """What a signed distance (positive inside, in units) says of x (1, W) and y (H, 1); nothing lies outside `box`."""

    box: tuple[float, float, float, float]
    distance: Callable[[Array, Array], Array]

    def __or__(self, other: Shape) -> Shape:
        a, b = self.box, other.box
        box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
        return Shape(box, lambda x, y: np.maximum(self.distance(x, y), other.distance(x, y)))

    def __and__(self, other: Shape) -> Shape:
        a, b = self.box, other.box
        box = (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))
        return Shape(box, lambda x, y: np.minimum(self.distance(x, y), other.distance(x, y)))

    def __sub__(self, other: Shape) -> Shape:
        return Shape(self.box, lambda x, y: np.minimum(self.distance(x, y), -other.distance(x, y)))


class Fade(NamedTuple):
    """A colour that changes from `stops[0]` at the height `top` to the last of `stops` at `bottom`."""

    top: float
    bottom: float
    stops: Sequence[Array]

    def at(self, y: Array) -> Array:
        heights = np.linspace(self.top, self.bottom, len(self.stops))
        return np.stack([np.interp(y, heights, channel) for channel in np.stack(self.stops, 1)]).astype(np.float32)


class Canvas:
    """Pixels (3, H, W) in [0, 1], at first black, and shapes filled on them from back to front."""

    def __init__(self, size: tuple[int, int]) -> None:
        ratio = size[1] / size[0]
        self.w: float = ratio if ratio >= 1 else math.sqrt(ratio)
        self.h: float = self.w / ratio
        self.scale = size[0] / self.h
        self.x = ((np.arange(size[1], dtype=np.float32) + 0.5) / self.scale)[None, :]
        self.y = ((np.arange(size[0], dtype=np.float32) + 0.5) / self.scale)[:, None]
        self.pixels = np.zeros((3, *size), np.float32)

    def fill(self, shape: Shape, colour: Array | Fade, opacity: float = 1.0, soft: float = 0.0) -> None:
        """The shape in a colour; `soft` is the width in units over which its edge fades, 0 for a crisp one."""
        rows, columns = self._window(shape.box, soft)
        x, y = self.x[:, columns], self.y[rows]
        if not x.size or not y.size:
            return
        distance = shape.distance(x, y)
        if soft > 0:
            share = np.clip(distance / max(soft, 1 / self.scale) + 0.5, 0, 1)
            mask = share * share * (3 - 2 * share)
        else:
            mask = np.clip(distance * self.scale + 0.5, 0, 1)
        self._blend(rows, columns, mask * opacity, colour)

    def glow(self, centre: Point, radius: float, colour: Array, strength: float) -> None:
        """A light that is `strength` at its centre and fades to nothing at `radius`."""
        rows, columns = self._window(_around(*centre, radius, radius), 0)
        x, y = self.x[:, columns] - centre[0], self.y[rows] - centre[1]
        if x.size and y.size:
            share = np.clip(1 - np.sqrt(x * x + y * y) / radius, 0, 1)
            self._blend(rows, columns, strength * share * share, colour)

    def _window(self, box: tuple[float, float, float, float], soft: float) -> tuple[slice, slice]:
        spare = soft / 2 + 1 / self.scale
        left, top, right, bottom = (
            int(min(max((side + more) * self.scale, 0), 1e6))
            for side, more in zip(box, (-spare, -spare, spare, spare), strict=True)
        )
        return slice(top, bottom + 1), slice(left, right + 1)

    def _blend(self, rows: slice, columns: slice, mask: Array, colour: Array | Fade) -> None:
        target = self.pixels[:, rows, columns]
        over = colour.at(self.y[rows]) if isinstance(colour, Fade) else colour[:, None, None]
        target += (over - target) * mask.astype(np.float32, copy=False)


def circle(x: float, y: float, radius: float) -> Shape:
    return Shape(_around(x, y, radius, radius), lambda u, v: radius - np.sqrt((u - x) ** 2 + (v - y) ** 2))


def ellipse(x: float, y: float, width: float, height: float) -> Shape:
    """Half its axes are `width` and `height`; the distance is right at the edge to first order."""

    def distance(u: Array, v: Array) -> Array:
        a, b = (u - x) / width, (v - y) / height
        size = a * a + b * b
        slope = np.sqrt((a / width) ** 2 + (b / height) ** 2)
        edge: Array = (1 - size) / np.maximum(2 * slope, 1e-6)
        return edge

    return Shape(_around(x, y, width, height), distance)


def box(left: float, top: float, right: float, bottom: float, rounding: float = 0.0) -> Shape:
    x, y = (left + right) / 2, (top + bottom) / 2
    width, height = (right - left) / 2 - rounding, (bottom - top) / 2 - rounding

    def distance(u: Array, v: Array) -> Array:
        a, b = np.abs(u - x) - width, np.abs(v - y) - height
        outside = np.sqrt(np.maximum(a, 0) ** 2 + np.maximum(b, 0) ** 2)
        inside: Array = rounding - outside - np.minimum(np.maximum(a, b), 0)
        return inside

    return Shape((left, top, right, bottom), distance)


def stroke(start: Point, end: Point, thick: float, thin: float | None = None) -> Shape:
    """A line with round ends, `thick` its width at the start and `thin` at the end (the same by default)."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = x1 - x0, y1 - y0
    first, change = thick / 2, ((thick if thin is None else thin) - thick) / 2
    spare = max(thick, thin or 0) / 2

    def distance(u: Array, v: Array) -> Array:
        along = np.clip(((u - x0) * dx + (v - y0) * dy) / (dx * dx + dy * dy), 0, 1)
        return first + change * along - np.sqrt((u - x0 - along * dx) ** 2 + (v - y0 - along * dy) ** 2)

    return Shape((min(x0, x1) - spare, min(y0, y1) - spare, max(x0, x1) + spare, max(y0, y1) + spare), distance)


def path(points: Sequence[Point], thick: float, thin: float | None = None) -> Shape:
    """A line through points, its width changing evenly from `thick` to `thin`."""
    return ribbon(points, np.linspace(thick, thick if thin is None else thin, len(points)).tolist())


def ribbon(points: Sequence[Point], widths: Sequence[float]) -> Shape:
    """A line through points, as wide at each of them as `widths` says."""
    return union([stroke(points[i], points[i + 1], widths[i], widths[i + 1]) for i in range(len(points) - 1)])


def convex(*points: Point) -> Shape:
    """A polygon without dents, its corners in either order."""
    pairs = list(zip(points, (*points[1:], points[0]), strict=True))
    turn = 1.0 if sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) > 0 else -1.0

    def distance(u: Array, v: Array) -> Array:
        least: Array = np.minimum.reduce([_side(a, b, turn, u, v) for a, b in pairs])
        return least

    across, down = [point[0] for point in points], [point[1] for point in points]
    return Shape((min(across), min(down), max(across), max(down)), distance)


def union(shapes: Sequence[Shape]) -> Shape:
    boxes = np.array([shape.box for shape in shapes])
    bounds = (*boxes[:, :2].min(0).tolist(), *boxes[:, 2:].max(0).tolist())
    return Shape(bounds, lambda x, y: np.maximum.reduce([shape.distance(x, y) for shape in shapes]))


def below(curve: Curve, top: float = -FAR) -> Shape:
    """All under a curve y(x); no point of the curve is higher than `top` (which only saves work)."""

    def distance(x: Array, y: Array) -> Array:
        slope = (curve(x + SLOPE) - curve(x - SLOPE)) / (2 * SLOPE)
        return ((y - curve(x)) / np.sqrt(1 + slope * slope)).astype(np.float32)

    return Shape((-FAR, top, FAR, FAR), distance)


def above(curve: Curve) -> Shape:
    under = below(curve)
    return Shape((-FAR, -FAR, FAR, FAR), lambda x, y: -under.distance(x, y))


def right_of(curve: Curve) -> Shape:
    """All to the right of a curve x(y)."""
    under = below(curve)
    return Shape((-FAR, -FAR, FAR, FAR), lambda x, y: under.distance(y, x))


def left_of(curve: Curve) -> Shape:
    right = right_of(curve)
    return Shape(right.box, lambda x, y: -right.distance(x, y))


def rim(shape: Shape, width: float) -> Shape:
    """The band of a width inside a shape, along its edge."""
    return Shape(shape.box, lambda x, y: width / 2 - np.abs(shape.distance(x, y) - width / 2))


def lowered(curve: Curve, drop: float) -> Curve:
    return lambda x: curve(x) + drop


def moved(shape: Shape, dx: float, dy: float) -> Shape:
    left, top, right, bottom = shape.box
    box = (left + dx, top + dy, right + dx, bottom + dy)
    return Shape(box, lambda x, y: shape.distance(x - np.float32(dx), y - np.float32(dy)))


def everywhere() -> Shape:
    return Shape((-FAR, -FAR, FAR, FAR), lambda x, y: np.full(np.broadcast_shapes(x.shape, y.shape), FAR))


def _around(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    return (x - width, y - height, x + width, y + height)


def _side(a: Point, b: Point, turn: float, u: Array, v: Array) -> Array:
    dx, dy = b[0] - a[0], b[1] - a[1]
    inward: Array = turn * (dx * (v - a[1]) - dy * (u - a[0])) / math.hypot(dx, dy)
    return inward
