"""Recipes that keep their prompts to themselves, and can still be replayed by who knows them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from artgen.errors import InputError

HIDDEN = ("prompts", "about")
"""The settings, of the preset and of its components, that say what is to be drawn."""


def redacted(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe without its prompts, with the seal by which they can be recognised."""
    preset = recipe["preset"]
    return {**recipe, "preset": _without(preset), "private": fingerprint(preset)}


def restored(recipe: Mapping[str, Any], prompts: object) -> dict[str, Any]:
    """The recipe with the prompts that `redacted` took; InputError if these are others.

    Prompts that stood inside a component cannot be given back, so such a recipe stays closed.
    """
    whole = {**recipe["preset"], "prompts": prompts}
    if fingerprint(whole) != recipe["private"]:
        raise InputError("prompts: these are not the ones that the picture was made with")
    return {key: value for key, value in {**recipe, "preset": whole}.items() if key != "private"}


def fingerprint(preset: Mapping[str, Any]) -> str:
    """What shows whether prompts are the right ones without telling them: scrypt (RFC 7914), salted with the seed.

    A slow hash, because prompts are short and could else be found by trying words.
    """
    text = json.dumps(_hidden(preset), sort_keys=True, ensure_ascii=False)
    salt = f"artgen prompts {preset.get('seed')}".encode()
    return hashlib.scrypt(text.encode(), salt=salt, n=1 << 14, r=8, p=1, dklen=32).hex()


def _without(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without(inner) for key, inner in value.items() if key not in HIDDEN}
    return [_without(inner) for inner in value] if isinstance(value, list) else value


def _hidden(value: Any) -> Any:
    """The prompts of a preset and of its components, in order."""
    if isinstance(value, Mapping):
        own = [value["prompts"]] if value.get("prompts") else []
        return own + [found for key, inner in value.items() if key not in HIDDEN for found in _hidden(inner)]
    return [found for inner in value for found in _hidden(inner)] if isinstance(value, list) else []
