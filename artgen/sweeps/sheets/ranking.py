"""Which cells of a sweep are the better ones, by what judges say or by their loss."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from artgen.preset.settings.search import JUDGES, LOSS
from artgen.sweeps.rows import Row
from artgen.sweeps.sheets.labels import Heading, duration_text, number_text

JUDGING = ("losses", "perceptors", "prompts", "views")
"""Settings that change what a loss means: of two weights the smaller one has the smaller loss, whatever the picture."""


@dataclass(frozen=True)
class Measure:
    """A number that cells have, and how they compare by it."""

    name: str
    """``loss``, ``seconds``, or the name of a judge."""
    is_more_better: bool
    values: tuple[float | None, ...]
    """Of each cell, in the order of the rows; None where there is none that is finite."""
    shares: tuple[float | None, ...]
    """How good each is among those that it can be compared with: from 0, the worst, to 1; None where there are none."""
    best: frozenset[int]
    """The cells, numbered from 0, that are the best of those that they can be compared with."""
    within: tuple[str, ...] = ()
    """The names of the axes on which cells must agree to be compared."""

    @property
    def said(self) -> str:
        """What makes a cell the best: ``least loss for each value of clip weight``."""
        kind = f"highest {self.name}" if self.is_more_better else f"least {self.name}"
        return f"{kind} for each value of {' and '.join(self.within)}" if self.within else kind

    def text(self, number: int) -> str:
        """What the cell with that number has, for people; empty if nothing."""
        value = self.values[number]
        if value is None:
            return ""
        return duration_text(value) if self.name == "seconds" else number_text(value)


def measures(axes: Sequence[Heading], rows: Sequence[Row], goal: str | None = None) -> list[Measure]:
    """All that there are: first what judges say, by their names, then the loss, then the seconds.

    The `goal` of a search comes before them, and compares all cells.
    """
    judges = sorted({name for row in rows for name in row.scores})
    scored = [_measure(name, True, [row.scores.get(name) for row in rows], rows) for name in judges]
    if goal == JUDGES and len(judges) > 1:
        scored.append(
            _measure(JUDGES, True, [fmean(row.scores.values()) if row.scores else None for row in rows], rows)
        )
    deciding = [axis for axis in axes if axis.key.split(".")[0] in JUDGING and len(axis.texts) > 1 and goal != LOSS]
    loss = _measure("loss", False, [row.loss for row in rows], rows, deciding)
    seconds = _measure("seconds", False, [row.seconds for row in rows], rows)
    found = [one for one in (*scored, loss, seconds) if any(value is not None for value in one.values)]
    return sorted(found, key=lambda one: one.name != goal) if goal else found


def ranked(found: Sequence[Measure], rows: Sequence[Row]) -> list[int]:
    """The cells, numbered from 0, by the first measure: the best of those that are drawn first, then the others."""
    if not found:
        return list(range(len(rows)))
    sign = -1 if found[0].is_more_better else 1

    def place(i: int) -> tuple[bool, float]:
        value = found[0].values[i]
        is_known = value is not None and rows[i].state == "finished"
        return not is_known, sign * value if is_known and value is not None else 0

    return sorted(range(len(rows)), key=place)


def deciding(found: Sequence[Measure]) -> Measure | None:
    """The one that says which cells are framed; None if none does."""
    return next((one for one in found if one.best and one.name != "seconds"), None)


def _measure(
    name: str, is_more_better: bool, given: Sequence[float | None], rows: Sequence[Row], within: Sequence[Heading] = ()
) -> Measure:
    values = tuple(value if value is not None and math.isfinite(value) else None for value in given)
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, row in enumerate(rows):
        # A picture that is not done yet may lie anywhere.
        if values[i] is not None and row.state == "finished":
            groups.setdefault(tuple(axis.places[i] for axis in within), []).append(i)
    shares: dict[int, float] = {}
    best = set()
    for group in groups.values():
        known = {i: value for i in group if (value := values[i]) is not None}
        if len(known) > 1:
            shares |= _shares(known, is_more_better)
            best.add(max(known, key=lambda i: (known[i] if is_more_better else -known[i], -i)))
    names = tuple(axis.name for axis in within)
    spread = tuple(shares.get(i) for i in range(len(rows)))
    return Measure(name, is_more_better, values, spread, frozenset(best), names)


def _shares(known: Mapping[int, float], is_more_better: bool) -> dict[int, float]:
    low, high = min(known.values()), max(known.values())
    room = high - low
    if not room or not math.isfinite(room):
        return dict.fromkeys(known, 1.0)
    return {i: (value - low) / room if is_more_better else (high - value) / room for i, value in known.items()}
