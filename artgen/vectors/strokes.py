"""What strokes cover: paths with a width, round ends and round joins.

A pixel is looked at in two steps. Straight pieces of all curves say which segment is the nearest, and about where; for
a pixel that a border crosses, Newton's method goes on from there to the nearest point of the curve itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from artgen.vectors.coverage import Coverage, half_plane, joined
from artgen.vectors.curves import pieces
from artgen.vectors.nearest import Search, nearest_pieces
from artgen.vectors.ragged import pick, runs

OFF = 0.3
"""How far a straight piece may be from its curve, in pixels."""
RIM = 0.7072
"""A border this far from a pixel's middle leaves the pixel alone, whichever way it runs: half a diagonal."""
LENGTH, SHORTEST = 1.5, 4.0
"""Pieces are about so many widths long, and no shorter than this: the boxes around them are then smallest."""
ROUNDS = 4
"""Steps of Newton's method; the last has the gradient."""


def stroke_coverage(paths: Tensor, widths: Tensor, size: tuple[int, int], most: int) -> Coverage:
    """(N, S, 4, 2) with widths (N, S + 1) at the ends of the segments, on a canvas of (H, W).

    It looks at about `most` pixels at once. A stroke covers what lies between its two sides, taken for straight lines
    within a pixel.
    """
    shown = paths.detach()
    reach = (LENGTH * widths.detach().amax(dim=1)).clamp(min=SHORTEST)
    cut = pieces(shown, torch.full_like(reach, OFF), reach)
    sides = torch.stack([widths[:, :-1], widths[:, 1:]], dim=-1).flatten(0, 1) / 2
    search = Search.of(cut, sides.detach(), len(paths), size, RIM + OFF)
    segments = torch.cat([paths.flatten(0, 1).flatten(1), sides], dim=1)
    parts: list[Coverage] = []
    for first, last in runs(search.areas(), 4 * most):
        found = nearest_pieces(search, first, last, most)
        inner = found.outside < -RIM - OFF
        rim = (~inner).nonzero()[:, 0]
        near = Near(cut.segment[found.piece[rim]], cut.span[found.piece[rim]], found.x[rim] + 0.5, found.y[rim] + 0.5)
        share = paths.new_ones(len(inner)).index_put((rim,), _share(segments, near))
        seen = (share.detach() > 0).nonzero()[:, 0]
        pixel = found.y * size[1] + found.x
        parts.append(Coverage(cut.owner[found.piece][seen], pixel[seen], share.index_select(0, seen)))
    return joined(parts, paths)


@dataclass(frozen=True)
class Near:
    """F pixels, and about where the nearest point of a curve is."""

    segment: Tensor
    """(F,): on which segment."""
    span: Tensor
    """(F, 2): between which of its places, 0 to 1."""
    x: Tensor
    """(F,): the pixel's middle."""
    y: Tensor
    """(F,): the pixel's middle."""


def _share(segments: Tensor, near: Near) -> Tensor:
    """(F,): how much of each pixel is covered; `segments` has eight coordinates and two half widths in each row."""
    *control, half_a, half_b = pick(segments, near.segment)
    x, y = Cubic.of(control[0::2], near.x), Cubic.of(control[1::2], near.y)
    t = _nearest_place(x, y, near.span)
    half = torch.lerp(half_a, half_b, t)
    to_x, to_y, along_x, along_y = -x.at(t), -y.at(t), x.slope(t), y.slope(t)
    speed = (along_x.square() + along_y.square()).clamp(min=1e-12).sqrt()
    distance = (to_x.square() + to_y.square()).clamp(min=1e-12).sqrt()
    # Beside a curve its direction is known, even for a pixel on its middle line; at an end it is that of the pixel.
    beside = (t > 0) & (t < 1) & (speed > 1e-3)
    off = torch.where(beside, (to_x * along_y - to_y * along_x) / speed, distance)
    across = torch.where(beside, along_y / speed, to_x / distance)
    down = torch.where(beside, along_x / speed, to_y / distance)
    share = half_plane(half - off, across, down) + half_plane(half + off, across, down) - 1
    return share.clamp(min=0)


class Cubic:
    """One coordinate of F curves, seen from a pixel's middle, as a polynomial."""

    def __init__(self, *terms: Tensor) -> None:
        self._terms = terms

    @classmethod
    def of(cls, control: list[Tensor], origin: Tensor) -> Cubic:
        """From four control points."""
        a, b, c, d = control
        return cls(a - origin, 3 * (b - a), 3 * (a - 2 * b + c), d - 3 * c + 3 * b - a)

    def detach(self) -> Cubic:
        """The same without a gradient."""
        return Cubic(*(term.detach() for term in self._terms))

    def at(self, t: Tensor) -> Tensor:
        a, b, c, d = self._terms
        return a + t * (b + t * (c + t * d))

    def slope(self, t: Tensor) -> Tensor:
        _, b, c, d = self._terms
        return b + t * (2 * c + t * 3 * d)

    def bend(self, t: Tensor) -> Tensor:
        _, _, c, d = self._terms
        return 2 * c + t * 6 * d


def _nearest_place(x: Cubic, y: Cubic, span: Tensor) -> Tensor:
    """(F,): where on its segment, 0 to 1, the point next to the pixel's middle is; not far outside of the span."""
    begin, end = span.unbind(dim=1)
    low, high = (begin - (end - begin) / 2).clamp(min=0), (end + (end - begin) / 2).clamp(max=1)
    plain_x, plain_y = x.detach(), y.detach()
    step_x, step_y = plain_x.at(end) - plain_x.at(begin), plain_y.at(end) - plain_y.at(begin)
    towards = -(plain_x.at(begin) * step_x + plain_y.at(begin) * step_y)
    share = (towards / (step_x.square() + step_y.square()).clamp(min=1e-12)).clamp(0, 1)
    t = torch.lerp(begin, end, share)
    for _ in range(ROUNDS - 1):
        t = _newton(plain_x, plain_y, t).maximum(low).minimum(high)
    # The derivative of this last step is that of the nearest place, because it hardly moves any more.
    return _newton(x, y, t).maximum(low).minimum(high)


def _newton(x: Cubic, y: Cubic, t: Tensor) -> Tensor:
    """Nearer to where the curve runs across the line to the pixel."""
    at_x, at_y, along_x, along_y = x.at(t), y.at(t), x.slope(t), y.slope(t)
    square = along_x.square() + along_y.square()
    change = square + at_x * x.bend(t) + at_y * y.bend(t)
    # Beyond the centre of curvature the change is no longer above 0, and there is no nearest place close by.
    change = torch.where(change < 0.1 * square, square, change).clamp(min=1e-12)
    return t - (at_x * along_x + at_y * along_y) / change
