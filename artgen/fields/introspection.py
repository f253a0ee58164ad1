"""What a pydantic field is composed of: the models in it, its annotations, its old names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from artgen.deprecation import Formerly
from artgen.fields.references import Part


def models_in(field: FieldInfo) -> Iterator[type[BaseModel]]:
    """The models that a field's value may be written as."""
    for part in types_in([field.annotation, *field.metadata]):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part


def parts_of(model: type[BaseModel]) -> dict[str, str]:
    """The settings that hold another component, each with its kind."""
    marks = ((name, types_in([field.annotation, *field.metadata])) for name, field in model.model_fields.items())
    return {name: mark.kind for name, found in marks for mark in found if isinstance(mark, Part)}


def written_types(annotation: Any) -> Iterator[Any]:
    """The annotation and everything it is composed of."""
    yield annotation
    for part in get_args(annotation):
        yield from written_types(part)


def types_in(annotations: Iterable[Any]) -> Iterator[Any]:
    """The annotations and everything they are composed of, with what their validators read."""
    for annotation in annotations:
        yield annotation
        yield from types_in(get_args(annotation))
        if (source := getattr(annotation, "json_schema_input_type", PydanticUndefined)) is not PydanticUndefined:
            yield from types_in([source])


def old_settings(model: type[BaseModel]) -> dict[str, tuple[str, Formerly]]:
    """The old names of a model's settings, each with the new name. TypeError if one stands for two settings."""
    found: dict[str, tuple[str, Formerly]] = {}
    for name, field in model.model_fields.items():
        for old in types_in([field.annotation, *field.metadata]):
            if isinstance(old, Formerly):
                if old.name in found or old.name in model.model_fields:
                    raise TypeError(f"{model.__name__}.{name} was formerly '{old.name}', which is another setting")
                found[old.name] = (name, old)
    return found
