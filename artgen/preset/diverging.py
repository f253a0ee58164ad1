"""Up to which step two presets draw the same.

A setting that is a number over the run matters at a step by its value there alone, so that two presets that differ in
nothing else draw the same until the values part. What only finishes, names or watches the picture matters after the
last step. Everything else matters from the beginning.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, NamedTuple

from pydantic import BaseModel

from artgen.api import Need
from artgen.fields.schedules import Schedule, looks_ahead
from artgen.preset.model import Preset
from artgen.preset.needs import with_held

AFTERWARDS = ("about", "recipe", "finish", "reporters")
"""What of a preset no step reads. The moments of the progress strip, `frames`, are kept while the run goes on."""
_OVER_TIME = ("transparent", "generator", "perceptors", "views", "losses", "filters", "prompts")
"""Where numbers over the run are asked for their values step by step."""

Place = tuple[str | int, ...]
"""Where a setting stands in a resolved preset."""


class Divergence(NamedTuple):
    """Where two presets part."""

    step: int
    """How many of the first steps are the same: all of them, where only what comes afterwards differs."""
    place: str = ""
    """The setting that differs first; empty where no step is another."""


@dataclass(frozen=True)
class StepSettings:
    """All that a preset says about its steps, apart from what comes afterwards."""

    fixed: str
    """What is the same at every step, or may matter before its step, as JSON."""
    timed: Mapping[Place, Schedule]
    """What matters at a step by its value there."""
    steps: int

    @classmethod
    def of(cls, preset: Preset) -> StepSettings:
        return cls.written(preset.resolved(), dict(_timed_in(preset)), preset.steps)

    @classmethod
    def written(cls, resolved: Mapping[str, Any], timed: Mapping[Place, Schedule], steps: int) -> StepSettings:
        """Of plain data, in which the settings at the places of `timed` are numbers over the run, too."""
        data = deepcopy({key: value for key, value in resolved.items() if key not in AFTERWARDS})
        found = {place: schedule for place in timed if (schedule := _taken_out(data, place)) is not None}
        return cls(json.dumps(data), found, steps)

    def like(self, resolved: Mapping[str, Any]) -> StepSettings:
        """Of another preset, which anybody may have written down, read at the same places."""
        return self.written(resolved, self.timed, self.steps)

    def divergence(self, other: StepSettings) -> Divergence:
        """From where on the steps of `other` are others."""
        if self.fixed != other.fixed or self.timed.keys() != other.timed.keys():
            return Divergence(0, _first_difference(json.loads(self.fixed), json.loads(other.fixed)) or "a setting")
        first, where = self.steps, ""
        for place, schedule in self.timed.items():
            step = parting(schedule, other.timed[place], self.steps)
            if step is not None and step < first:
                first, where = step, _named(place)
        return Divergence(first, where)


def parting(one: Schedule, other: Schedule, steps: int) -> int | None:
    """The first step, from 0 to `steps`, at which two schedules have other values; None: at no step."""
    if one == other and [*map(_exact, one.values)] == [*map(_exact, other.values)]:
        return None
    for step in range(_alike(one, other, steps), steps + 1):
        if _exact(one.at(step, steps)) != _exact(other.at(step, steps)):
            return step
    return None


def _alike(one: Schedule, other: Schedule, steps: int) -> int:
    """A step before which they have the same values, because they have the same points until there."""
    if one.each or other.each or one.curve != other.curve:
        return 0
    pairs = zip(_places(one, steps), _places(other, steps), strict=False)
    common = [pair[0] for pair in takewhile(lambda pair: pair[0] == pair[1], pairs)]
    return min(steps, math.floor(common[-1][0])) if common else 0


def _places(schedule: Schedule, steps: int) -> Sequence[tuple[float, ...]]:
    return sorted((moment.step(steps), *_exact(value)) for moment, value in schedule.points)


def _exact(value: float) -> tuple[float, float]:
    """Tells -0.0 from 0.0, which are equal and may still draw other bits."""
    return value, math.copysign(1, value)


def _timed_in(preset: Preset) -> Iterator[tuple[Place, Schedule]]:
    """The numbers over the run that are asked for at each step for that step."""
    drawing = [preset.generator] if preset.draft is None else [preset.generator, preset.draft]
    # What draws by the prompts reads them as it is built.
    tells = any(Need.PROMPTS in held.needs() for spec in drawing for held in with_held(spec))
    for name in _OVER_TIME:
        if not (name == "prompts" and tells):
            yield from _schedules_in(getattr(preset, name), (name,))


def _schedules_in(value: object, place: Place) -> Iterator[tuple[Place, Schedule]]:
    if isinstance(value, Schedule):
        yield place, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            if not looks_ahead(field):
                yield from _schedules_in(getattr(value, name), (*place, name))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _schedules_in(inner, (*place, name))
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from _schedules_in(inner, (*place, number))


def _taken_out(data: Any, place: Place) -> Schedule | None:
    """The schedule that plain data has at a place, where nothing is left; None, and all left, if there is none."""
    *way, last = place
    try:
        for part in way:
            data = data[part]
        schedule = Schedule.parse(data[last])
    except (LookupError, TypeError, ValueError):
        return None
    data[last] = None
    return schedule


def _first_difference(one: Any, other: Any, place: Place = ()) -> str:
    """Where two pieces of plain data differ first; empty if they do not."""
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = {key: (one.get(key), other.get(key)) for key in {**one, **other}}
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = dict(enumerate(zip(one, other, strict=True)))
    else:
        return "" if one == other and type(one) is type(other) else _named(place)
    return next((found for key, (a, b) in pairs.items() if (found := _first_difference(a, b, (*place, key)))), "")


def _named(place: Place) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
