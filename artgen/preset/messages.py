"""Pydantic's errors in artgen's words, at the place in the file where the mistake stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from artgen.errors import Problem, hint
from artgen.fields.introspection import models_in
from artgen.preset.nodes import Node

_EXPECTED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "a text",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "path_type": "a path",
    "model_attributes_type": "a mapping",
}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}


def problems_of(
    error: ValidationError, model: type[BaseModel], node: Node, path: str, more_names: Iterable[str] = ()
) -> list[Problem]:
    """One problem per place of the tree `node`, which is what `model` could not validate.

    `more_names` are names that are right beside the model's own fields. The branches of a union complain
    one by one about the same value; their wishes are joined into one line.
    """
    found: dict[tuple[str, Any], list[str]] = {}
    for details in error.errors(include_url=False):
        where, mark, text = _place(details, model, node, path, more_names)
        texts = found.setdefault((where, mark), [])
        if text not in texts:
            texts.append(text)
    return [Problem(mark, where, _join_wishes(texts)) for (where, mark), texts in found.items()]


def _place(
    details: ErrorDetails, model: type[BaseModel], node: Node, path: str, more_names: Iterable[str]
) -> tuple[str, Any, str]:
    loc = details["loc"]
    here, shown = node, path
    for part, child in node.descend(loc):
        here, shown = child, f"{shown}[{part}]" if isinstance(part, int) else f"{shown}.{part}".lstrip(".")
    mark = here.mark
    if details["type"] == "extra_forbidden":
        holder = node
        for _, child in node.descend(loc[:-1]):
            holder = child
        wrong = str(loc[-1])
        names = {*model.model_fields, *more_names} if len(loc) == 1 else _names_at(loc[:-1], model)
        text = f"there is no setting '{wrong}'{hint(wrong, names - {'type'})}"
        return shown.removesuffix(wrong).removesuffix("."), holder.keys.get(wrong, mark), text
    if details["type"] == "missing":
        return shown, mark, f"needs '{loc[-1]}'"
    return shown, mark, _text(details)


def _names_at(loc: tuple[int | str, ...], model: type[BaseModel]) -> set[str]:
    """The settings of a mapping inside a mapping, such as a prompt's or those of its `where`."""
    models = {model}
    for part in loc:
        fields = [inner.model_fields[str(part)] for inner in models if part in inner.model_fields]
        models = {found for field in fields for found in models_in(field)} or models
    return {field.alias or name for inner in models for name, field in inner.model_fields.items()}


def _text(details: ErrorDetails) -> str:
    kind, given = details["type"], _show(details["input"])
    context: Mapping[str, Any] = details.get("ctx", {})
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, got {given}"
    if kind in _BOUNDS:
        word, key = _BOUNDS[kind]
        return f"must be {word} {context[key]}, got {given}"
    if kind in ("literal_error", "enum"):
        choices = [choice.strip().strip("'") for choice in str(context["expected"]).replace(" or ", ",").split(",")]
        return f"{given} is not one of the choices{hint(str(details['input']), choices)}"
    if kind in ("too_short", "too_long"):
        return f"expected {context.get('min_length', context.get('max_length'))} values, got {context['actual_length']}"
    if kind == "string_pattern_mismatch":
        return f"{given} is not valid here; it must match {context['pattern']}"
    message = details["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:] if kind not in _CUSTOM_CASE and message[:1].isupper() else message


_CUSTOM_CASE = frozenset({"value_error", "schedule", "prompt", "missing_file"})


def _show(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = str(value)
    text = text if len(text) <= 40 else text[:37] + "..."
    return repr(text) if isinstance(value, str) else text


def _join_wishes(texts: list[str]) -> str:
    """``expected a number, got 'x'`` and ``expected a list, got 'x'`` become one sentence."""
    wishes = [text for text in texts if text.startswith("expected ") and ", got " in text]
    others = [text for text in texts if text not in wishes]
    if others and wishes:
        return "; ".join(others)
    if len(wishes) > 1:
        got = wishes[0].rpartition(", got ")[2]
        either = " or ".join(wish.removeprefix("expected ").rpartition(", got ")[0] for wish in wishes)
        return f"expected {either}, got {got}"
    return "; ".join(texts)
