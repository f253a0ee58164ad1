"""Loss curves in a small file, because a picture's recipe holds none: ``{"clip": [[step, value], ...], ...}``.

The curves of judges stand beside them, under such names as ``judges.second``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from artgen.errors import InputError
from artgen.files import read_text
from artgen.results import Result

FILE = "losses.json"
"""What it is called in the folder of a run."""
POINTS = 100
"""So many points of a curve are kept, the first and the last among them."""
MOST_POINTS = 2000
"""So many of a curve that grows are remembered."""
DIGITS = 5
MAX_BYTES = 1 << 20

JUDGES = "judges."
"""What the name of a judge's curve begins with."""

Curves = dict[str, list[tuple[int, float]]]


def add(curves: Curves, name: str, points: Sequence[tuple[int, float]]) -> None:
    """Add newer points to a curve; of more than `MOST_POINTS`, every other one goes."""
    curve = curves.setdefault(name, [])
    curve.extend(points)
    if len(curve) > MOST_POINTS:
        curve[:-1] = curve[:-1:2]  # the last one stays: it is what is shown as the loss now


def thinned(losses: Mapping[str, Sequence[tuple[int, float]]]) -> Curves:
    """At most `POINTS` finite points of each curve, evenly spread, of `DIGITS` significant digits; none is empty."""
    curves = {name: _few([point for point in losses[name] if math.isfinite(point[1])]) for name in sorted(losses)}
    return {name: curve for name, curve in curves.items() if curve}


def _few(curve: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    last = len(curve) - 1
    kept = range(len(curve)) if last < POINTS else [round(i * last / (POINTS - 1)) for i in range(POINTS)]
    return [(curve[i][0], float(f"{curve[i][1]:.{DIGITS}g}")) for i in kept]


def of_result(result: Result) -> dict[str, Sequence[tuple[int, float]]]:
    """Those of its losses and of its judges."""
    return {**result.losses, **{f"{JUDGES}{name}": curve for name, curve in result.judges.items()}}


def to_json(losses: Mapping[str, Sequence[tuple[int, float]]]) -> str:
    """Canonical JSON of the thinned curves, so that equal runs have equal files."""
    return json.dumps(thinned(losses), sort_keys=True, separators=(",", ":"), allow_nan=False) + "\n"


def read(path: Path) -> Curves:
    """The curves in a file; they may be a stranger's.

    Raises:
        InputError: if it cannot be read, or holds anything else; in one line.
    """
    return parse(read_text(path, MAX_BYTES, "record of losses"), path)


def parse(text: str, source: object) -> Curves:
    """The curves in a text; InputError, as `read` has it, if it holds none."""
    try:
        data = json.loads(text)
        return thinned({str(name): [_point(point) for point in curve] for name, curve in data.items()})
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        raise InputError(f"{source}: holds no loss curves; expected {{name: [[step, value], ...]}}") from None


def _point(point: Any) -> tuple[int, float]:
    step, value = point
    if not isinstance(step, int) or not isinstance(value, int | float):
        raise TypeError(point)
    return step, float(value)
