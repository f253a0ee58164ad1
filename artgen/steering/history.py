"""What a steered run remembers in its folder: every touch, and moments to which one can go back."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from artgen.engine import checkpoint_file, stopped_run
from artgen.errors import InputError
from artgen.fields.paths import RUN_FILE
from artgen.files import MissingFile, read_text, write_text
from artgen.preset.checking import Checker
from artgen.preset.model import Preset
from artgen.steering.joining import changes, joined, of_steps

FILE = "steering.json"
FOLDER = "history"
"""The folder of the moments, each with a checkpoint and what ``run.json`` said then."""
MOMENTS = 24
"""How many are kept at most."""
MAX_BYTES = 64 << 20


@dataclass(frozen=True)
class Touch:
    """What was wanted from a step on."""

    step: int
    """The first step that is drawn by it, counted from 0; the first touch is how the run began."""
    preset: Preset


class _TouchRecord(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    step: Annotated[int, Field(ge=0, le=1_000_000)]
    preset: dict[str, Any]


class _HistoryRecord(BaseModel):
    """The form of ``steering.json``; anybody may have written it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Annotated[int, Field(ge=1, le=1)] = 1
    folder: str
    """Where relative paths in the presets start."""
    touches: Annotated[list[_TouchRecord], Field(min_length=1, max_length=100_000)]


def read(folder: Path) -> list[Touch]:
    """The touches of the run in a folder; none if it was never steered. InputError if what it says is damaged."""
    file = folder / FILE
    try:
        record = _HistoryRecord.model_validate_json(read_text(file, MAX_BYTES, "record of touches"))
    except MissingFile:
        return []
    except ValidationError as error:
        raise InputError(f"{file}: is damaged ({error.errors(include_url=False)[0]['msg']})") from None
    home = Path() if Path(record.folder) == Path.cwd() else Path(record.folder)
    return [
        Touch(one.step, Checker().parse(one.preset, (), str(file), home, written_down=True)) for one in record.touches
    ]


def write(folder: Path, touches: Sequence[Touch]) -> None:
    told = [_TouchRecord(step=one.step, preset=one.preset.resolved()) for one in touches]
    text = _HistoryRecord(folder=str(Path.cwd()), touches=told).model_dump_json()
    write_text(folder / FILE, text + "\n")


def fitting(touches: Sequence[Touch], drawn: Preset, steps: int) -> list[Touch]:
    """Those of the touches that have come into what is drawn: killed in between, a run does not know of the last."""
    found = list(touches)
    while found and drawn_by(found, steps) != drawn:
        found.pop()
    return found or [Touch(0, drawn)]


def drawn_by(touches: Sequence[Touch], steps: int) -> Preset:
    """The preset that draws what these touches have drawn."""
    preset = touches[0].preset
    for touch in touches[1:]:
        preset = joined(preset, touch.preset, touch.step, steps)
    return preset


def told(touches: Sequence[Touch]) -> list[dict[str, Any]]:
    """Each touch's step, and the paths of what it changed."""
    return [{"step": two.step, "what": changes(one.preset, two.preset)} for one, two in pairwise(touches)]


def too_late(touches: Sequence[Touch], steps_done: int) -> str:
    """The path of something that the last touch changed and that no step was drawn with; empty if there is none."""
    if len(touches) < 2 or touches[-1].step < steps_done:
        return ""
    return next(iter(of_steps(changes(touches[-2].preset, touches[-1].preset))), "")


def moments(folder: Path) -> list[int]:
    """The steps that one can go back to, in order."""
    names = (path.name for path in (folder / FOLDER).glob("*") if (path / RUN_FILE).is_file())
    return sorted(int(name) for name in names if name.isdecimal() and len(name) < 10)


def place(folder: Path, step: int) -> Path:
    """Where the moment of a step lies: in the form of a run's folder."""
    return folder / FOLDER / f"{step:07}"


def kept(folder: Path, step: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What ``run.json`` said at a moment, and the checkpoint, on the CPU; InputError if they cannot be read."""
    there = place(folder, step)
    record = stopped_run.read(read_text(there / RUN_FILE, stopped_run.MAX_BYTES, "record of a run"))
    owner, checkpoint = checkpoint_file.identity(record), stopped_run.kept(there)[-1]
    return record, checkpoint_file.read(checkpoint, owner, torch.device("cpu"))


def keep(folder: Path, step: int) -> None:
    """Keep the newest checkpoint of a run, which is of that step, as a moment."""
    there, checkpoint = place(folder, step), stopped_run.kept(folder)[-1]
    shutil.rmtree(there, ignore_errors=True)
    there.mkdir(parents=True)
    _link(checkpoint, there / checkpoint.name)
    # Last, so that a moment that has it is whole.
    _link(folder / RUN_FILE, there / RUN_FILE)
    kept = moments(folder)
    if len(kept) > MOMENTS:
        # The one whose neighbours are nearest to each other, and never the first or the last.
        middle = min(range(1, len(kept) - 1), key=lambda i: kept[i + 1] - kept[i - 1])
        shutil.rmtree(place(folder, kept[middle]), ignore_errors=True)


def _link(source: Path, target: Path) -> None:
    """The same file under another name: both are only ever replaced whole."""
    with contextlib.suppress(OSError):
        os.link(source, target)
        return
    shutil.copyfile(source, target)
