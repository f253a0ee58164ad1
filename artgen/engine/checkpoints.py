"""Stop anywhere, resume exactly: what a run's folder keeps until the run is finished.

``run.json`` says what is run. A checkpoint holds a `Course` between two steps and what the folder remembers of the
steps before. Because every random number has its own keyed stream, a run that goes on from one ends in the same
bytes as one that was never stopped.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from artgen.engine import provenance
from artgen.engine.loop import Course
from artgen.errors import InputError
from artgen.files import atomic_path, write_text
from artgen.preset.model import Preset
from artgen.recipe import model as recipe
from artgen.reporters.folder import NOTE, RunFolder

FORMAT = 1
KEEP = 2
"""How many checkpoints are kept: a damaged one costs the steps since the one before."""

# What `atomic_path` had begun to write when the run was killed; nobody else's hidden files.
_LEFTOVER = re.compile(r"\.(image|progress|losses|preset|recipe|run|checkpoint-\d+|seed-\d+)-\w{8}\.(png|json|yaml|pt)")


@dataclass(frozen=True)
class CheckpointInterval:
    """How often a checkpoint is written: after so many steps, or when so many seconds have passed."""

    steps: int | None = None
    seconds: float | None = 30.0

    @classmethod
    def parse(cls, text: str) -> CheckpointInterval:
        """``50`` steps, ``30s`` seconds, or ``off``; InputError for anything else."""
        if text == "off":
            return cls(None, None)
        match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)(s?)", text)
        if not match or float(match[1]) <= 0 or not (match[2] or match[1].isdigit()):
            raise InputError(
                f"--checkpoint {text}: expected a number of steps such as 50, of seconds such as 30s, or off"
            )
        return cls(seconds=float(match[1])) if match[2] else cls(int(match[1]), None)


class Checkpoints:
    """Keeps the checkpoints of one run in its folder."""

    def __init__(self, folder: Path, every: CheckpointInterval, note: Callable[[str], None]) -> None:
        self.folder, self.every, self.note = folder, every, note
        self.saved_at = time.monotonic()

    def begin(self, course: Course) -> None:
        """Write down what is run, so that it can be resumed even before the first checkpoint."""
        _sweep(self.folder)
        self.finish()  # what an earlier run left here is not this one's
        made = provenance.make(course.stage, 0, 0)
        # Unlike a recipe's, this preset has its reporters: it is the user's own run that goes on.
        run = {**made, "format": FORMAT, "preset": course.stage.preset.resolved(), "folder": str(Path.cwd())}
        write_text(self.folder / NOTE, json.dumps(run, indent=2, ensure_ascii=False))

    def after_step(self, course: Course, writer: RunFolder) -> None:
        """Write a checkpoint if one is due. A disk that is full costs a line, not the run."""
        if not self._is_due(course.steps_done):
            return
        try:
            self._save(course, writer)
        except InputError as error:
            self.note(f"no checkpoint: {error}")
        self.saved_at = time.monotonic()

    def _is_due(self, steps_done: int) -> bool:
        if self.every.steps is not None:
            return steps_done % self.every.steps == 0
        return self.every.seconds is not None and time.monotonic() - self.saved_at >= self.every.seconds

    def _save(self, course: Course, writer: RunFolder) -> None:
        state = {"format": FORMAT, "course": course.state_dict(), "frames": writer.frames}
        buffer = io.BytesIO()  # torch's own writer of files hides why it could not
        torch.save(state, buffer)
        with atomic_path(self.folder / f"checkpoint-{course.steps_done:07}.pt") as temporary:
            temporary.write_bytes(buffer.getbuffer())
        for old in _checkpoints(self.folder)[:-KEEP]:
            old.unlink(missing_ok=True)

    def finish(self) -> None:
        """The run is done and its files are written: what was kept for it goes."""
        for path in (*_checkpoints(self.folder), self.folder / NOTE):
            with contextlib.suppress(OSError):
                path.unlink()


def unfinished(folder: Path) -> dict[str, Any] | None:
    """What ``run.json`` says of a run that was stopped; None if it is finished.

    Raises:
        InputError: if there is no run in `folder`, or its note cannot be read.
    """
    try:
        run = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        from artgen.fields.paths import PICTURE

        if (folder / PICTURE).is_file():
            return None
        raise InputError(f"{folder}: there is no run here that could be resumed") from None
    except (OSError, ValueError):
        run = {}
    if not isinstance(run, dict) or run.get("format") != FORMAT or not isinstance(run.get("preset"), dict):
        raise InputError(f"{folder / NOTE}: is damaged; run {folder}/preset.yaml or the preset anew")
    return run


def resume(run: dict[str, Any], folder: Path, course: Course, writer: RunFolder, note: Callable[[str], None]) -> None:
    """Take the newest checkpoint that can be read and fits; without one the run begins anew.

    What has changed since the run began, and may reach the picture, such as torch, is noted.

    Raises:
        InputError: if a file that the preset names, or a weight file, is not what it was.
    """
    _same_files(run, course)
    for cause in recipe.differences(run, provenance.make(course.stage, 0, 0)):
        note(f"{cause}; the picture may not be the one that the run would have made undisturbed")
    _sweep(folder)
    fresh = copy.deepcopy(course.state_dict())
    for path in reversed(_checkpoints(folder)):
        try:
            state = torch.load(path, map_location=course.stage.device, weights_only=True)
            course.load_state_dict(state["course"])
            writer.frames = [frame.cpu() for frame in state["frames"]]
        except Exception as error:  # a damaged file may raise anything
            course.load_state_dict(fresh)  # it may have been taken in half
            note(f"{path}: cannot be read ({type(error).__name__}); trying the one before")
            continue
        note(f"goes on after step {course.steps_done} of {course.stage.generator.steps}")
        return


def _same_files(run: dict[str, Any], course: Course) -> None:
    known = {**run.get("inputs", {}), **run.get("weights", {})}
    for name, digest in {**course.stage.inputs, **course.stage.weights}.items():
        if known.get(name, digest) != digest:
            raise InputError(f"{name}: has changed since the run began; put the old one back, or run it anew")


def _sweep(folder: Path) -> None:
    """Take away what a run that was killed here had only half written."""
    for path in folder.rglob(".*"):
        if _LEFTOVER.fullmatch(path.name):
            path.unlink(missing_ok=True)


def _checkpoints(folder: Path) -> list[Path]:
    """Oldest first."""
    return sorted(folder.glob("checkpoint-*.pt"))


def preset_of(run: dict[str, Any]) -> Preset:
    """The preset of a run; its files are found from wherever it is resumed."""
    from artgen.preset.checking import Checker

    home = Path(run["folder"])
    folder = Path() if home == Path.cwd() else home
    return Checker().parse(run["preset"], (), NOTE, folder)
