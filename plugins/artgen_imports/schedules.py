"""Disco Diffusion's lists over a run: ``[12]*400+[4]*600`` has a value for each of 1000 moments.

Parsed, never evaluated: numbers in brackets, how often they come, and plus signs between.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from artgen.importing import as_number, number

MOMENTS = 1000
MOST = 10_000
_NUMBER = r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?\s*"
_PART = re.compile(
    rf"\s*\(?\s*\[({_NUMBER}(?:,{_NUMBER})*),?\s*\]\s*\)?\s*(?:\*\s*(\d{{1,5}})\s*)?\)?\s*(?:\+|$)", re.ASCII
)


def parse(value: Any) -> list[tuple[float, float]] | None:
    """The moments, from 0 to 1, at which each value begins; None if it is no such list."""
    alone = as_number(value)
    if alone is not None:
        return [(0.0, alone)]
    runs = _of_list(value) if isinstance(value, list) else _of_text(str(value))
    if not runs:
        return None
    whole = max(MOMENTS, sum(count for _, count in runs))
    points: list[tuple[float, float]] = []
    at = 0
    for found, count in runs:
        if not points or points[-1][1] != found:
            points.append((at / whole, found))
        at += count
    return points


def _of_text(text: str) -> list[tuple[float, int]]:
    runs: list[tuple[float, int]] = []
    place = 0
    while place < len(text):
        match = _PART.match(text, place)
        if match is None or len(runs) > MOST:
            return []
        values = [float(part) for part in match[1].split(",")]
        times = int(match[2] or 1)
        runs += (
            [(values[0], times)] if len(values) == 1 else [(one, 1) for one in values * min(times, MOST // len(values))]
        )
        place = match.end()
    return runs


def _of_list(values: Sequence[Any]) -> list[tuple[float, int]]:
    found = [as_number(value) for value in values[:MOST]]
    return [] if None in found else [(value, 1) for value in found if value is not None]


def at(points: Sequence[tuple[float, float]], moment: float) -> float:
    """The value at a moment."""
    return next((value for start, value in reversed(points) if start <= moment), points[0][1])


def written(points: Sequence[tuple[float, Any]], turn: Callable[[Any], Any] = lambda value: value) -> Any:
    """A number over the run, as a preset has it: it jumps at each moment."""
    made: dict[Any, Any] = {}
    for moment, value in points:
        made[0 if moment == 0 else f"{number(moment * 100)}%"] = _rounded(turn(value))
    if len(set(made.values())) == 1:
        return next(iter(made.values()))
    return {**made, "curve": "step"}


def _rounded(value: Any) -> Any:
    return number(float(value)) if isinstance(value, float) else value


def merged(*lists: Sequence[tuple[float, float]]) -> list[tuple[float, tuple[float, ...]]]:
    """The values of several lists at every moment at which one of them changes."""
    moments = sorted({moment for points in lists for moment, _ in points})
    return [(moment, tuple(at(points, moment) for points in lists)) for moment in moments]
