"""Which augmentations of kornia there are, and what their arguments may be; read from a file, without kornia."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_MIXES = "mixes the pictures of a batch, which artgen keeps apart"
_NORMALISES = "leads out of [0, 1], and perceptors normalise what they see by themselves"
LEFT_OUT = {
    "Denormalize": _NORMALISES,
    "Normalize": _NORMALISES,
    "PatchMix": _MIXES,
    "RandomCutMixV2": _MIXES,
    "RandomDissolving": "downloads a model of its own, and draws random numbers that no seed decides",
    "RandomMixUpV2": _MIXES,
    "RandomMosaic": _MIXES,
    "RandomTransplantation": "needs masks",
    "RandomTransplantation3D": "needs masks",
}
"""Classes of kornia for pictures that are not offered, and why."""


TENSOR = "tensor"
"""The kind of an argument that kornia takes as a tensor alone."""


@dataclass(frozen=True)
class Argument:
    """What an argument of an augmentation may be."""

    kinds: tuple[str, ...]
    """``number``, ``share`` (0 to 1), ``whole``, ``flag``, ``none``, ``2 numbers``, ``4 wholes``, ``numbers`` (any
    count), ``tensor`` (as many, and kornia wants a tensor of them), or a choice such as ``slice|resample``."""
    needed: bool
    default: Any = None


@cache
def augmentations() -> Mapping[str, Mapping[str, Argument]]:
    """The arguments of each augmentation, by its name in kornia."""
    table = json.loads(Path(__file__).with_name("arguments.json").read_text(encoding="utf-8"))
    return {
        name: {key: Argument(tuple(kinds), not default, *default) for key, (kinds, *default) in arguments.items()}
        for name, arguments in table.items()
    }


def schema() -> dict[str, Any]:
    """The JSON Schema of one augmentation in a preset: its name, or its name and its arguments."""
    known = augmentations()
    named = {name: _arguments(arguments) for name, arguments in known.items()}
    with_arguments = {"type": "object", "properties": named, "minProperties": 1, "maxProperties": 1}
    return {"title": TITLE, "anyOf": [{"enum": list(known)}, {**with_arguments, "additionalProperties": False}]}


TITLE = "augmentation"
"""What a preset's author calls it."""


def _arguments(arguments: Mapping[str, Argument]) -> dict[str, Any]:
    needed = [name for name, argument in arguments.items() if argument.needed]
    found: dict[str, Any] = {
        "type": "object" if needed else ["object", "null"],
        "properties": {name: _argument(argument) for name, argument in arguments.items()},
        "additionalProperties": False,
    }
    return found | ({"required": needed} if needed else {})


def _argument(argument: Argument) -> dict[str, Any]:
    kinds = [_kind(kind) for kind in argument.kinds]
    found = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    return found if argument.needed or argument.default is None else {**found, "default": argument.default}


_PLAIN: dict[str, dict[str, Any]] = {
    "number": {"type": "number"},
    "share": {"type": "number", "minimum": 0, "maximum": 1},
    "whole": {"type": "integer"},
    "flag": {"type": "boolean"},
    "none": {"type": "null"},
}


def _kind(kind: str) -> dict[str, Any]:
    if kind in _PLAIN:
        return _PLAIN[kind]
    if "|" in kind:
        return {"enum": kind.split("|")}
    count, each = of_list(kind)
    bounds = {"minItems": count, "maxItems": count} if count else {"minItems": 1}
    return {"type": "array", "items": _PLAIN[each], **bounds}


def of_list(kind: str) -> tuple[int, str]:
    """How many values a list of this kind has, 0 if any number, and the kind of each."""
    if kind == TENSOR:
        return 0, "number"
    count, _, each = kind.rpartition(" ")
    return int(count or 0), each.removesuffix("s")
