"""Which setting did it: for each axis of a search, its values against what each cell has come to."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from artgen.sweeps.rows import Axis
from artgen.sweeps.sheets.labels import Heading, value_text
from artgen.sweeps.sheets.ranking import Measure

FROM_BEST = 0.85
"""The share of the cells, from the best one, whose values the height shows; the others lie at the bottom."""
FEWEST = 3
"""Cells that must have a value."""


@dataclass(frozen=True)
class Chart:
    """Cells as points, at their value of one axis and their measure."""

    name: str
    """Of the axis."""
    points: tuple[tuple[int, float, float], ...]
    """The number of each cell from 0, its place from left to right, and how good it is; both from 0 to 1."""
    ends: tuple[str, str]
    """The values at the left and at the right."""


def charts(axes: Sequence[Axis], found: Sequence[Heading], measure: Measure, log: Collection[str]) -> list[Chart]:
    """One for each axis that varies; those of `log` by the logarithms of their values. None of too few cells."""
    heights = _heights(measure)
    if len(heights) < FEWEST:
        return []
    return [
        _chart(axis, heading, heights, axis.key in log)
        for axis, heading in zip(axes, found, strict=True)
        if len(heading.texts) > 1
    ]


def _heights(measure: Measure) -> dict[int, float]:
    """How good each cell is, that can be compared: 1 is the best."""
    known = {i: value for i, value in enumerate(measure.values) if value is not None and measure.shares[i] is not None}
    ordered = sorted(known.values(), reverse=measure.is_more_better)
    if not ordered:
        return {}
    best, worst = ordered[0], ordered[math.ceil(FROM_BEST * len(ordered)) - 1]
    if best == worst:
        return dict.fromkeys(known, 1.0)
    return {i: min(1.0, max(0.0, (value - worst) / (best - worst))) for i, value in known.items()}


def _chart(axis: Axis, heading: Heading, heights: dict[int, float], is_log: bool) -> Chart:
    numbers = [one for one in axis.values if isinstance(one, int | float) and not isinstance(one, bool)]
    if len(numbers) < len(heading.texts):
        # Values that are no numbers stand side by side, in their order.
        numbers, ends = list(range(len(heading.texts))), (heading.texts[0], heading.texts[-1])
    else:
        ends = value_text(min(numbers)), value_text(max(numbers))
    scaled = [math.log(number) if is_log and number > 0 else float(number) for number in numbers]
    low, room = min(scaled), max(scaled) - min(scaled)
    points = tuple((i, round((scaled[heading.places[i]] - low) / room, 4), round(y, 4)) for i, y in heights.items())
    return Chart(heading.name, points, ends)
