"""What a folder says of a run that was stopped there, in ``run.json``. Needs no torch: mistakes cost no seconds."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from artgen.errors import InputError
from artgen.fields.paths import PICTURE, RUN_FILE
from artgen.files import MissingFile, read_text
from artgen.preset.checking import Checker
from artgen.preset.model import Preset
from artgen.recipe.model import ShortText, Versions

FORMAT = 2
"""Of ``run.json`` and of checkpoints. In format 1 checkpoints had no sha256."""
MAX_BYTES = 1 << 24

Texts = Annotated[dict[ShortText, ShortText], Field(max_length=65536)]


class StoppedRun(BaseModel):
    """The form of ``run.json``: anybody may have written it. Keys of later versions are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    format: Annotated[int, Field(ge=1, le=FORMAT)]
    artgen: ShortText
    """The version of artgen."""
    preset: dict[str, Any]
    """The resolved preset, its reporters too: it is the user's own run that goes on."""
    folder: ShortText
    """Where the run was begun: relative paths in the preset start there."""
    export: Annotated[list[ShortText], Field(max_length=64)] = []
    """The other forms of its pictures that are wanted."""
    threads: Annotated[int, Field(ge=1, le=4096)]
    device: ShortText
    plugins: Versions = {}
    libraries: Versions = {}
    weights: Texts = {}
    inputs: Texts = {}
    hardware: ShortText = ""
    rounding: ShortText = ""
    system: ShortText = ""
    flags: Annotated[dict[ShortText, bool | ShortText], Field(max_length=64)] = {}


def unfinished(folder: Path) -> dict[str, Any] | None:
    """What ``run.json`` says of a run that was stopped; None if it is finished.

    Raises:
        InputError: if there is no run in `folder`, or what it says of itself cannot be read.
    """
    file = folder / RUN_FILE
    try:
        return read(read_text(file, MAX_BYTES, "record of a run"))
    except MissingFile:
        if (folder / PICTURE).is_file():
            return None
        raise InputError(f"{folder}: there is no run here that could be resumed") from None
    except ValueError as error:
        anew = f"run {shlex.quote(f'{folder}/preset.yaml')} or the preset anew"
        raise InputError(f"{file}: is damaged ({error}); {anew}") from None


def read(text: str) -> dict[str, Any]:
    """What the text of ``run.json`` says. ValueError, in one line, if it is none."""
    try:
        return StoppedRun.model_validate(json.loads(text)).model_dump()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))[:80]
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from None
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None


def preset_of(stopped: Mapping[str, Any]) -> Preset:
    """The preset of a run; its files are found from wherever it is resumed."""
    home = Path(stopped["folder"])
    folder = Path() if home == Path.cwd() else home
    return Checker().parse(stopped["preset"], (), RUN_FILE, folder, written_down=True)


def kept(folder: Path) -> list[Path]:
    """The checkpoints in a folder, oldest first."""
    return sorted(folder.glob("checkpoint-*.pt"))


def newest_step(folder: Path) -> int | None:
    """How many steps the newest checkpoint in a folder is of; None if there is none."""
    names = [path.stem.rpartition("-")[2] for path in kept(folder)]
    return int(names[-1]) if names and names[-1].isdecimal() else None


def continuation(folder: Path) -> str:
    """Where a run that was stopped in `folder` would go on: the end of a message."""
    if not (folder / RUN_FILE).is_file():
        return "nothing is left to go on from"
    step = newest_step(folder)
    where = "begins anew" if step is None else f"goes on after step {step}"
    return f"`artgen run --resume {shlex.quote(str(folder))}` {where}"
