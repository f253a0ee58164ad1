"""Stop anywhere, resume exactly: what a run's folder keeps until the run is finished.

``run.json`` says what is run. A checkpoint holds a `Run` between two steps and what the folder remembers of the
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
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from artgen.engine.interval import CheckpointInterval
from artgen.engine.loop import Run
from artgen.engine.provenance import describe
from artgen.engine.stopped_run import FORMAT
from artgen.errors import InputError
from artgen.fields.paths import NOTE
from artgen.files import atomic_path, write_text
from artgen.recipe.model import differences
from artgen.reporters.folder import RunFolder

KEEP = 2
"""How many checkpoints are kept: a damaged one costs the steps since the one before."""

# What `atomic_path` had begun to write when the run was killed; nobody else's hidden files.
_LEFTOVER = re.compile(r"\.(image|progress|losses|preset|recipe|run|checkpoint-\d+|seed-\d+)-\w{8}\.(png|json|yaml|pt)")


class Checkpoints:
    """Keeps the checkpoints of one run in its folder."""

    def __init__(self, folder: Path, interval: CheckpointInterval, note: Callable[[str], None]) -> None:
        self.folder, self.interval, self.note = folder, interval, note
        self.saved_at = time.monotonic()

    def begin(self, run: Run) -> None:
        """Write down what is run, so that it can be resumed even before the first checkpoint."""
        _sweep(self.folder)
        self.clear()  # what an earlier run left here is not this one's
        # Unlike a recipe's, this preset has its reporters: it is the user's own run that goes on.
        own = {"format": FORMAT, "preset": run.parts.preset.resolved(), "folder": str(Path.cwd())}
        text = json.dumps({**describe(run.parts), **own}, indent=2, ensure_ascii=False)
        write_text(self.folder / NOTE, text)

    def after_step(self, run: Run, writer: RunFolder) -> None:
        """Write a checkpoint if one is due. A disk that is full costs a line, not the run."""
        if not self._is_due(run.steps_done):
            return
        try:
            self._save(run, writer)
        except InputError as error:
            self.note(f"no checkpoint: {error}")
        self.saved_at = time.monotonic()

    def _is_due(self, steps_done: int) -> bool:
        if self.interval.steps is not None:
            return steps_done % self.interval.steps == 0
        return self.interval.seconds is not None and time.monotonic() - self.saved_at >= self.interval.seconds

    def _save(self, run: Run, writer: RunFolder) -> None:
        # "course" is what format 1 calls a run's state.
        state = {"format": FORMAT, "course": run.state_dict(), **writer.state_dict()}
        buffer = io.BytesIO()  # torch's own writer of files hides why it could not
        torch.save(state, buffer)
        with atomic_path(self.folder / f"checkpoint-{run.steps_done:07}.pt") as temporary:
            temporary.write_bytes(buffer.getbuffer())
        for old in self._files()[:-KEEP]:
            old.unlink(missing_ok=True)

    def restore(self, stopped: Mapping[str, Any], run: Run, writer: RunFolder) -> None:
        """Take the newest checkpoint that can be read and fits; without one the run begins anew.

        What has changed since the run began, and may reach the picture, such as torch, is noted.

        Raises:
            InputError: if a file that the preset names, or a weight file, is not what it was.
        """
        _same_files(stopped, run)
        for difference in differences(stopped, describe(run.parts)):
            self.note(f"{difference}; the picture may not be the one that the run would have made undisturbed")
        _sweep(self.folder)
        fresh = copy.deepcopy(run.state_dict())
        for path in reversed(self._files()):
            try:
                state = torch.load(path, map_location=run.parts.device, weights_only=True)
                run.load_state_dict(state["course"])
                writer.load_state_dict(state)
            except Exception as error:  # a damaged file may raise anything
                run.load_state_dict(fresh)  # it may have been taken in half
                self.note(f"{path}: cannot be read ({type(error).__name__}); trying the one before")
                continue
            self.note(f"goes on after step {run.steps_done} of {run.parts.generator.steps}")
            return

    def clear(self) -> None:
        """The run is done and its files are written: what was kept for it goes."""
        for path in (*self._files(), self.folder / NOTE):
            with contextlib.suppress(OSError):
                path.unlink()

    def _files(self) -> list[Path]:
        """Oldest first."""
        return sorted(self.folder.glob("checkpoint-*.pt"))


def _same_files(stopped: Mapping[str, Any], run: Run) -> None:
    known = {**stopped.get("inputs", {}), **stopped.get("weights", {})}
    for name, digest in {**run.parts.inputs, **run.parts.weights}.items():
        if known.get(name, digest) != digest:
            raise InputError(f"{name}: has changed since the run began; put the old one back, or run it anew")


def _sweep(folder: Path) -> None:
    """Take away what a run that was killed here had only half written."""
    for path in folder.rglob(".*"):
        if _LEFTOVER.fullmatch(path.name):
            path.unlink(missing_ok=True)
