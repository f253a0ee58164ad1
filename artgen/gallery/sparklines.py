"""Loss curves as small drawings in the page, one a loss, because each has its own unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from artgen.reporters.curves import JUDGES, Curves

WIDTH, HEIGHT = 300, 56
_EDGE = 3
"""Room for the line's own width."""


@dataclass(frozen=True)
class Sparkline:
    """One curve in a box of `WIDTH` times `HEIGHT`."""

    name: str
    ends: str
    """Its first and its last value."""
    said: str
    """The drawing in words."""
    path: str
    """What an SVG path draws."""


def sparklines(curves: Curves) -> Iterator[Sparkline]:
    """One for each curve, the weighted sum after the losses, and what judges say at the end."""
    judges = [name for name in curves if name.startswith(JUDGES)]
    losses = [name for name in curves if name != "total" and name not in judges]
    for name in [*losses, *["total"] * ("total" in curves), *judges]:
        yield _sparkline(_title(name), curves[name])


def _title(name: str) -> str:
    if name.startswith(JUDGES):
        return f"judge {name.removeprefix(JUDGES)}"
    return name if name != "total" else "weighted sum"


def _sparkline(name: str, curve: Sequence[tuple[int, float]]) -> Sparkline:
    (first, before), (last, after) = curve[0], curve[-1]
    said = f"{name}: from {_number(before)} at step {first} to {_number(after)} at step {last}"
    return Sparkline(name, f"{_number(before)} → {_number(after)}", said, _path(curve))


def _path(curve: Sequence[tuple[int, float]]) -> str:
    steps, values = [step for step, _ in curve], [value for _, value in curve]
    across = [_placed(step, min(steps), max(steps), WIDTH) for step in steps]
    down = [HEIGHT - _placed(value, min(values), max(values), HEIGHT) for value in values]
    points = " L".join(f"{x:.1f} {y:.1f}" for x, y in zip(across, down, strict=True))
    # A run of one step is a level line.
    return f"M{points}" if len(curve) > 1 else f"M0 {HEIGHT / 2:.1f} H{WIDTH}"


def _placed(value: float, low: float, high: float, room: int) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return _EDGE + share * (room - 2 * _EDGE)


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
