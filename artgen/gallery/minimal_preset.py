"""A recipe's preset as an artist would have written it: without what goes without saying."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from artgen.compare.replay_plan import plan
from artgen.errors import InputError
from artgen.fields.paths import confined
from artgen.preset.brief import brief
from artgen.recipe.inputs import FOLDER, find, replaced

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
            data = brief(preset)
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
