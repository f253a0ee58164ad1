"""Where Pixray's settings stand: in pictures, settings files, command lines, programs, and Replicate's JSON."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgen.api import ArtgenError
from artgen.importing import Call, Claim, Document, yaml_data
from artgen_pixray.options import COMMON, NAMES, OPTIONS

TAG = "pixray_"
SCRIPTS = ("pixray", "clipit")
"""Pixray was called clipit first."""
_ADDS = tuple(f"{script}.add_settings" for script in SCRIPTS)
_RUNS = tuple(f"{script}.run" for script in SCRIPTS)
_DRAWS = tuple(f"{script}.{verb}" for script in SCRIPTS for verb in ("apply_settings", "do_init", "do_run"))
_RESETS = tuple(f"{script}.reset_settings" for script in SCRIPTS)


def recognise(source: Document) -> list[Claim]:
    """Every run of Pixray that the file tells of."""
    if source.is_picture:
        return _of_picture(source.tags)
    if source.settings:
        return _of_mapping(source)
    return [*_of_commands(source), *_of_calls(source.calls, source.text or "")]


def _of_picture(tags: Mapping[str, str]) -> list[Claim]:
    """A chunk for each setting; of clipit, a comment with the list of prompts."""
    found = {key.removeprefix(TAG): _value(text) for key, text in tags.items() if key.startswith(TAG)}
    found = {key: value for key, value in found.items() if value is not None}
    if found:
        return [Claim(found, "a picture", 100 + len(found))]
    prompts = _value(tags.get("comment", tags.get("Comment", "")))
    if isinstance(prompts, list) and prompts and all(isinstance(prompt, str) for prompt in prompts):
        return [Claim({"prompts": prompts}, "a picture", 1, ("The picture tells its prompts, and nothing else.",))]
    return []


def _value(text: str) -> Any:
    """What Python wrote down of a value: lists, numbers and words; everything else is a text."""
    text = text.strip()
    if text[:1] in ("[", "(", "{") or text in ("None", "True", "False"):
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            return text
        return list(value) if isinstance(value, tuple) else value
    return text


def _of_mapping(source: Document) -> list[Claim]:
    settings = source.settings
    for key in ("input", "inputs"):
        if isinstance(settings.get(key), dict):
            return _of_inputs(settings[key], source.path.parent)
    if isinstance(settings.get("settings"), str):
        return _of_inputs(settings, source.path.parent)
    return _claims(settings, "a settings file")


def _of_inputs(inputs: Mapping[str, Any], folder: Path) -> list[Claim]:
    """Replicate's models take a few settings, and the others as YAML in a text."""
    found = {str(key): value for key, value in inputs.items() if key != "settings"}
    notes: tuple[str, ...] = ()
    text = inputs.get("settings")
    if isinstance(text, str) and text.strip():
        try:
            more = yaml_data(text, "settings", folder)
        except ArtgenError as error:  # what is wrong with it is said, and costs no other setting
            more, notes = None, (f"settings: {error}",)
        if isinstance(more, dict):
            found |= more
        elif not notes:
            notes = ("settings: is no YAML of settings; left out.",)
    return _claims(found, "inputs of Replicate", notes, extra=10 if "settings" in inputs else 0)


def _claims(settings: Mapping[str, Any], form: str, notes: tuple[str, ...] = (), extra: int = 0) -> list[Claim]:
    """At least half of the settings have to be Pixray's, and one of them to be nobody else's or a prompt."""
    known = [name for name in settings if name in NAMES]
    telling = [name for name in known if name not in COMMON or name == "prompt"]
    texts = settings.get("prompts")
    if not telling or 2 * len(known) < len(settings) or isinstance(texts, dict) or _has_mappings(texts):
        return []
    return [Claim(settings, form, len(known) + extra, notes)]


def _has_mappings(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _of_commands(source: Document) -> list[Claim]:
    found = []
    for command in source.commands:
        if command.script in SCRIPTS:
            settings, known, notes = OPTIONS.read(command.words)
            if settings:
                found.append(Claim(settings, "a command line", 10 + known, tuple(notes)))
    return found


def _of_calls(calls: tuple[Call, ...], text: str) -> list[Claim]:
    """`run` is a run; `add_settings` adds up until the settings are applied or reset."""
    found: list[Claim] = []
    held: dict[str, Any] = {}
    unread: list[str] = []
    for call in calls:
        if call.name in _RUNS:
            settings = {**dict(zip(("prompts", "drawer"), call.arguments, strict=False)), **call.settings}
            found += _called(settings, call.unread)
        elif call.name in _ADDS:
            held |= call.settings
            unread = [name for name in unread if name not in call.settings] + list(call.unread)
        elif (call.name in _DRAWS or call.name in _RESETS) and (held or unread):
            if call.name in _DRAWS:
                found += _called(held, unread)
            held, unread = {}, []
        elif _is_replicate(call, text):
            inputs = call.settings.get("input", call.settings)
            found += _called(_plain(inputs), call.unread) if isinstance(inputs, dict) else []
    return found + (_called(held, unread) if held or unread else [])


def _plain(inputs: Mapping[str, Any]) -> dict[str, Any]:
    claims = _of_inputs(inputs, Path())
    return dict(claims[0].settings) if claims else dict(inputs)


def _is_replicate(call: Call, text: str) -> bool:
    """``replicate.run("pixray/text2image:...", input={...})``, or ``model.predict(prompts=...)`` beside such a name."""
    verb = call.name.rpartition(".")[2]
    if verb not in ("run", "predict", "create") or "pixray" not in text:
        return False
    names = [argument for argument in call.arguments if isinstance(argument, str)]
    return any("pixray" in name for name in names) or (verb != "run" and bool(NAMES & set(call.settings)))


def _called(settings: Mapping[str, Any], unread: tuple[str, ...] | list[str]) -> list[Claim]:
    notes = tuple(f"{name}: is computed by the program, which is not run; left out." for name in unread)
    known = sum(name in NAMES for name in settings)
    return [Claim(settings, "a Python call", 10 + known, notes)] if known else []
