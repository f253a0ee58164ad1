"""From where to where the slider of a number goes, as the JSON Schema of its setting tells."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from artgen.fields.widgets.marks import KEY

Setting = Mapping[str, Any]
"""The JSON Schema of one setting."""

WIDEST = 10_000
"""A slider of a wider range than this, which no mark asks for, could not be set by hand."""
FINEST = 1_000
"""So many places a slider has at least; the first stands for a bound that is itself not allowed."""


class Bounds(NamedTuple):
    """What a number may be; None where nothing is said. `above` and `below` are not allowed themselves."""

    low: float | None
    above: float | None
    high: float | None
    below: float | None

    @classmethod
    def of(cls, number: Setting) -> Bounds:
        names = "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"
        return cls(*(number.get(name) for name in names))

    @property
    def both(self) -> bool:
        """Whether it can neither be as small nor as large as one likes."""
        return (self.low, self.above) != (None, None) != (self.high, self.below)

    def allow(self, value: float) -> bool:
        return (
            (self.low is None or value >= self.low)
            and (self.above is None or value > self.above)
            and (self.high is None or value <= self.high)
            and (self.below is None or value < self.below)
        )

    def __str__(self) -> str:
        low = f"at least {self.low:g}" if self.low is not None else ""
        above = f"more than {self.above:g}" if self.above is not None else ""
        high = f"at most {self.high:g}" if self.high is not None else ""
        below = f"less than {self.below:g}" if self.below is not None else ""
        return " and ".join(filter(None, (low, above, high, below)))


def choices(setting: Setting) -> Iterator[Setting]:
    """The setting, or what it may be one of, without null."""
    for one in setting.get("anyOf", setting.get("oneOf", [setting])):
        if "anyOf" in one or "oneOf" in one:
            yield from choices(one)
        elif one.get("type") != "null":
            yield one


def number_in(setting: Setting) -> Setting | None:
    """The schema of the number that a setting may be; None if it may be none."""
    return next((one for one in choices(setting) if one.get("type") in ("number", "integer")), None)


def is_scheduled(setting: Setting) -> bool:
    """Whether the number may change over the run."""
    return any("patternProperties" in one for one in choices(setting))


def is_number(setting: Setting) -> bool:
    """Whether it is a number and nothing else, or one that may change over the run."""
    return number_in(setting) is not None and (is_scheduled(setting) or len(list(choices(setting))) == 1)


def usual(setting: Setting) -> float | None:
    """The default where it is a number, at the beginning of the run."""
    default = setting.get("default")
    if isinstance(default, Mapping):
        points = default.get("points") or [item for item in default.items() if item[0] != "curve"]
        default = points[0][1] if points else None
    return default if isinstance(default, (int, float)) and not isinstance(default, bool) else None


def explicit(setting: Setting) -> Mapping[str, Any] | None:
    """The widget that a mark asks for, whatever it is: of the setting, or of what it may be."""
    found = (one[KEY] for one in (setting, *choices(setting)) if KEY in one)
    return next(found, None)


def _is_colour(setting: Setting | bool | None) -> bool:
    return isinstance(setting, Mapping) and (explicit(setting) or {}).get("kind") == "colour"


def resolved(setting: Setting) -> dict[str, Any] | None:
    """How a setting is edited: its mark, with what follows from its bounds and its default; None: as anything else.

    Every slider has `low`, `high` and `scale`. A list of colours has the kind `colours`.
    """
    asked = explicit(setting)
    if asked is not None and asked["kind"] != "slider":
        return dict(asked)
    if asked is None and any(_is_colour(one.get("items")) for one in choices(setting)):
        return {"kind": "colours"}
    number = number_in(setting)
    if number is None or not (asked or is_number(setting)):
        return None
    told = {"kind": "slider", "scale": "linear", **(asked or {})}
    if asked is None and not is_scheduled(setting) and not Bounds.of(number).both:
        return None
    low, high = _span(told, Bounds.of(number), usual(setting), whole=number["type"] == "integer")
    if asked is None and not 0 < high - low <= WIDEST:
        return None
    if asked is None and low > 0 and high > FINEST * low:
        told["scale"] = "log"
    return {**told, "low": low, "high": high}


def _span(told: Mapping[str, Any], bounds: Bounds, usual: float | None, whole: bool) -> tuple[float, float]:
    """The numbers at both ends."""
    is_log = told["scale"] == "log"
    high = told.get("high", bounds.high)
    if high is None and bounds.below is not None:
        high = bounds.below - 1 if whole else bounds.below
    low = told.get("low", bounds.low)
    if high is None:
        high = _above(usual, is_log, low)
    if low is None or (is_log and low <= 0):
        low = _below(bounds.above, usual, is_log, high, whole)
    if not whole and bounds.below is not None and high == bounds.below:
        high = _short(high - (high - low) / FINEST)
    return low, high


def _above(usual: float | None, is_log: bool, low: float | None) -> float:
    """An end where nothing says one."""
    start = max(low or 0, 0)
    if is_log:
        return _short(20 * (usual or 0.05))
    return _short(max(4 * usual, start + 1) if usual is not None and usual >= 1 else start + 1)


def _below(above: float | None, usual: float | None, is_log: bool, high: float, whole: bool) -> float:
    """A beginning where nothing says one; `above` is not allowed itself."""
    if is_log:
        return _short(usual / 50 if usual and usual > 0 else high / FINEST)
    if above is not None:
        return above + 1 if whole else _short(above + (high - above) / FINEST)
    return min(0.0, _short(2 * usual)) if usual is not None and usual < 0 else min(0.0, high - 1)


def _short(number: float) -> float:
    """Four significant digits, as nobody can set more by hand."""
    return float(f"{number:.4g}") if math.isfinite(number) else number
