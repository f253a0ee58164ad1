"""Numbers that change over the run.

In a preset a number may be a constant, or values at points of the run::

    weight: 0.5
    weight: {0: 1, 50%: 0.2}                        # linear in between, constant outside
    weight: {0: 1, 80i: 0.2, curve: cosine}         # 80i and 80 both mean step 80
    weight: [{0: 1}, {50%: 0.2}]                    # the same points as a list

``50%`` is that share of the way from the first step to the last.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, PlainSerializer, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from artgen.errors import shown
from artgen.fields.block import wrong_setting

Curve = Literal["linear", "cosine", "step"]
CURVES: tuple[str, ...] = get_args(Curve)

_AT = re.compile(r"(\d+(?:\.\d+)?)\s*(%|i)?")


@dataclass(frozen=True)
class At:
    """A moment of the run: a step, or a share of it in percent."""

    number: float
    percent: bool = False

    @classmethod
    def parse(cls, text: object) -> At:
        """Read ``20``, ``20i`` or ``50%``; anything else is a ValueError that says so."""
        match = _AT.fullmatch(str(text).strip()) if not isinstance(text, bool) else None
        if not match:
            raise ValueError(f"{text!r} is no moment of the run; write a step (20 or 20i) or a share (50%)")
        number, unit = float(match[1]), match[2]
        if unit == "%" and number > 100:
            raise ValueError(f"{text} is past the end of the run; shares go from 0% to 100%")
        if unit != "%" and not number.is_integer():
            raise ValueError(f"{text} is no whole step")
        return cls(number, unit == "%")

    def step(self, steps: int) -> float:
        """The step it stands for in a run of `steps` steps; 100% is the last one."""
        return self.number / 100 * max(steps - 1, 0) if self.percent else self.number

    def __str__(self) -> str:
        return f"{self.number:g}%" if self.percent else f"{self.number:g}"


def _moment(value: Any) -> At:
    try:
        return value if isinstance(value, At) else At.parse(value)
    except ValueError as error:
        raise wrong_setting(str(error)) from None


Moment = Annotated[
    At,
    BeforeValidator(_moment),
    PlainSerializer(str),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]}),
]
"""The type of a preset field that holds a moment of the run: a step (20 or 20i), or a share of it (50%)."""


@dataclass(frozen=True)
class Schedule:
    """A value for each step: ``schedule.at(step, steps)``. Built from what a preset may hold by `parse`."""

    points: tuple[tuple[At, float], ...]
    curve: Curve = "linear"

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
        points = dict(data)
        curve = points.pop("curve", "linear")
        if curve not in CURVES:
            raise ValueError(f"curve is {curve!r}; choose from {', '.join(CURVES)}")
        return cls._from_pairs(list(points.items()), curve)

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
        for unit in (False, True):
            same = [at.number for at, _ in points if at.percent is unit]
            if any(later <= earlier for earlier, later in pairwise(same)):
                raise ValueError("the points of a schedule go from early to late, each moment once")
        return cls(points, curve)

    @property
    def values(self) -> tuple[float, ...]:
        return tuple(value for _, value in self.points)

    def at(self, step: int, steps: int) -> float:
        """The value at `step` (0-based) of a run of `steps` steps."""
        moments = sorted((moment.step(steps), value) for moment, value in self.points)
        if step <= moments[0][0]:
            return moments[0][1]
        for (start, before), (end, after) in pairwise(moments):
            if start <= step < end:
                return before + (after - before) * self._ease((step - start) / (end - start))
        return moments[-1][1]

    def _ease(self, t: float) -> float:
        if self.curve == "step":
            return 0.0
        return t if self.curve == "linear" else (1 - math.cos(math.pi * t)) / 2

    def dump(self) -> Any:
        """The shortest form that `parse` reads back to an equal schedule."""
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
        point = {"^[0-9]+(\\.[0-9]+)?[%i]?$": {"type": "number"}}
        curve = {"curve": {"enum": list(CURVES)}}
        points = {"type": "object", "patternProperties": point, "additionalProperties": False}
        return {
            "anyOf": [
                {"type": "number"},
                {**points, "properties": curve, "minProperties": 1},
                {"type": "array", "items": {**points, "minProperties": 1, "maxProperties": 1}, "minItems": 1},
            ]
        }


@dataclass(frozen=True)
class Within:
    """Bounds for every value of a schedule: ``Annotated[Schedule, Within(ge=0)]``."""

    ge: float | None = None
    gt: float | None = None
    le: float | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

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
