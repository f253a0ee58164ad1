"""What is wrong with the widgets of a model, as its JSON Schema tells: they come from plugins, and forms trust them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any

from artgen.errors import hint, shown
from artgen.fields.widgets.marks import KEY, KINDS
from artgen.fields.widgets.ranges import Bounds, Setting, choices, is_scheduled, number_in, resolved, usual

LONGEST_UNIT = 12
"""Characters."""
SCALES = "linear", "log"
SHORT = 60
"""So many characters of what is wrong are shown."""


def faults(schema: Setting) -> Iterator[str]:
    """A line for each widget of a model's JSON Schema that is wrong: which setting, what, and what it may be."""
    for model in (schema, *schema.get("$defs", {}).values()):
        settings = model.get("properties", {})
        for name, setting in settings.items():
            for place in _places(setting):
                fault = _fault(place[KEY], {**place, "default": setting.get("default")}, settings)
                if fault:
                    yield f"the widget of '{name}': {fault}"


def _places(setting: Any) -> Iterator[Setting]:
    """The parts of a setting's schema that have a widget, but for those of models that it names."""
    if isinstance(setting, list):
        for one in setting:
            yield from _places(one)
    elif isinstance(setting, Mapping):
        if KEY in setting:
            yield setting
        for key, inner in setting.items():
            if key not in (KEY, "default", "properties", "examples", "enum", "const"):
                yield from _places(inner)


def _fault(widget: Any, setting: Setting, settings: Mapping[str, Setting]) -> str:
    """What is wrong with one widget; empty if nothing is."""
    if not isinstance(widget, Mapping):
        return f"{shown(widget, SHORT)} is no mapping"
    kind = widget.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        guess = hint(kind, KINDS) if isinstance(kind, str) else f"; choose from {', '.join(KINDS)}"
        return f"there is no kind {shown(repr(kind), SHORT)}{guess}"
    known = {field.name for field in dataclasses.fields(KINDS[kind])}  # type: ignore[arg-type]
    if unknown := [name for name in widget if name not in known and name != "kind"]:
        return f"{kind} has no '{shown(unknown[0], SHORT)}'"
    return _CHECKS[kind](widget, setting, settings)


def _slider(widget: Mapping[str, Any], setting: Setting, settings: Mapping[str, Setting]) -> str:
    scale = widget.get("scale", "linear")
    if scale not in SCALES:
        return f"its scale is {shown(repr(scale), SHORT)}; choose from {', '.join(SCALES)}"
    unit = widget.get("unit", "")
    if not isinstance(unit, str) or len(unit) > LONGEST_UNIT or not unit.isprintable():
        return f"its unit is {shown(repr(unit), SHORT)}; expected at most {LONGEST_UNIT} characters, such as px"
    if fault := _range(widget, setting):
        return fault
    number = number_in(setting) or {}
    is_told = "low" in widget or number.get("minimum", number.get("exclusiveMinimum", 0)) > 0
    if scale == "log" and not is_told and (usual(setting) or 0) <= 0:
        return "its scale is log, and neither 'low' nor the setting's bounds and default say where it begins above 0"
    return ""


def _angle(widget: Mapping[str, Any], setting: Setting, settings: Mapping[str, Setting]) -> str:
    return _range(widget, setting)


def _range(widget: Mapping[str, Any], setting: Setting) -> str:
    """What is wrong with its ends and its step."""
    number = number_in(setting)
    if number is None:
        return f"a {widget['kind']} is for a number"
    bounds = Bounds.of(number)
    for name in ("low", "high", "step"):
        value = widget.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            return f"its {name} is {shown(repr(value), SHORT)}; expected a number"
        if number["type"] == "integer" and value != int(value):
            return f"its {name} is {value:g}, and the setting is a whole number"
        if name != "step" and name in widget and not bounds.allow(value):
            return f"its {name} is {value:g}, and the setting must be {bounds}"
    if widget.get("step", 1) <= 0:
        return f"its step is {widget['step']:g}; expected more than 0"
    if widget.get("scale") == "log" and widget.get("low", 1) <= 0:
        return f"its scale is log, and its low {widget['low']:g}; expected more than 0"
    made = resolved({**setting, KEY: widget}) or widget
    low, high = made["low"], made["high"]
    return "" if low < high else f"it goes from {low:g} to {high:g}; 'low' is the smaller one"


def _colour(widget: Mapping[str, Any], setting: Setting, settings: Mapping[str, Setting]) -> str:
    return "" if any(one.get("type") == "string" for one in choices(setting)) else "a colour wheel is for a text"


def _point(widget: Mapping[str, Any], setting: Setting, settings: Mapping[str, Setting]) -> str:
    other = widget.get("y")
    if other is None:
        return _shares(setting, 2, "a point is for a pair of numbers, or for a number that names its 'y'")
    if not isinstance(other, str) or other not in settings:
        guess = hint(other, settings) if isinstance(other, str) else ""
        return f"its y is {shown(repr(other), SHORT)}, which is no setting{guess}"
    if is_scheduled(setting) or is_scheduled(settings[other]):
        return "a point is for numbers that stay as they are over the run"
    both = [number_in(setting), number_in(settings[other])]
    if None in both:
        return f"a point is for two numbers, and '{other}' is none" if both[0] else "a point is for two numbers"
    return _all_shares([one for one in both if one])


def _region(widget: Mapping[str, Any], setting: Setting, settings: Mapping[str, Setting]) -> str:
    return _shares(setting, 4, "a region is for four numbers")


def _shares(setting: Setting, count: int, wanted: str) -> str:
    """What is wrong with a list of so many shares."""
    lists = [one for one in choices(setting) if one.get("type") == "array"]
    for one in lists:
        items = one.get("prefixItems") or [one.get("items", {})] * one.get("maxItems", 0)
        numbers = [number for item in items if (number := number_in(item))]
        if len(items) == len(numbers) == count:
            return _all_shares(numbers)
    return wanted


def _all_shares(numbers: list[Setting]) -> str:
    bounds = [Bounds.of(number) for number in numbers]
    narrow = next((one for one in bounds if not (one.allow(0.001) and one.allow(0.999))), None)
    if narrow:
        return f"the whole picture is 0 to 1, and the setting must be {narrow}"
    return "shares of the picture are no whole numbers" if any(n["type"] == "integer" for n in numbers) else ""


_CHECKS = {"slider": _slider, "angle": _angle, "colour": _colour, "point": _point, "region": _region}
