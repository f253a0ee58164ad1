"""`load` and `parse`: whatever a preset can be made from, checked."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from artgen.errors import InputError, shown
from artgen.fields.paths import confined
from artgen.preset.checking import Checker
from artgen.preset.merging import Override
from artgen.preset.model import Preset
from artgen.preset.shipped import find
from artgen.recipe import metadata

Given = Preset | str | Path | Mapping[str, Any]
"""What a preset can be made from: one that is there, the path or name of one, a picture's path, or plain data."""


def load(preset: Given, /, overrides: str | Sequence[Override] = (), **settings: Any) -> Preset:
    """A preset, checked, with changes on top::

        artgen.load("quickstart", prompts="a red heart", seed=7)
        artgen.load("mine.yaml", ["losses.clip.weight=2", "views[0].count=16"])

    Args:
        preset: the path of a file, the name of a shipped preset, a picture that artgen made (it stands for the preset
            in its recipe, which may name files beside it and below the current folder only), plain data, or a `Preset`.
        overrides: ``key.path=value`` texts as for ``artgen run --set``, or pairs of a path and a value; or one text.
        settings: whole settings by name, such as ``seed=7``; they are laid on last.

    Raises:
        PresetError: with every mistake, each at its file, line and column.
        InputError: if there is no such file, or it cannot be read.
    """
    changes = [*([overrides] if isinstance(overrides, str) else overrides), *settings.items()]
    if isinstance(preset, Preset):
        return parse(preset.resolved(), changes) if changes else preset
    if isinstance(preset, Mapping):
        return parse(preset, changes)
    file = find(preset)
    if file.suffix.lower() in metadata.SUFFIXES:
        # The picture may come from a stranger, who shall not choose which files are read.
        with confined((Path(), file.parent)):
            return parse(_recipe(file)["preset"], changes, str(file), written_down=True)
    return Checker().load(file, changes)


def _recipe(picture: Path) -> dict[str, Any]:
    try:
        return metadata.read(picture)
    except metadata.NoRecipe as error:
        typed = shlex.quote(str(picture))
        raise InputError(f"{error}; if another program made it: artgen import {shown(typed)}") from None


def parse(
    data: Mapping[str, Any], overrides: Sequence[Override] = (), source: str = "preset", written_down: bool = False
) -> Preset:
    """The preset of plain Python data, checked exactly as a file is; `written_down` says that it is a recipe's."""
    return Checker().parse(data, overrides, source, written_down=written_down)
