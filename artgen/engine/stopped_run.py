"""What a folder says of a run that was stopped there, in ``run.json``. Needs no torch: mistakes cost no seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgen.errors import InputError
from artgen.fields.paths import NOTE, PICTURE
from artgen.preset.checking import Checker
from artgen.preset.model import Preset

FORMAT = 1
"""Of ``run.json`` and of checkpoints."""


def unfinished(folder: Path) -> dict[str, Any] | None:
    """What ``run.json`` says of a run that was stopped; None if it is finished.

    Raises:
        InputError: if there is no run in `folder`, or its note cannot be read.
    """
    try:
        run = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        if (folder / PICTURE).is_file():
            return None
        raise InputError(f"{folder}: there is no run here that could be resumed") from None
    except (OSError, ValueError):
        run = {}
    if not isinstance(run, dict) or run.get("format") != FORMAT or not isinstance(run.get("preset"), dict):
        raise InputError(f"{folder / NOTE}: is damaged; run {folder}/preset.yaml or the preset anew")
    return run


def preset_of(stopped: Mapping[str, Any]) -> Preset:
    """The preset of a run; its files are found from wherever it is resumed."""
    home = Path(stopped["folder"])
    folder = Path() if home == Path.cwd() else home
    return Checker().parse(stopped["preset"], (), NOTE, folder, written_down=True)
