"""How far a run is, in ``progress.json``, so that whoever looks at its folder can tell; from another machine, too.

It is there while the run goes on, and stays where the run was stopped or has failed. A finished run has none.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from artgen.errors import InputError, shown
from artgen.files import read_text, remove, write_text
from artgen.recipe.model import ShortText
from artgen.reporters import curves
from artgen.results import StepEvent

FILE = "progress.json"
SECONDS = 2
"""How often it is written, at most."""
MAX_BYTES = 1 << 20
LONGEST = 1000
"""Characters of a note."""
NOTES = 50
"""So many notes are kept, the newest."""

Point = tuple[int, float]
Count = Annotated[int, Field(ge=0, lt=2**53)]


class RunProgress(BaseModel):
    """The form of ``progress.json``; anybody may have written it. Keys of later versions are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    step: Count = 0
    """How many steps are done."""
    steps: Count = 0
    """How many there are."""
    frame: Count | None = None
    """Of a film, how many frames are done; the steps are those of the next one."""
    frames: Count | None = None
    begun_at: Count = 0
    """The step, or of a film the frame, from which `seconds` are counted: where the run went on."""
    seconds: Annotated[float, Field(ge=0)] = 0
    """Since the first step began, or since the run went on."""
    losses: Annotated[dict[ShortText, list[Point]], Field(max_length=256)] = {}
    """As `artgen.reporters.curves` thins them."""
    stage: ShortText | None = None
    """What finishes the pictures just now."""
    notes: Annotated[list[ShortText], Field(max_length=NOTES)] = []
    """What the run has told, a line each."""
    stopped: bool = False
    """Whether somebody has stopped it."""
    failure: ShortText | None = None
    """Why it has failed, in one line."""

    @property
    def left(self) -> float | None:
        """How many seconds are left, by those that it took; None while that is not known."""
        if self.frames is None:
            done, all_there_is = float(self.step), float(self.steps)
        else:
            done = (self.frame or 0) + (self.step / self.steps if self.steps else 0)
            all_there_is = float(self.frames)
        taken = done - self.begun_at
        return self.seconds / taken * max(0.0, all_there_is - done) if taken > 0 else None


def read(folder: Path) -> RunProgress | None:
    """How far the run in a folder is; None where the folder does not say, or nothing that can be read."""
    try:
        return parse(read_text(folder / FILE, MAX_BYTES, "record of progress"))
    except InputError:
        return None


def parse(text: str) -> RunProgress | None:
    """What the text of ``progress.json`` says; None if it is none."""
    try:
        return RunProgress.model_validate(json.loads(text))
    except (ValidationError, ValueError, RecursionError):
        return None


class ProgressFile:
    """Writes how far a run is to its folder, now and then. Where that cannot be, the run goes on without."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.losses: curves.Curves = {}
        self.notes: list[str] = []
        self._told = RunProgress()
        self._is_ours = False
        """Whether what is there is this run's."""
        self._next = -math.inf
        """When it is written again."""

    def noting(self, note: Callable[[str], None]) -> Callable[[str], None]:
        """What takes down each line that it is told, once, and hands it on to `note`."""

        def tell(line: str) -> None:
            text = shown(line, LONGEST)
            if text not in self.notes:
                self.notes = [*self.notes, text][-NOTES:]
            note(line)

        return tell

    def begin(self, steps: int, begun_at: int = 0) -> None:
        """The run is built, and draws."""
        self._told = RunProgress(steps=steps, step=begun_at, begun_at=begun_at)
        self._write()

    def on_step(self, event: StepEvent) -> None:
        """A step of a picture is done."""
        for name, value in (*event.losses.items(), ("total", event.total)):
            curves.add(self.losses, name, [(event.step, value)])
        self._told = self._told.model_copy(
            update={"step": event.step + 1, "steps": event.steps, "seconds": event.seconds}
        )
        self._write_if_due()

    def on_frame(self, frame: int, frames: int, begun_at: int, step: int, steps: int, seconds: float) -> None:
        """A step of one of a film's frames is done."""
        self._told = RunProgress(step=step, steps=steps, frame=frame, frames=frames, begun_at=begun_at, seconds=seconds)
        self._write_if_due()

    def on_stage(self, title: str) -> None:
        """A finishing stage is at work."""
        if title != self._told.stage:
            self._told = self._told.model_copy(update={"stage": shown(title, LONGEST)})
            self._write()

    def end(self, stopped: bool, failure: str | None) -> None:
        """The run is over; if it is finished, nothing is left to tell."""
        if stopped or failure:
            reason = None if failure is None else shown(failure, LONGEST)
            self._told = self._told.model_copy(update={"stage": None, "stopped": stopped, "failure": reason})
            self._write()
        else:
            self.clear()

    def clear(self) -> None:
        if self._is_ours:
            remove(self.folder / FILE)

    def _write_if_due(self) -> None:
        if time.monotonic() >= self._next:
            self._write()

    def _write(self) -> None:
        told = {**self._told.model_dump(exclude_defaults=True), "losses": curves.thinned(self.losses)}
        told["notes"] = self.notes
        try:
            write_text(self.folder / FILE, json.dumps(_without_empty(told), ensure_ascii=True, allow_nan=False) + "\n")
            self._next, self._is_ours = time.monotonic() + SECONDS, True
        except InputError:
            self._next = math.inf


def _without_empty(told: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in told.items() if value not in ({}, [])}
