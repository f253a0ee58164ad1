"""Numbers that change over the run.

In a preset a number may be a constant, or values at points of the run::

    weight: 0.5
    weight: {0: 1, 50%: 0.2}                        # linear in between, constant outside
    weight: {0: 1, 80i: 0.2, curve: cosine}         # 80i and 80 both mean step 80
    weight: [{0: 1}, {50%: 0.2}]                    # the same points as a list

    weight: {each: [0.2, 0.35, 0.3]}                # a value for each step; the last one stays

``50%`` is that share of the way from the first step to the last. In a preset that makes a film, ``{0: 1, 12.5s: 0.2}``
changes over the film, and so do points in beats (``8b``) and frames (``40f``); see `artgen.fields.moments`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from artgen.errors import shown
from artgen.fields.block import wrong_setting
from artgen.fields.introspection import types_in
from artgen.fields.moments import PATTERN, At, Timeline

Curve = Literal["linear", "cosine", "step"]
CURVES: tuple[str, ...] = get_args(Curve)
MAX_VALUES = 1 << 20
"""Of a schedule that has one for each step."""


@dataclass(frozen=True)
class Schedule:
    """A value for each step: ``schedule.at(step, steps)``. Built from what a preset may hold by `parse`."""

    points: tuple[tuple[At, float], ...]
    curve: Curve = "linear"
    each: tuple[float, ...] = ()
    """A value for each step, where there are no points."""

    @classmethod
    def constant(cls, value: float) -> Schedule:
        return cls(((At(0), float(value)),))

    @classmethod
    def parse(cls, data: object) -> Schedule:
        """Read any form the module's docstring shows; ValueError names the point that is wrong."""
        if isinstance(data, Schedule):
            return data
        if isinstance(data, Mapping):
            return cls._from_mapping(data)
        if isinstance(data, Sequence) and not isinstance(data, str):
            return cls._from_list(data)
        return cls.constant(_number(data, "a number, or values at points such as {0: 1, 50%: 0.2}"))

    @classmethod
    def _from_mapping(cls, data: Mapping[Any, Any]) -> Schedule:
        if "each" in data:
            return cls._from_values(data)
        points = dict(data)
        curve = points.pop("curve", "linear")
        if curve not in CURVES:
            raise ValueError(f"curve is {curve!r}; choose from {', '.join(CURVES)}")
        return cls._from_pairs(list(points.items()), curve)

    @classmethod
    def _from_values(cls, data: Mapping[Any, Any]) -> Schedule:
        values = data["each"]
        if len(data) > 1 or not isinstance(values, Sequence) or isinstance(values, str) or not values:
            raise ValueError("'each' stands alone, and is a list of numbers, one for each step")
        if len(values) > MAX_VALUES:
            raise ValueError(f"'each' has {len(values)} numbers; at most {MAX_VALUES}")
        return cls((), each=tuple(_number(value, "a number for each step") for value in values))

    @classmethod
    def _from_list(cls, data: Sequence[Any]) -> Schedule:
        for item in data:
            if not (isinstance(item, Mapping) and len(item) == 1):
                raise ValueError(f"each point is one `at: value`, such as `50%: 0.2`; got {_shortly(item)}")
        return cls._from_pairs([pair for item in data for pair in item.items()], "linear")

    @classmethod
    def _from_pairs(cls, pairs: list[tuple[Any, Any]], curve: Curve) -> Schedule:
        if not pairs:
            raise ValueError("a schedule needs at least one `at: value` point")
        points = tuple((At.parse(at), _number(value, f"a number at {at}")) for at, value in pairs)
        for unit in dict.fromkeys((at.percent, at.unit) for at, _ in points):
            same = [at.number for at, _ in points if (at.percent, at.unit) == unit]
            if any(later <= earlier for earlier, later in pairwise(same)):
                raise ValueError("the points of a schedule go from early to late, each moment once")
        return cls(points, curve)

    @property
    def values(self) -> tuple[float, ...]:
        return self.each or tuple(value for _, value in self.points)

    def mapped(self, change: Callable[[float], float]) -> Schedule:
        """The same moments with changed values."""
        points = tuple((at, change(value)) for at, value in self.points)
        return Schedule(points, self.curve, tuple(map(change, self.each)))

    def told(self, steps: int) -> set[int]:
        """The steps of a run of `steps` steps, nearly, at which a value is told; between them it goes straight on."""
        return {round(at.step(steps)) for at, _ in self.points} | set(range(min(len(self.each), steps)))

    @property
    def over_film(self) -> bool:
        """Whether it changes over a film, and stands still while one of its frames is drawn."""
        return bool(self.each) or any(at.unit for at, _ in self.points)

    def at(self, step: int, steps: int) -> float:
        """The value at `step` (0-based) of a run of `steps` steps."""
        if self.each:
            return self.each[min(step, len(self.each) - 1)]
        return self._between(step, sorted((moment.step(steps), value) for moment, value in self.points))

    def at_frame(self, frame: int, timeline: Timeline) -> float:
        """The value at `frame` (0-based) of a film.

        In the last frames of a loop it goes back to its first value, unless it has a value for each frame.

        Raises:
            ValueError: of a point in beats, where the film has none.
        """
        if self.each:
            return self.each[min(frame, len(self.each) - 1)]
        value, back = self._placed(frame, timeline), timeline.returned(frame)
        return value + (self._placed(0, timeline) - value) * back if back else value

    def _placed(self, frame: int, timeline: Timeline) -> float:
        return self._between(frame, sorted((timeline.place(moment), value) for moment, value in self.points))

    def _between(self, step: float, places: Sequence[tuple[float, float]]) -> float:
        """The value at `step`, between the places in their order."""
        if step <= places[0][0]:
            return places[0][1]
        for (start, before), (end, after) in pairwise(places):
            if start <= step < end:
                return before + (after - before) * self._ease((step - start) / (end - start))
        return places[-1][1]

    def _ease(self, t: float) -> float:
        if self.curve == "step":
            return 0.0
        return t if self.curve == "linear" else (1 - math.cos(math.pi * t)) / 2

    def dump(self) -> Any:
        """The shortest form that `parse` reads back to an equal schedule."""
        if self.each:
            return {"each": list(self.each)}
        if len(self.points) == 1 and self.points[0][0] == At(0) and self.curve == "linear":
            return self.points[0][1]
        points: dict[str, Any] = {str(at): value for at, value in self.points}
        return points if self.curve == "linear" else {**points, "curve": self.curve}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _validate, serialization=core_schema.plain_serializer_function_ser_schema(cls.dump)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        point = {PATTERN: {"type": "number"}}
        curve = {"curve": {"enum": list(CURVES)}}
        points = {"type": "object", "patternProperties": point, "additionalProperties": False}
        return {
            "anyOf": [
                {"type": "number"},
                {**points, "properties": curve, "minProperties": 1},
                {
                    "type": "object",
                    "properties": {"each": {"type": "array", "items": {"type": "number"}, "minItems": 1}},
                    "required": ["each"],
                    "additionalProperties": False,
                },
                {"type": "array", "items": {**points, "minProperties": 1, "maxProperties": 1}, "minItems": 1},
            ]
        }


class LooksAhead:
    """A mark of a schedule that its component asks for other steps than the one it is at.

    ``Annotated[Schedule, LooksAhead()]``. Of all others a value matters at its step alone, so that runs whose schedules
    part later can share the steps before.
    """


def looks_ahead(field: FieldInfo) -> bool:
    """Whether a setting has that mark."""
    return any(isinstance(mark, LooksAhead) for mark in types_in([field.annotation, *field.metadata]))


@dataclass(frozen=True)
class Within:
    """Bounds for every value of a schedule: ``Annotated[Schedule, Within(ge=0)]``."""

    ge: float | None = None
    gt: float | None = None
    le: float | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        bounds = {"minimum": self.ge, "exclusiveMinimum": self.gt, "maximum": self.le}
        told = {name: bound for name, bound in bounds.items() if bound is not None}
        bounded: dict[str, Any] = _with_bounds(handler(schema), told)
        return bounded

    def _check(self, schedule: Schedule) -> Schedule:
        for value in schedule.values:
            self._check_value(value)
        return schedule

    def _check_value(self, value: float) -> None:
        for broken, bound in (
            (self.ge is not None and value < self.ge, f"at least {self.ge}"),
            (self.gt is not None and value <= self.gt, f"more than {self.gt}"),
            (self.le is not None and value > self.le, f"at most {self.le}"),
        ):
            if broken:
                raise wrong_setting(f"must be {bound}, got {value:g}")


def _with_bounds(schema: Any, bounds: Mapping[str, float]) -> Any:
    """The JSON Schema of a schedule whose numbers have those bounds."""
    if isinstance(schema, list):
        return [_with_bounds(part, bounds) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: _with_bounds(part, bounds) for name, part in schema.items()}
    return {**inner, **bounds} if schema.get("type") == "number" else inner


def _validate(data: Any) -> Schedule:
    try:
        return Schedule.parse(data)
    except ValueError as error:
        raise wrong_setting(str(error)) from None


def _number(data: object, wanted: str) -> float:
    if isinstance(data, bool) or not isinstance(data, (int, float)) or not _is_finite(data):
        raise ValueError(f"expected {wanted}, got {_shortly(data)}")
    return float(data)


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number that no float can hold
        return False


def _shortly(data: object) -> str:
    try:
        return shown(repr(data), 80)
    except ValueError:  # Python does not write down whole numbers of thousands of digits
        return "a number that is too large"
