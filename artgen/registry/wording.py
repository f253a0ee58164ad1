"""Types in plain words: what an artist may write in YAML for a field of a spec, for the reference and the terminal."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel, BeforeValidator, WithJsonSchema, WrapValidator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from artgen import colours, prompts, weights
from artgen.api import Spec
from artgen.fields import moments, paths
from artgen.fields.moments import At
from artgen.fields.references import Part, Ref
from artgen.fields.schedules import Schedule, Within
from artgen.prompts import parsing, wildcards

NAMED: tuple[tuple[Any, str], ...] = (
    (colours.Colour, "[colour](values.md#colours)"),
    (colours.PaletteColours, "[palette](values.md#palettes)"),
    (paths.InputFile, "[file](values.md#files)"),
    (paths.PictureFile, "[picture](values.md#pictures), or a run's folder"),
    (paths.VideoFile, "[video](values.md#videos)"),
    (moments.Moment, "[moment](values.md#moments)"),
    (moments.AnyMoment, "[moment](values.md#moments)"),
    (weights.Source, "[model](values.md#models)"),
    (wildcards.WildcardText, "[text](prompts.md#choices)"),
    (prompts.Prompts, "[prompts](prompts.md)"),
    (parsing.Lines, "[prompts](prompts.md)"),
)
"""Types with a section of their own, known by their validators."""

LEAVES: dict[Any, str] = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    Path: "file",
    At: "[moment](values.md#moments)",
    Schedule: "[number over the run](values.md#numbers-over-the-run)",
    prompts.Prompt: "[prompt](prompts.md)",
    prompts.Scenes: "[scenes](prompts.md#scenes)",
}

INHERITED = ("weight", "id")
"""Settings that all components of a kind have; they are told last."""

_WORD = re.compile("[A-Z][a-z]*")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


def in_order(model: type[BaseModel]) -> list[str]:
    """The names of a model's fields: a component's own settings first, what all of its kind have last."""
    if "type" not in model.model_fields:
        return list(model.model_fields)
    own = [name for name in model.__annotations__ if name in model.model_fields]
    names = [name for name in dict.fromkeys((*own, *model.model_fields)) if name not in ("type", *INHERITED)]
    return names + [name for name in INHERITED if name in model.model_fields]


def without_links(field: FieldInfo) -> str:
    """What may be written for a field, without Markdown; Python's name of a type that there are no words for."""
    try:
        text = of_field(field)
    except TypeError:
        return str(getattr(field.annotation, "__name__", field.annotation))
    return _LINK.sub(r"\1", text).replace("`", "")


def of_field(field: FieldInfo) -> str:
    """What may be written for a field, with its range; links start from the folder of the reference."""
    return of_type(field.annotation, tuple(field.metadata))


def of_type(annotation: Any, metadata: Sequence[Any] = ()) -> str:
    """The same for a type and what `Annotated` says about it."""
    metadata = tuple(_flat(metadata))
    for alias, name in NAMED:
        if all(mark in metadata for mark in alias.__metadata__ if not isinstance(mark, FieldInfo)):
            return name
    if any(isinstance(mark, Ref) for mark in metadata):
        return "name of a perceptor"
    if part := next((mark for mark in metadata if isinstance(mark, Part)), None):
        return f"[{part.kind}](README.md#{part.kind}s), as a preset writes it"
    if title := next(filter(None, map(_title, metadata)), None):
        return title
    given = next(filter(None, map(_given, metadata)), None)
    text = of_type(given) if given else _of_form(annotation)
    limits = bounds(metadata)
    return f"{text}, {limits}" if limits else text


def _flat(metadata: Sequence[Any]) -> Iterator[Any]:
    """With what ``Field(...)`` says in `Annotated` beside the rest."""
    for mark in metadata:
        yield from mark.metadata if isinstance(mark, FieldInfo) else (mark,)


def _title(mark: Any) -> str | None:
    """What a plugin calls a type of its own."""
    schema = mark.json_schema if isinstance(mark, WithJsonSchema) else None
    return schema.get("title") if schema else None


def _given(mark: Any) -> Any:
    """The type that a preset gives, where a validator turns it into another."""
    is_validator = isinstance(mark, (BeforeValidator, WrapValidator))
    given = mark.json_schema_input_type if is_validator else PydanticUndefined
    return None if given in (PydanticUndefined, Any) else given


def _of_form(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return of_type(arguments[0], arguments[1:])
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin in (Union, types.UnionType):
        words = [of_type(argument) for argument in arguments if argument is not type(None)]
        return " or ".join(dict.fromkeys(words))
    if origin in (tuple, list):
        return _of_list(arguments)
    if origin is dict:
        return f"mapping to {of_type(arguments[1])}"
    return _of_class(annotation)


def _of_list(arguments: tuple[Any, ...]) -> str:
    words = [of_type(argument) for argument in arguments if argument is not Ellipsis]
    if len(words) == len(arguments) and len(words) > 1:
        return f"list of {len(words)}: {', '.join(dict.fromkeys(words))}"
    return f"list: {words[0]}"


def _of_class(annotation: Any) -> str:
    if annotation is Any:
        return "anything"
    if annotation in LEAVES:
        return LEAVES[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[settings](#{'-'.join(_WORD.findall(annotation.__name__)).lower()})"
    raise TypeError(f"no words for {annotation!r}; add them to artgen/registry/wording.py")


def bounds(metadata: Sequence[Any]) -> str:
    """The range that limits numbers, in words."""
    low, above = _limit(metadata, annotated_types.Ge, "ge"), _limit(metadata, annotated_types.Gt, "gt")
    high, below = _limit(metadata, annotated_types.Le, "le"), _limit(metadata, annotated_types.Lt, "lt")
    if low is not None and high is not None:
        return f"{number(low)} to {number(high)}"
    parts = (("at least", low), ("above", above), ("at most", high), ("below", below))
    return ", ".join(f"{word} {number(value)}" for word, value in parts if value is not None)


def _limit(metadata: Sequence[Any], kind: type, name: str) -> float | None:
    found = (getattr(mark, name, None) for mark in metadata if isinstance(mark, (kind, Within)))
    return next((value for value in found if value is not None), None)


def number(value: float) -> str:
    """As short as it can be; the bound of a seed as a power."""
    if isinstance(value, int) and value > 1 << 31 and value & (value - 1) == 0:
        return f"2^{value.bit_length() - 1}"
    return f"{value:g}" if abs(value) < 1e6 else str(value)


def default(field: FieldInfo) -> str:
    """What holds where nothing is written, as YAML on one line; empty where that is nothing or depends on others."""
    if field.default_factory_takes_validated_data:
        return ""
    value = field.get_default(call_default_factory=True)
    return "**needed**" if value is PydanticUndefined else f"`{flow(value)}`" if value not in (None, (), "") else ""


def flow(value: Any) -> str:
    """A default as a preset writes it."""
    if isinstance(value, Schedule):
        return flow(value.dump())
    if isinstance(value, Spec):
        return flow({"type": value.type, **value.model_dump(mode="json", exclude_defaults=True)})
    if isinstance(value, BaseModel):
        return flow(value.model_dump(exclude_none=True))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value)
