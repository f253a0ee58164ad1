"""A recipe's preset as an artist would have written it: without what goes without saying."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from artgen.api import Spec
from artgen.compare.replay_plan import plan
from artgen.deprecation import PresetRemark
from artgen.errors import InputError
from artgen.fields.dumping import as_data
from artgen.fields.paths import confined
from artgen.preset.loading import parse
from artgen.preset.model import Preset, type_of
from artgen.recipe.inputs import FOLDER, find, replaced

_ALWAYS = ("prompts", "seed", "size", "steps")
"""What is told even where it is the default, because everybody wants to know."""
_WIDTH = 50


def short_yaml(picture: Path, recipe: Mapping[str, Any]) -> str:
    """The shortest YAML found that is still the same preset; all of it where it cannot be checked here.

    Files are named as they lie beside a picture that was saved from the page.
    """
    try:
        preset = plan(picture).preset
    except InputError:
        # Say for a plugin that is not installed here.
        data = recipe["preset"]
    else:
        with confined((Path(), picture.parent)):
            versions = map(_tidy, _versions(preset))
            data = next((data for data in versions if _is(data, preset)), preset.resolved())
    return str(yaml.safe_dump(replaced(data, _places(picture, recipe)), **_STYLE))


_STYLE: dict[str, Any] = {"sort_keys": False, "allow_unicode": True, "default_flow_style": None, "width": _WIDTH}


def _places(picture: Path, recipe: Mapping[str, Any]) -> dict[str, str]:
    """Where the recipe's files lie here, and what to call them instead."""
    names = {}
    for path, digest in recipe["inputs"].items():
        named = f"{FOLDER}/{Path(path).name}"
        names[path] = named
        try:
            names[str(find(path, digest, (Path(), picture.parent)))] = named
        except InputError:
            continue
    return names


def _is(data: Mapping[str, Any], preset: Preset) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PresetRemark)  # nobody wrote it so
            return parse(data) == preset
    except InputError:
        return False


def _versions(preset: Preset) -> Iterator[dict[str, Any]]:
    """Ways to write a preset, the shortest first."""
    brief = as_data(preset, exclude_defaults=True)
    whole = preset.resolved()
    data = {key: brief.get(key, whole[key]) for key in whole if key in brief or key in _ALWAYS}
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
