"""Which settings of a preset can be steered as numbers, in groups, and how far a slider for each goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from artgen.fields.block import Block
from artgen.fields.introspection import parts_of, types_in
from artgen.fields.schedules import Schedule, Within
from artgen.preset.model import SECTIONS, Preset

ORDER = ("losses", "generator", "views", "perceptors", "filters")
"""Sections whose numbers may change while a picture is drawn, the most asked for first."""
FIRST = frozenset({"weight", "learning_rate", "count"})
"""Settings that are shown at once, even where the preset leaves them as they are."""
WIDEST = 10_000
"""A range that is wider is of no use to a slider."""


@dataclass(frozen=True)
class Number:
    """One number that may change over the run."""

    path: str
    """As `artgen.load` takes it."""
    label: str
    about: str
    schedule: Schedule
    low: float
    high: float
    is_whole: bool = False
    is_rate: bool = False
    """Whether its slider's scale is logarithmic."""
    is_shown: bool = True
    """Whether it is seen at once."""

    def at(self, step: int, steps: int) -> float:
        return self.schedule.at(min(step, max(steps - 1, 0)), max(steps, 1))

    @property
    def is_moving(self) -> bool:
        """Whether it changes over the run."""
        return len(set(self.schedule.values)) > 1


@dataclass(frozen=True)
class Group:
    """The numbers of one component."""

    path: str
    title: str
    about: str
    section: str
    numbers: tuple[Number, ...]
    place: int | None = None
    """Which one of a section that is a list."""


def groups(preset: Preset) -> list[Group]:
    """What can be steered of a preset, component by component; losses are listed even where they have no number."""
    found = [group for section in ORDER for group in _in_section(preset, section)]
    return [group for group in found if group.numbers or group.section == "losses"]


def _in_section(preset: Preset, section: str) -> Iterator[Group]:
    held = getattr(preset, section)
    shape = SECTIONS[section].shape
    if shape == "one":
        yield from _inside(held, section, held.type, section, None)
    elif shape == "named":
        for name, spec in held.items():
            yield from _inside(spec, f"{section}.{name}", name, section, None)
    else:
        for place, spec in enumerate(held):
            title = getattr(spec, "id", None) or spec.type
            yield from _inside(spec, f"{section}[{place}]", title, section, place)


def _inside(spec: Any, path: str, title: str, section: str, place: int | None) -> Iterator[Group]:
    """A component, and those that it holds, such as the layers of a drawing."""
    fields = type(spec).model_fields
    numbers = tuple(
        _number(spec, f"{path}.{name}", name, field)
        for name, field in fields.items()
        if isinstance(getattr(spec, name), Schedule)
    )
    yield Group(path, title, (type(spec).__doc__ or "").split("\n\n")[0], section, numbers, place)
    for name in parts_of(type(spec)):
        if isinstance(inner := getattr(spec, name), Block):
            yield from _inside(inner, f"{path}.{name}", words(name), section, None)


def _number(spec: Any, path: str, name: str, field: FieldInfo) -> Number:
    schedule = getattr(spec, name)
    low, high = _range(name, field)
    values = schedule.values
    return Number(
        path=path,
        label=words(name),
        about=field.description or "",
        schedule=schedule,
        low=min(low, *values),
        high=max(high, *values),
        is_whole=name == "count",
        is_rate="rate" in name,
        is_shown=name in FIRST or name in spec.model_fields_set,
    )


def _range(name: str, field: FieldInfo) -> tuple[float, float]:
    """Where a slider goes from and to."""
    usual = field.default.at(0, 1) if isinstance(field.default, Schedule) else 0.0
    least, most = _bounds(field)
    if "rate" in name:
        return (usual or 0.05) / 50, (usual or 0.05) * 20
    if name == "count":
        return 1, 64
    if "weight" in name:
        return -1 if least is None else least, 3
    if least is not None and most is not None and most - least <= WIDEST:
        return least, most
    return 0 if least is None else least, 4 * usual if usual > 1 else 1


def _bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    """The least and the greatest number that are allowed."""
    for mark in types_in(field.metadata):
        if isinstance(mark, Within):
            return mark.ge if mark.ge is not None else mark.gt, mark.le
    return None, None


def words(name: str) -> str:
    """``learning_rate`` as it is read."""
    return name.replace("_", " ").capitalize()


def is_same_shape(one: list[Group], other: list[Group]) -> bool:
    """Whether the same controls serve both."""
    return [_outline(group) for group in one] == [_outline(group) for group in other]


def _outline(group: Group) -> tuple[Any, ...]:
    return group.path, group.title, tuple(number.path for number in group.numbers)


def prompts_of(preset: Preset) -> list[dict[str, Any]]:
    """The prompts as plain data, one mapping each, with what was said of them."""
    return [dict(prompt) for prompt in preset.resolved()["prompts"]]


def summary(prompt: Mapping[str, Any]) -> str:
    """What a prompt that is no text asks for, in a few words."""
    name, value = next(
        ((name, value) for name, value in prompt.items() if name not in ("weight", "stop", "where")), ("", "")
    )
    return f"{words(name)}: {value}"
