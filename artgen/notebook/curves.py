"""The losses over a run as a small drawing: each in the height that it needs, the sum in the accent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

WIDTH, HEIGHT, MARGIN = 1000, 100, 4
MOST_LINES = 7
MOST_POINTS = 300
TOTAL = "total"

Points = Sequence[tuple[int, float]]


def drawing(losses: Mapping[str, Points], judges: Mapping[str, Points], steps: int, step: int) -> str:
    """HTML of the curves, with the values at a step; empty as long as there are no two points.

    Args:
        losses: (step, value) pairs of each loss.
        judges: the same of each judge, for whom more is better.
        steps: how many the run has.
        step: how many of them are looked at.
    """
    lines = [*_named(losses, ""), *_named(judges, "judge ")][:MOST_LINES]
    if not any(len(points) > 1 for _, points in lines):
        return ""
    paths = "".join(
        f'<path class="c{place}" d="{_path(points, steps)}"/>'
        for place, (_, points) in reversed(list(enumerate(lines)))
    )
    legend = "".join(
        f'<li class="c{place}"><i></i>{escape(name)} <b>{_value(points, step)}</b></li>'
        for place, (name, points) in enumerate(lines)
    )
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" aria-label="losses over the run"'
    return f"<svg {box}>{paths}</svg><ul>{legend}</ul>"


def _named(curves: Mapping[str, Points], kind: str) -> Iterable[tuple[str, Points]]:
    names = sorted((name for name in curves if curves[name]), key=lambda name: name != TOTAL)
    return [(f"{kind}{name}", points) for name in names if (points := _finite(curves[name]))]


def _finite(points: Points) -> Points:
    return [(step, value) for step, value in points if math.isfinite(value)]


def _path(points: Points, steps: int) -> str:
    values = [value for _, value in points]
    low = min(values)
    span = max(values) - low or 1.0
    every = -(-len(points) // MOST_POINTS)
    kept = [*points[:-1:every], points[-1]]
    places = (
        f"{WIDTH * (step + 1) / max(steps, 1):.1f} {HEIGHT - MARGIN - (value - low) / span * (HEIGHT - 2 * MARGIN):.1f}"
        for step, value in kept
    )
    return "M" + "L".join(places)


def _value(points: Points, step: int) -> str:
    """What it is at a step, or was last before it."""
    before = [value for at, value in points if at < step]
    return f"{before[-1]:.4g}" if before else "–"
