"""`load` and `parse`: whatever a preset can be made from, checked."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from artgen.api import Spec
from artgen.errors import InputError, shown
from artgen.fields.paths import PICTURE, RUN_FILE, confined
from artgen.files import read_text
from artgen.preset.checking import Checker
from artgen.preset.merging import Override
from artgen.preset.model import Preset
from artgen.preset.shipped import find
from artgen.preset.stage_checking import StageChecker
from artgen.recipe import metadata
from artgen.recipe.model import MAX_BYTES
from artgen.registry.local import add

Plugin = str | Path | ModuleType | type[Spec]
"""A plugin that is handed over by hand."""
Given = Preset | str | Path | Mapping[str, Any]
"""What a preset can be made from: one that is there, the path or name of one or of what was made of it, plain data."""


def load(
    preset: Given, /, overrides: str | Sequence[Override] = (), *, plugins: Iterable[Plugin] = (), **settings: Any
) -> Preset:
    """A preset, checked, with changes on top::

        artgen.load("quickstart", prompts="a red heart", seed=7)
        artgen.load("mine.yaml", ["losses.clip.weight=2", "views[0].count=16"])

    Args:
        preset: the path of a file, the name of a shipped preset, a picture that artgen made, the folder of a run or its
            recipe.json (they stand for the preset in the recipe, which may name files beside it and below the current
            folder only), plain data, or a `Preset`.
        plugins: files of Python, modules, or classes of specs, whose components the preset may name: code comes from
            the program, never from a preset or a picture. They stay known to it.
        overrides: ``key.path=value`` texts as for ``artgen run --set``, or pairs of a path and a value; or one text.
        settings: whole settings by name, such as ``seed=7``; they are laid on last.

    Raises:
        PresetError: with every mistake, each at its file, line and column.
        InputError: if there is no such file, or it cannot be read.
    """
    for plugin in plugins:
        add(plugin)
    changes = [*([overrides] if isinstance(overrides, str) else overrides), *settings.items()]
    if isinstance(preset, Preset):
        return parse(preset.resolved(), changes) if changes else preset
    if isinstance(preset, Mapping):
        return parse(preset, changes)
    file = find(_of_run(preset))
    if file.suffix.lower() in metadata.SUFFIXES or _is_recipe(file):
        # The picture may come from a stranger, who shall not choose which files are read.
        with confined((Path(), file.parent)):
            return parse(_recipe(file)["preset"], changes, str(file), written_down=True)
    return Checker().load(file, changes)


def _of_run(preset: str | Path) -> str | Path:
    """For the folder of a run what carries its recipe; all else as it is."""
    folder = Path(preset)
    if not str(preset).strip() or not _is_folder(folder):
        return preset
    # Where the picture keeps its recipe to itself, there is only the preset.
    for name in (metadata.FILE, "preset.yaml", PICTURE):
        if (folder / name).is_file():
            return folder / name
    if (folder / RUN_FILE).is_file():
        raise InputError(f"{folder}: is a run that is not finished; go on with `artgen run --resume {folder}`")
    raise InputError(f"{folder}: is a folder, and none of a run; name a preset file in it, or the folder of a run")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # what to say of it is `find`'s affair
        return False


def _is_recipe(file: Path) -> bool:
    """Whether a JSON file holds a recipe, and no preset."""
    if file.suffix.lower() != ".json":
        return False
    try:
        data = json.loads(read_text(file, MAX_BYTES, "preset"))
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and "format" in data and ("preset" in data or "artgen" in data)


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


def parse_stages(
    given: Sequence[Mapping[str, Any]],
    size: tuple[int, int],
    overrides: Sequence[Override] = (),
    source: str = "finish",
) -> tuple[Spec, ...]:
    """Finishing stages alone, as plain data, checked as a preset's are.

    Args:
        given: a mapping each, such as ``{"type": "upscale", "scale": 4}``.
        size: height and width in pixels of the picture that they are for.
        overrides: changes, each of whose paths begins with the stage's place: ``finish[0].scale=2``.
        source: what messages call it.

    Raises:
        PresetError: with every mistake.
    """
    return StageChecker().stages(given, overrides, size, source)
