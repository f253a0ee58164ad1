"""Numbers over the frames of an animation, as Disco Diffusion and Deforum write them: ``0:(1.02), 60:(1.05)``.

Between the key frames the numbers go straight on. What stands in brackets may also be arithmetic in ``t``, the frame;
then it is computed for each frame up to the next key frame.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from artgen.importing import as_number, number
from artgen_imports import expressions

LONGEST, MOST_KEYS = 20_000, 2_000
"""Characters of a text, and key frames in it."""
MOST_VALUES = 5_000
"""Values of a number that is written down frame by frame; after them the last one stays."""
_KEY = re.compile(r"(\d{1,9})\s*:\s*\((.*?)\)\s*(?:,|$)", re.DOTALL)
_BARE = re.compile(r"\s*(\d{1,9})\s*:\s*([-+.\deE]+)\s*(?:,|$)")


def parse(text: Any, frames: int, values: Mapping[str, float] | None = None) -> list[float]:
    """The value at each of the frames.

    Args:
        text: the key frames, or one number for all.
        frames: how many there are.
        values: what names but ``t`` stand for in arithmetic, such as ``max_f``.

    Raises:
        expressions.UnreadableError: if it is neither; its message goes on from the text.
    """
    alone = as_number(text)
    if alone is not None:
        return [alone] * frames
    keys = _keys(str(text))
    if not keys:
        raise expressions.UnreadableError("has no key frames such as 0:(1.02), 60:(1.05)")
    told = _told(keys, frames, values or {})
    return _between(told, frames)


def _keys(text: str) -> dict[int, str]:
    found = _KEY.findall(text) or _BARE.findall(text) if len(text) <= LONGEST else []
    return {int(frame): value.strip() for frame, value in found[:MOST_KEYS]}


def _told(keys: Mapping[int, str], frames: int, more: Mapping[str, float]) -> dict[int, float]:
    """The values that are not between two others, by their frames."""
    told: dict[int, float] = {}
    order = sorted(keys)
    for at, after in zip(order, [*order[1:], frames], strict=True):
        alone = as_number(keys[at])
        if alone is not None:
            told[at] = alone
            continue
        read = expressions.parse(keys[at], frozenset({"t", *more}))
        for frame in range(at, min(after, frames)):
            told[frame] = read({**more, "t": float(frame)})
    return told


def _between(told: Mapping[int, float], frames: int) -> list[float]:
    order = sorted(told)
    if not order:
        raise expressions.UnreadableError("has no key frame within the film")
    made = [told[order[0]]] * min(order[0] + 1, frames)
    for at, after in pairwise(order):
        rise = (told[after] - told[at]) / (after - at)
        made += [told[at] + rise * step for step in range(1, min(after, frames - 1) - at + 1)]
    return (made + [told[order[-1]]] * (frames - len(made)))[:frames]


def written(values: Sequence[float], turn: Callable[[float], float] = lambda value: value) -> Any:
    """A number over a film's frames as a preset has it: one, points in frames, or a value for each frame.

    `turn` is applied to the values that are written; points lie where `values` stop going straight on.
    """
    knots = _knots(values)
    if len(knots) == 1:
        return number(turn(values[0]))
    if 2 * len(knots) > len(values):
        return {"each": [number(turn(value)) for value in values[:MOST_VALUES]]}
    knots = knots[:MOST_VALUES]
    return {f"{knot}f": number(turn(values[knot])) for knot in knots}


def _knots(values: Sequence[float]) -> list[int]:
    """Where the values' slope changes, and the ends of what is not constant there."""
    if all(abs(value - values[0]) <= 1e-9 * max(1, abs(value)) for value in values):
        return [0]
    last = len(values) - 1
    inner = [
        at
        for at in range(1, last)
        if abs(values[at + 1] - 2 * values[at] + values[at - 1]) > 1e-9 * max(1, abs(values[at]))
    ]
    ends_flat = bool(inner) and values[inner[-1]] == values[last]
    return [0, *inner] if ends_flat else [0, *inner, last]


def averaged(values: Sequence[float], every: int) -> list[float]:
    """The mean of each `every` frames, up to the one that is drawn: the first by itself, then frames 1 to `every`."""
    if every == 1:
        return list(values)
    count = max(2, round(len(values) / every))
    spans = [values[every * (place - 1) + 1 : every * place + 1] for place in range(1, count)]
    return [values[0], *(sum(span) / len(span) if span else values[-1] for span in spans)]
