"""A preset as an artist would have written it: without what goes without saying."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from artgen.api import Spec
from artgen.deprecation import PresetRemark
from artgen.errors import InputError
from artgen.fields.dumping import as_data
from artgen.preset.loading import parse
from artgen.preset.model import Preset, type_of

_ALWAYS = ("prompts", "seed", "size", "steps")
"""What is told even where it is the default, because everybody wants to know."""


def brief(preset: Preset) -> dict[str, Any]:
    """The shortest plain data found that is still the same preset; all of it where none is."""
    versions = map(_tidy, _versions(preset))
    return next((data for data in versions if _is(data, preset)), preset.resolved())


def _is(data: Mapping[str, Any], preset: Preset) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PresetRemark)  # nobody wrote it so
            return parse(data) == preset
    except InputError:
        return False


def _versions(preset: Preset) -> Iterator[dict[str, Any]]:
    """Ways to write a preset, the shortest first."""
    short = as_data(preset, exclude_defaults=True)
    whole = preset.resolved()
    data = {key: short.get(key, whole[key]) for key in whole if key in short or key in _ALWAYS}
    for key, value in data.items():
        data[key] = _typed(getattr(preset, key), value)
    data["size"] = f"{preset.size[0]}x{preset.size[1]}"
    yield {**data, "prompts": " | ".join(map(_line, data["prompts"]))}
    yield data


def _typed(spec: Any, value: Any) -> Any:
    """With the `type` of each component, which is a default of its class."""
    if isinstance(spec, BaseModel):
        return {**({"type": type_of(spec)} if isinstance(spec, Spec) else {}), **value}
    if isinstance(spec, Mapping):
        return {key: _typed(spec[key], inner) for key, inner in value.items()}
    if isinstance(spec, tuple) and isinstance(value, list):
        return [_typed(part, inner) for part, inner in zip(spec, value, strict=True)]
    return value


def _line(prompt: Mapping[str, Any]) -> str:
    """``text:weight:stop``; of other prompts something that is not the same, which `_is` will find."""
    numbers = [prompt.get("weight", 1), *([prompt["stop"]] if "stop" in prompt else [])]
    said = "" if numbers == [1] else "".join(f":{number}" for number in numbers)
    return f"{prompt.get('text', '')}{said}"


def _tidy(value: Any) -> Any:
    """With whole numbers as such, and the points of schedules as numbers, which YAML need not quote."""
    if isinstance(value, Mapping):
        return {int(key) if key.isdecimal() else key: _tidy(inner) for key, inner in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return [_tidy(inner) for inner in value] if isinstance(value, list) else value
