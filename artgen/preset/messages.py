"""Pydantic's errors in artgen's words, at the place in the file where the mistake stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from artgen.errors import Problem, hint
from artgen.fields.introspection import models_in, types_in
from artgen.preset.nodes import Node
from artgen.preset.unknown_names import Elsewhere, advice, in_order
from artgen.preset.yaml_mistakes import hidden, quoted

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
    "path_type": "a path",
}
_LISTS = ("list_type", "tuple_type")
_MAPPINGS = ("dict_type", "mapping_type", "model_type", "model_attributes_type")
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}


def problems_of(
    error: ValidationError,
    model: type[BaseModel],
    node: Node,
    path: str,
    more_names: Iterable[str] = (),
    elsewhere: Elsewhere = lambda wrong: "",
) -> list[Problem]:
    """One problem per place of the tree `node`, which is what `model` could not validate.

    `more_names` are names that are right beside the model's own fields; `elsewhere` says where a wrong one would be
    right. The branches of a union complain one by one about the same value; their wishes are joined into one line.
    """
    found: dict[tuple[str, Any], list[str]] = {}
    for details in error.errors(include_url=False):
        where, mark, text = _place(details, model, node, path, more_names, elsewhere)
        texts = found.setdefault((where, mark), [])
        if text not in texts:
            texts.append(text)
    return [Problem(mark, where, _join_wishes(texts)) for (where, mark), texts in found.items()]


def _place(
    details: ErrorDetails,
    model: type[BaseModel],
    node: Node,
    path: str,
    more_names: Iterable[str],
    elsewhere: Elsewhere,
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
        names = in_order(model, more_names) if len(loc) == 1 else _names_at(loc[:-1], model)
        said = advice(wrong, names, holder.child(wrong), elsewhere if len(loc) == 1 else lambda wrong: "")
        text = f"there is no setting '{wrong}'{said}"
        return shown.removesuffix(wrong).removesuffix("."), holder.keys.get(wrong, mark), text
    if details["type"] == "missing":
        return shown, mark, f"needs '{loc[-1]}'"
    text = _text(details, _types_at(loc, model))
    comment = here.comment.partition(" #")[0] if here.value is None else ""
    return shown, mark, f"{text}; {hidden(comment)}" if comment else text


def _fields_at(loc: tuple[int | str, ...], model: type[BaseModel]) -> tuple[list[FieldInfo], list[type[BaseModel]]]:
    """The fields that the last name of a place may stand for, and the models in them."""
    fields: list[FieldInfo] = []
    models = [model]
    for part in loc:
        found = [inner.model_fields[str(part)] for inner in models if part in inner.model_fields]
        fields = found or fields
        models = list(dict.fromkeys(inner for field in found for inner in models_in(field))) or models
    return fields, models


def _names_at(loc: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    """The settings of a mapping inside a mapping, such as a prompt's or those of its `where`."""
    models = _fields_at(loc, model)[1]
    return list(dict.fromkeys(field.alias or name for inner in models for name, field in inner.model_fields.items()))


def _types_at(loc: tuple[int | str, ...], model: type[BaseModel]) -> list[Any]:
    """What the value of a setting may be."""
    return list(types_in(part for field in _fields_at(loc, model)[0] for part in (field.annotation, *field.metadata)))


def _text(details: ErrorDetails, types: Sequence[Any]) -> str:
    kind, given = details["type"], _show(details["input"])
    context: Mapping[str, Any] = details.get("ctx", {})
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, got {given}{_decimal_comma(details['input'])}"
    if kind in _MAPPINGS:
        return _no_mapping(details["input"], types)
    if kind in _LISTS:
        return f"expected a list{_example(details['input'], types)}, got {given}"
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
    if "expected a number" in message:
        message += _decimal_comma(details["input"])
    return message[:1].lower() + message[1:] if kind not in _CUSTOM_CASE and message[:1].isupper() else message


def _no_mapping(given: Any, types: Sequence[Any]) -> str:
    """A mapping is wanted, or what stands for one: a text, or true."""
    if bool in types:
        return f"expected true or false, got {_show(given)}"
    if str not in types or isinstance(given, (list, tuple)):
        return f"expected a mapping, got {_show(given)}"
    quotes = f"; put it in quotes: {quoted(_show(given))}" if isinstance(given, (bool, int, float)) else ""
    return f"expected a text, got {_show(given)}{quotes}"


def _example(given: Any, types: Iterable[Any]) -> str:
    """``such as [24, 24]`` for what stands alone."""
    if isinstance(given, bool) or not isinstance(given, (int, float, str)) or not str(given):
        return ""
    several = next((get_args(part) for part in types if get_origin(part) in (tuple, list)), ())
    count = 1 if Ellipsis in several or not several else len(several)
    return f" such as [{', '.join([str(given)[:40]] * count)}]"


def _decimal_comma(given: Any) -> str:
    if isinstance(given, str) and re.fullmatch(r"[+-]?\d{1,9},\d{1,9}", given):
        return f"; write {given.replace(',', '.')}, with a point"
    return ""


_CUSTOM_CASE = frozenset({"value_error", "wrong_setting"})
"""Errors whose words are a person's, not pydantic's."""


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
