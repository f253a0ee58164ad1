"""Recipes that keep their prompts to themselves, and can still be replayed by who knows them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from artgen.errors import InputError
from artgen.recipe.inputs import replaced

HIDDEN = ("prompts", "about")
"""The settings, of the preset and of its components, that say what is to be drawn."""

SettingPath = Sequence[str | int]


def redacted(recipe: Mapping[str, Any], personal: Iterable[SettingPath] = ()) -> dict[str, Any]:
    """A recipe without its prompts, with the fingerprint by which they can be recognised.

    The settings `personal`, and those that the recipe itself names as `hidden`, are left out too, and their names
    written down; the files that only those name, and the folders of the others, are left out without a word.
    """
    preset, wanted = recipe["preset"], [*personal, *_hidden_in(recipe)]
    kept = _without(preset)
    for path in wanted:
        _remove(kept, path)
    names = _names_of_files(recipe.get("inputs", {}), kept)
    inputs = {names[path]: digest for path, digest in recipe.get("inputs", {}).items() if path in names}
    whole = {
        **{key: value for key, value in recipe.items() if key != "read_as"},
        "preset": replaced(kept, names),
        "inputs": inputs,
        "private": recipe.get("private") or fingerprint(preset),
    }
    # Prompts and 'about' go without being named: whoever replays the picture can give the prompts.
    hidden = [list(path) for path in wanted if len(path) > 1 or path[0] not in HIDDEN]
    return {**{key: value for key, value in whole.items() if key != "hidden"}, **({"hidden": hidden} if hidden else {})}


def hidden_names(recipe: Mapping[str, Any]) -> str:
    """The settings that a private recipe leaves out besides its prompts, as a message has them."""
    named = [
        "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)[1:]
        for path in _hidden_in(recipe)
    ]
    return ", ".join(named)


def _hidden_in(recipe: Mapping[str, Any]) -> list[SettingPath]:
    return list(recipe.get("hidden") or ())


def _names_of_files(inputs: Mapping[str, str], preset: Any) -> dict[str, str]:
    """Each input that is still named, and its name without folders, which tell whose machine it was."""
    left = set(_texts(preset))
    names: dict[str, str] = {}
    for path, digest in inputs.items():
        name = PurePosixPath(path.replace("\\", "/")).name
        if path in left:
            names[path] = f"{digest[:12]}/{name}" if name in names.values() else name
    return names


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for child in inner:
        yield from _texts(child)


def _remove(data: Any, path: SettingPath) -> None:
    for part in path[:-1]:
        inside: Mapping[Any, Any] = {}
        if isinstance(data, (dict, list)):
            inside = data if isinstance(data, dict) else dict(enumerate(data))
        data = inside.get(part)
    if isinstance(data, dict):
        data.pop(path[-1], None)


def restored(recipe: Mapping[str, Any], prompts: object) -> dict[str, Any]:
    """The recipe with the prompts that `redacted` took; InputError if these are others.

    What else it took, see `hidden_names`, cannot be given back.
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
