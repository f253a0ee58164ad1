"""How a setting is best edited: marks for the settings of a model, which forms read in its JSON Schema.

::

    angle: Annotated[Schedule, Angle()] = Schedule.constant(0)
    centre: Annotated[tuple[Share, Share], Point()] = (0.5, 0.5)
    learning_rate: Annotated[Schedule, Within(gt=0), Slider(scale="log")] = Schedule.constant(0.1)

A mark is data, such as ``{"kind": "angle", "low": 0, "high": 360}`` under `KEY`, and never a program. Without one a
number with bounds gets a slider between them, and a `Colour` a colour wheel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

KEY = "x-artgen-widget"
"""Where a JSON Schema holds a setting's widget."""


class Widget:
    """The base of the marks; each is a frozen dataclass."""

    kind: ClassVar[str]
    """What forms know it by."""

    def data(self) -> dict[str, Any]:
        """What the JSON Schema says of it, without what is not given."""
        given = asdict(self)  # type: ignore[call-overload]
        return {"kind": self.kind, **{name: value for name, value in given.items() if value not in (None, "")}}

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), KEY: self.data()}


@dataclass(frozen=True)
class Slider(Widget):
    """A slider for a number or a `Schedule`. What is not given follows from the setting's bounds and its default.

    Numbers that the setting allows outside of `low` and `high` can still be typed.
    """

    kind: ClassVar[str] = "slider"
    low: float | None = None
    """The number at the slider's beginning."""
    high: float | None = None
    """The number at its end."""
    step: float | None = None
    """What lies between two numbers that it stops at; for a linear one."""
    scale: Literal["linear", "log"] = "linear"
    """log: equal ways are equal factors, as for learning rates."""
    unit: str = ""
    """What stands behind the number, such as ``px``; at most 12 characters."""


@dataclass(frozen=True)
class Angle(Widget):
    """A dial for a number or a `Schedule` in degrees, clockwise from the top."""

    kind: ClassVar[str] = "angle"
    low: float = 0
    """The least angle of the slider beside it."""
    high: float = 360
    """The greatest."""


@dataclass(frozen=True)
class ColourWheel(Widget):
    """A colour wheel for a text that is a colour; `Colour` has it already, and so has each of a list of them."""

    kind: ClassVar[str] = "colour"


@dataclass(frozen=True)
class Point(Widget):
    """A place that is chosen on the picture: shares of its width from the left, and of its height from the top.

    It marks a pair of numbers, or a number that is the first of them; then `y` names the setting that is the second.
    """

    kind: ClassVar[str] = "point"
    y: str = ""


@dataclass(frozen=True)
class Region(Widget):
    """A rectangle that is drawn on the picture: the shares of its left, top, right and bottom edge, four numbers."""

    kind: ClassVar[str] = "region"


KINDS: Mapping[str, type[Widget]] = {one.kind: one for one in (Slider, Angle, ColourWheel, Point, Region)}
"""All widgets by what a schema calls them."""
