"""Settings as the plain data that a file holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def as_data(model: BaseModel, **options: Any) -> dict[str, Any]:
    """What a model is written as; without settings that are None, where nothing written means that, too.

    `options` are those of pydantic's ``model_dump``.
    """
    data = model.model_dump(mode="json", exclude_none=True, **options)
    _add_nones(model, data, options.get("exclude") or ())
    return data


def _add_nones(value: Any, data: Any, excluded: Any = ()) -> None:
    """Write into `data` each setting whose None is another value than its default, however deep."""
    if isinstance(value, BaseModel) and isinstance(data, dict):
        own = not type(value).__pydantic_decorators__.model_serializers
        for name, field in type(value).model_fields.items():
            inner = getattr(value, name)
            if inner is not None:
                _add_nones(inner, data.get(name))
            elif own and name not in excluded and not field.exclude and _is_needed(field):
                data[name] = None
    elif isinstance(value, Mapping) and isinstance(data, dict) and len(value) == len(data):
        for one, written in zip(value.values(), data.values(), strict=True):
            _add_nones(one, written)
    elif isinstance(value, (list, tuple)) and isinstance(data, list) and len(value) == len(data):
        for one, written in zip(value, data, strict=True):
            _add_nones(one, written)


def _is_needed(field: FieldInfo) -> bool:
    """Whether None has to be written, because nothing written may mean another value."""
    return field.default_factory is not None or field.default is not None
