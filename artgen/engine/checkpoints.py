"""Stop anywhere, resume exactly: what a run's folder keeps until the run is finished.

``run.json`` says what is run. A checkpoint holds a `Run` between two steps and what the folder remembers of the
steps before. Because every random number has its own keyed stream, a run that goes on from one ends in the same
bytes as one that was never stopped.
"""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from artgen.engine import checkpoint_file, stopped_run
from artgen.engine.interval import CheckpointInterval
from artgen.engine.loop import Run
from artgen.engine.provenance import describe
from artgen.errors import InputError, one_line
from artgen.fields.paths import RUN_FILE, TRACEBACK
from artgen.files import TakenFile, atomic_path, remove, write_text
from artgen.recipe.model import differences
from artgen.registry.fence import ComponentError, fenced, listening, show_traceback
from artgen.reporters.folder import RunFolder

KEEP = 2
"""How many checkpoints are kept: a damaged one costs the steps since the one before."""

# What `atomic_path` had begun to write when the run was killed; nobody else's hidden files.
_LEFTOVER = re.compile(
    r"\.(image|drawing|preview|sheet|progress|losses|outputs|preset|recipe|run|traceback|checkpoint-\d+|seed-\d+"
    r"|seed-\d+-drawing|film|timelapse)-\w{8}\.\w{1,16}"
)


class Checkpoints:
    """Keeps the checkpoints of one run in its folder, which is this process's own meanwhile."""

    def __init__(
        self, folder: Path, interval: CheckpointInterval, note: Callable[[str], None], export: Sequence[str] = ()
    ) -> None:
        self.folder, self.interval, self.note, self.export = folder, interval, note, export
        self.saved_at, self.saved_steps = time.monotonic(), -1
        self.text = self.owner = ""
        """What ``run.json`` says, and the run's identity; empty before the run has begun."""

    def begin(self, run: Run) -> None:
        """Write down what is run, so that it can be resumed even before the first checkpoint.

        Raises:
            InputError: if another run has begun here meanwhile, or nothing can be written.
        """
        _sweep(self.folder)
        self._clear()  # what an earlier run left here is not this one's
        remove(self.folder / TRACEBACK)
        text = self._record(run)
        try:
            write_text(self.folder / RUN_FILE, text, new=True)
        except TakenFile:  # where the file system knows no locks
            raise InputError(f"{self.folder}: another run has begun here; choose another --out") from None
        self.text, self.owner = text, checkpoint_file.identity(stopped_run.read(text))

    def change(self, run: Run, writer: RunFolder) -> None:
        """Write down that the run goes on by another preset, which has drawn the same so far.

        The checkpoint comes first: killed between the two, the run goes on as it was before.

        Raises:
            InputError: if nothing can be written; then all is as it was.
        """
        text, before = self._record(run), self.owner
        self.owner = checkpoint_file.identity(stopped_run.read(text))
        try:
            self.write(run, writer)
            write_text(self.folder / RUN_FILE, text)
        except (InputError, ComponentError):
            self.owner = before
            raise
        self.text = text

    def _record(self, run: Run) -> str:
        """What ``run.json`` says of a run."""
        # Unlike a recipe's, this preset has its reporters: it is the user's own run that goes on.
        own = {"format": stopped_run.FORMAT, "preset": run.parts.preset.resolved(), "folder": str(Path.cwd())}
        if self.export:
            own["export"] = list(self.export)
        return json.dumps({**describe(run.parts), **own}, indent=2, ensure_ascii=False)

    @property
    def any_saved(self) -> bool:
        """Whether this process has written a checkpoint."""
        return self.saved_steps >= 0

    def after_step(self, run: Run, writer: RunFolder) -> None:
        """Write a checkpoint if one is due."""
        if self._is_due(run.steps_done):
            self.save(run, writer)

    def at_stop(self, run: Run, writer: RunFolder) -> None:
        """Write a checkpoint, unless there shall be none, because the run is left between two steps."""
        if self.interval != CheckpointInterval(None, None) and self.saved_steps != run.steps_done:
            self.save(run, writer)

    def _is_due(self, steps_done: int) -> bool:
        if self.interval.steps is not None:
            return steps_done % self.interval.steps == 0
        return self.interval.seconds is not None and time.monotonic() - self.saved_at >= self.interval.seconds

    def save(self, run: Run, writer: RunFolder) -> None:
        """Write a checkpoint. A disk that is full, or a part whose state cannot be kept, costs a line, not the run."""
        try:
            with listening():
                self.write(run, writer)
        except (InputError, ComponentError) as error:
            self.note(f"no checkpoint: {error}")
            show_traceback(error)
        self.saved_at = time.monotonic()

    def write(self, run: Run, writer: RunFolder) -> None:
        """The same; InputError or ComponentError where it cannot be."""
        self.keep_home()
        # "course" is what format 1 calls a run's state.
        state = {"format": stopped_run.FORMAT, "course": run.state_dict(), **writer.state_dict()}
        with fenced(run.parts.generator_title):  # all else in there is artgen's own
            parts = checkpoint_file.packed(state, self.owner, verify=not self.any_saved)
        target = self.folder / f"checkpoint-{run.steps_done:07}.pt"
        with atomic_path(target) as temporary, temporary.open("wb") as file:
            file.writelines(parts)
        self.saved_steps = run.steps_done
        for old in stopped_run.kept(self.folder)[:-KEEP]:
            remove(old)

    def keep_home(self) -> None:
        """Make sure that the folder is still this run's. One that was taken away is made again.

        Raises:
            InputError: if something else is there now.
        """
        file = self.folder / RUN_FILE
        try:
            here = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            write_text(file, self.text, new=True)
            return
        except OSError as error:
            raise InputError(f"{self.folder}: is no longer this run's folder ({error.strerror})") from None
        except UnicodeDecodeError:
            here = ""
        if here != self.text:
            raise InputError(f"{self.folder}: is another run's folder by now")

    def restore(self, stopped: Mapping[str, Any], run: Run, writer: RunFolder) -> None:
        """Take the newest checkpoint that is whole and this run's; without one the run begins anew.

        What has changed since the run began, and may reach the picture, such as torch, is noted.

        Raises:
            InputError: if a file that the preset names, or a weight file, is not what it was.
        """
        same_files(stopped, run)
        self.text, self.owner = (self.folder / RUN_FILE).read_text(encoding="utf-8"), checkpoint_file.identity(stopped)
        for difference in differences(stopped, describe(run.parts)):
            self.note(f"{difference}; the picture may not be the one that the run would have made undisturbed")
        _sweep(self.folder)
        remove(self.folder / TRACEBACK)
        steps = run.parts.generator.steps
        if any(self._take(path, stopped, run, writer) for path in reversed(stopped_run.kept(self.folder))):
            self.note(f"goes on after step {run.steps_done} of {steps}")
        else:
            self.note(f"{self.folder}: there is no checkpoint to go on from; begins anew")

    def _take(self, path: Path, stopped: Mapping[str, Any], run: Run, writer: RunFolder) -> bool:
        """Take a checkpoint, whole or not at all; whether it was taken."""
        try:
            state = checkpoint_file.read(path, self.owner, run.parts.device, unverified=stopped["format"] == 1)
            take(state, run, writer)
        except InputError as error:
            self.note(f"{path}: {error}; trying the one before")
            return False
        if state.get("format") == 1:
            self.note(f"{path}: was written by an older artgen, and cannot be verified")
        return True

    def keep_traceback(self, text: str) -> Path | None:
        """Write it to the folder, so that a run leaves more than a line of it; where to, if there is any."""
        if not text:
            return None
        try:
            write_text(self.folder / TRACEBACK, text)
        except InputError:  # of a full disk the run itself has told
            return None
        return self.folder / TRACEBACK

    def clear(self) -> None:
        """The run is done and its files are written, or it never drew: what was kept for it goes."""
        if self.text:  # else what is here is an earlier run's, which this one was to replace and never did
            self._clear()

    def _clear(self) -> None:
        for path in (*stopped_run.kept(self.folder), self.folder / RUN_FILE):
            remove(path)


def take(state: Mapping[str, Any], run: Run, writer: RunFolder) -> None:
    """Go on from what a checkpoint holds. InputError, with nothing changed, if it does not fit."""
    fresh = copy.deepcopy(run.state_dict())
    try:
        with listening():
            run.load_state_dict(state["course"])
        writer.load_state_dict(state)
    except Exception as error:  # whatever a part says to a state that is not its own
        run.load_state_dict(fresh)  # it may have been taken in half
        reason = error if isinstance(error, ComponentError) else one_line(error, kind=True)
        raise InputError(f"does not fit ({reason})") from None


def same_files(stopped: Mapping[str, Any], run: Run) -> None:
    """InputError if a file that a preset names, or a weight file, is not what it was when a run began."""
    known = {**stopped.get("inputs", {}), **stopped.get("weights", {})}
    for name, digest in {**run.parts.inputs, **run.parts.weights}.items():
        if known.get(name, digest) != digest:
            raise InputError(f"{name}: has changed since the run began; put the old one back, or run it anew")


def _sweep(folder: Path) -> None:
    """Take away what a run that was killed here had only half written."""
    for path in folder.rglob(".*"):
        if _LEFTOVER.fullmatch(path.name):
            path.unlink(missing_ok=True)
