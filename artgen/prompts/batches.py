"""What one picture of a batch was told, in the plain data of a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from artgen.prompts.model import WORDED


def of_picture(recipe: Mapping[str, Any], picture: int) -> dict[str, Any]:
    """The recipe of picture number `picture`: its prompts' own texts are those that it was told."""
    return {**recipe, "picture": picture, "preset": told(recipe["preset"], picture)}


def told(value: Any, picture: int) -> Any:
    """A resolved preset as it was told to a picture; the other pictures' texts stay beside the picture's own."""
    if isinstance(value, list):
        return [told(item, picture) for item in value]
    if not isinstance(value, Mapping):
        return value
    travels = value.get("travels")
    if isinstance(travels, list) and picture < len(travels):
        return {**value, "travel": travels[picture]}
    each = value.get("each")
    if isinstance(each, list) and picture < len(each):
        kind = next((kind for kind in WORDED if value.get(kind) is not None), None)
        return {**value, kind: each[picture]} if kind else dict(value)
    return {key: told(inner, picture) for key, inner in value.items()}
