"""Loss curves as small drawings in the page, one a loss, because each has its own unit."""

from __future__ import annotations

from collections.abc import Sequence

from artgen.gallery.template import Html, joined, tag
from artgen.reporters.curves import Curves

WIDTH, HEIGHT = 300, 56
_EDGE = 3
"""Room for the line's own width."""


def plots(curves: Curves) -> Html:
    """A figure for each curve, the weighted sum last; nothing where there are no curves."""
    names = [name for name in curves if name != "total"] + ["total"] * ("total" in curves)
    return joined(_figure(name if name != "total" else "weighted sum", curves[name]) for name in names)


def _figure(name: str, curve: Sequence[tuple[int, float]]) -> Html:
    (first, before), (last, after) = curve[0], curve[-1]
    said = f"{name}: from {_number(before)} at step {first} to {_number(after)} at step {last}"
    ends = tag("span", f"{_number(before)} → {_number(after)}", class_="ends")
    caption = tag("figcaption", joined((tag("span", name), ends), " "))
    line = Html(f'<path d="{_path(curve)}" vector-effect="non-scaling-stroke"/>')
    box = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "preserveAspectRatio": "none"}
    drawing = tag("svg", line, role="img", aria_label=said, **box)
    return tag("figure", joined((caption, drawing)), class_="curve")


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
