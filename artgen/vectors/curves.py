"""Paths of cubic Bézier segments: how they are made, and how they become short straight pieces.

A path is (..., S, 4, 2): S segments of four control points, x and y in pixels from the top left of the canvas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from artgen.vectors.ragged import spread

MOST_PIECES = 256
"""A segment becomes no more pieces than these."""
QUARTER = 4 / 3 * math.tan(math.pi / 8)
"""How long the handles of a quarter of a circle of radius 1 are; it is off by less than 0.03 % (SVG tools' own)."""


def polyline(points: Tensor) -> Tensor:
    """(..., V, 2) corners to (..., V - 1, 4, 2): straight segments from one to the next."""
    start, end = points[..., :-1, :], points[..., 1:, :]
    return torch.stack([start, start + (end - start) / 3, start + (end - start) * 2 / 3, end], dim=-2)


def polygon(points: Tensor) -> Tensor:
    """(..., V, 2) corners to (..., V, 4, 2): straight segments round, back to the first."""
    return polyline(torch.cat([points, points[..., :1, :]], dim=-2))


def chain(points: Tensor) -> Tensor:
    """(..., 3 S + 1, 2), an end, two handles, an end, two handles, ..., an end, to (..., S, 4, 2)."""
    behind = points.shape[-2] - 3
    return torch.stack([points[..., i : behind + i : 3, :] for i in range(4)], dim=-2)


def ring(points: Tensor) -> Tensor:
    """(..., 3 S, 2), as `chain`, closed: the last segment ends where the first begins."""
    return chain(torch.cat([points, points[..., :1, :]], dim=-2))


def circle(centre: Tensor, radius: Tensor) -> Tensor:
    """(..., 2) and (...) to (..., 4, 4, 2): four quarters, clockwise on the screen from the right."""
    corners = [(1, 0), (1, QUARTER), (QUARTER, 1), (0, 1), (-QUARTER, 1), (-1, QUARTER)]
    round_it = centre.new_tensor([*corners, *((-x, -y) for x, y in corners)])
    return ring(centre[..., None, :] + radius[..., None, None] * round_it)


@dataclass(frozen=True)
class Pieces:
    """T straight pieces of N paths, in order; `owner` is sorted."""

    ends: Tensor
    """(T, 4): x and y of where a piece begins, and of where it ends."""
    owner: Tensor
    """(T,): the path that a piece is of."""
    segment: Tensor
    """(T,): the segment, counted through all paths."""
    span: Tensor
    """(T, 2): where on its segment a piece begins and ends, 0 to 1."""


def pieces(paths: Tensor, off: Tensor, reach: Tensor) -> Pieces:
    """(N, S, 4, 2) as pieces at most `off` pixels off the curve and not much longer than `reach`, (N,) each."""
    count, segments = paths.shape[:2]
    number = _pieces_needed(paths.detach(), off, reach).flatten()
    segment, place = spread(number)
    parts = number[segment].to(paths.dtype)
    span = torch.stack([place / parts, (place + 1) / parts], dim=1)
    control = paths.reshape(count * segments, 4, 2)[segment]
    ends = torch.cat([_at(control, span[:, 0]), _at(control, span[:, 1])], dim=1)
    return Pieces(ends, segment.div(segments, rounding_mode="floor"), segment, span)


def _pieces_needed(paths: Tensor, off: Tensor, reach: Tensor) -> Tensor:
    """(N, S), by the second differences of the control points (Wang 1984; Sederberg, "CAGD", section 10.6)."""
    bend = (paths[..., 2:, :] - 2 * paths[..., 1:-1, :] + paths[..., :-2, :]).norm(dim=-1).amax(dim=-1)
    length = (paths[..., 1:, :] - paths[..., :-1, :]).norm(dim=-1).sum(dim=-1)
    number = torch.maximum((0.75 * bend / off[:, None]).sqrt(), length / reach[:, None])
    return number.ceil().clamp(1, MOST_PIECES).long()


def _at(control: Tensor, t: Tensor) -> Tensor:
    """(T, 4, 2) at (T,) in [0, 1]: (T, 2). At 0 and 1 exactly the ends, so that pieces meet."""
    t = t[:, None]
    s = 1 - t
    a, b, c, d = control.unbind(dim=1)
    return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d
