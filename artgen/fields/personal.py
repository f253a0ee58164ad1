"""Which settings hold what a person wrote, so that a private recipe leaves them out.

A text is taken for personal unless something says that it is not: a `Public` in its annotation, a `Ref`, a `Literal`,
an enumeration, or that it is a path. A plugin that says nothing gives nothing away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from artgen.fields.moments import At
from artgen.fields.references import Ref
from artgen.fields.schedules import Schedule


@dataclass(frozen=True)
class Personal:
    """Marks a setting as what a person wrote: ``Annotated[InputFile | str, Personal()]``. Plain texts need no mark."""


@dataclass(frozen=True)
class Public:
    """Marks a text that tells nothing of a person: ``Annotated[str, Public("the name of a model")]``."""

    reason: str
    """What it is instead."""


PersonalText = Annotated[str, Personal()]
"""A text that a person wrote; a private recipe leaves it out."""

_PLAIN = (int, float, bytes, type(None), PurePath, Enum, Schedule, At)

SettingPath = tuple[str | int, ...]
"""Where a setting stands in plain data: keys, and places in lists."""


def is_personal(field: FieldInfo) -> bool:
    """Whether a private recipe leaves out the texts of a setting, apart from those of models inside it."""
    return any(part is Personal for part in _parts(field))


def personal(models: set[type[BaseModel]], data: Mapping[str, Any], at: SettingPath = ()) -> Iterator[SettingPath]:
    """Where in the plain `data`, which one of `models` gave, there are texts that a person wrote."""
    for key, value in data.items():
        fields = [field for model in models for name, field in model.model_fields.items() if key in (name, field.alias)]
        if not has_text(value):
            continue
        if not fields or any(map(is_personal, fields)):
            yield *at, key
        else:
            inner = {part for field in fields for part in _parts(field) if _is_model(part)}
            yield from _inside(inner, value, (*at, key))


def _inside(models: set[Any], value: Any, at: SettingPath) -> Iterator[SettingPath]:
    if models and isinstance(value, Mapping):
        yield from personal(models, value, at)
    elif models and isinstance(value, list):
        for place, item in enumerate(value):
            yield from _inside(models, item, (*at, place))


def has_text(value: Any) -> bool:
    """Whether there is a text in plain data."""
    if isinstance(value, Mapping):
        return any(map(has_text, value.values()))
    return any(map(has_text, value)) if isinstance(value, list) else isinstance(value, str) and bool(value)


def _parts(field: FieldInfo) -> Iterator[Any]:
    """The models that a field may hold, and `Personal` where it may hold a text of a person."""
    if any(isinstance(mark, Personal) for mark in field.metadata):
        yield Personal
    elif not any(isinstance(mark, (Public, Ref)) for mark in field.metadata):
        yield from _leaves(field.annotation)


def _leaves(annotation: Any) -> Iterator[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        if any(isinstance(mark, Personal) for mark in arguments[1:]):
            yield Personal
        elif not any(isinstance(mark, (Public, Ref)) for mark in arguments[1:]):
            yield from _leaves(arguments[0])
    elif origin is not None and origin is not Literal:
        for argument in arguments:
            yield from _leaves(argument)
    elif _is_model(annotation):
        yield annotation
    elif origin is None and annotation is not Ellipsis and not _is_plain(annotation):
        # A text, or something of which nobody knows that it is none.
        yield Personal


def _is_plain(annotation: Any) -> bool:
    return annotation is None or (isinstance(annotation, type) and issubclass(annotation, _PLAIN))


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
