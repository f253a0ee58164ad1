"""How published weights want to be used: what open_clip's table says beside where they are.

Nothing of it stands in a file of weights, and a model with the wrong activation or mean is no error, only worse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple, cast

import open_clip
from open_clip.transform import PreprocessCfg

from artgen.api import InputError, hint
from artgen_clip.tags import of_file


class Use(NamedTuple):
    """What weights were trained with."""

    preprocess: dict[str, Any]
    """Mean, standard deviation, interpolation and resize mode."""
    quick_gelu: bool
    """Whether the activation is OpenAI's faster one."""


def entry(model: str, tag: str) -> Mapping[str, Any]:
    """What open_clip's table says of published weights; InputError if it knows none of that name."""
    found: Mapping[str, Any] = open_clip.get_pretrained_cfg(model, tag)
    if not found:
        tags = open_clip.list_pretrained_tags_by_model(model)
        raise InputError(f"{model}: open_clip knows no weights called '{tag}'{hint(tag, tags)}")
    return found


def use(published: Mapping[str, Any]) -> Use:
    """How the weights of an `entry` want to be used."""
    preprocess = {key: published[key] for key in ("mean", "std", "interpolation", "resize_mode") if published.get(key)}
    return Use(preprocess, bool(published.get("quick_gelu")))


def use_of_file(model: str, path: Path, note: Callable[[str], None]) -> tuple[str | None, Use]:
    """The tag of the weights in a file, where it can be told, and how they want to be used; says what is guessed."""
    entries = {tag: open_clip.get_pretrained_cfg(model, tag) for tag in open_clip.list_pretrained_tags_by_model(model)}
    uses = {tag: use(found) for tag, found in entries.items()}
    if not uses:
        note(
            f"{model}: nobody publishes weights of it in open_clip's table, so '{path.name}' is shown pictures with "
            "OpenAI's mean and deviation; a 'config' says others"
        )
        return None, Use({}, quick_gelu=False)
    first = next(iter(uses.values()))
    if all(other == first for other in uses.values()):
        return None, first
    if tag := of_file(entries, path):
        return tag, uses[tag]
    return None, _guessed(model, path, uses, note)


def settings(model: str) -> Mapping[str, Any]:
    """The configuration of a model that open_clip brings, or that was made known to it."""
    return cast("Mapping[str, Any]", open_clip.get_model_config(model))


def _guessed(model: str, path: Path, uses: Mapping[str, Use], note: Callable[[str], None]) -> Use:
    """What all published weights agree on, and for the rest the model as open_clip has it where nothing is said."""
    said = {tag: {**one.preprocess, "quick_gelu": one.quick_gelu} for tag, one in uses.items()}
    first = next(iter(said.values()))
    agreed = {key: value for key, value in first.items() if all(other[key] == value for other in said.values())}
    differs = [key for key in first if key not in agreed]
    usual = {**asdict(PreprocessCfg()), "quick_gelu": bool(settings(model).get("quick_gelu"))}
    others = [tag for tag, one in said.items() if any(one[key] != usual[key] for key in differs)]
    note(
        f"{model}: its published weights differ in {', '.join(differs)}, and '{path.name}' does not say which it is; "
        f"it is read as open_clip's plain {model}; if it is another, name it, too, such as 'pretrained: {others[0]}'"
    )
    return Use({key: value for key, value in agreed.items() if key != "quick_gelu"}, bool(agreed.get("quick_gelu")))
