"""One cell of a sweep, drawn: what every engine does, in whatever process and on whatever machine."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artgen.errors import ArtgenError, one_line
from artgen.fields.paths import RUN_FILE
from artgen.sweeps import record
from artgen.sweeps.record import CellOutcome


@dataclass(frozen=True)
class Job:
    """A cell that is to be drawn, as plain data that any process can be sent."""

    name: str
    preset: Mapping[str, Any]
    """Resolved, with its seed."""
    folder: str
    """Where its files belong."""
    threads: int
    checkpoint: str = "30s"
    work: float = 1
    """How much there is to do, in any unit."""
    inputs: tuple[str, ...] = ()
    """The files that the preset names, as they stand there."""
    first_steps: int | None = None
    """Of no cell, but of the steps that several have in common: how many they are."""
    begins: str | None = None
    """The folder of the job whose steps are its first ones. Where that has come to nothing, it begins by itself."""


@dataclass(frozen=True)
class DrawnCell:
    """What came of a job."""

    name: str
    state: str
    """finished, failed or stopped."""
    outcome: CellOutcome
    notes: tuple[str, ...] = ()
    """What the run has told."""


def draw(job: Job) -> DrawnCell:
    """Draw a cell in its folder, or go on with it there. Whatever goes wrong is the cell's own affair, and is told."""
    from artgen.engine.determinism import threads

    begun = time.monotonic()
    notes: list[str] = []
    place = Path(job.folder)
    try:
        with threads(job.threads):
            loss, failure, interrupted = (_drawn if job.first_steps is None else _shared)(job, place, notes.append)
    except ArtgenError as error:
        loss, failure, interrupted = None, one_line(error, 1000), False
    except Exception as error:  # a plugin's
        loss, failure, interrupted = None, one_line(error, 1000, kind=True), False
    if interrupted:
        return DrawnCell(job.name, "stopped", CellOutcome(), tuple(notes))
    told = CellOutcome(loss=loss, seconds=round(time.monotonic() - begun, 3), reason=failure)
    if job.first_steps is not None:
        return DrawnCell(job.name, "failed" if failure else "finished", told, tuple(notes))
    try:
        record.write_outcome(place, told)
    except ArtgenError as error:
        told = told.model_copy(update={"reason": failure or str(error)})
    return DrawnCell(job.name, "finished" if told.reason is None else "failed", told, tuple(notes))


def _drawn(job: Job, place: Path, note: Callable[[str], None]) -> tuple[float | None, str | None, bool]:
    """The loss of the picture, why it failed, and whether it was stopped."""
    goes_on = (place / RUN_FILE).is_file()
    if not goes_on and record.outcome(place).reason is not None:
        _clear(place)
    if job.preset.get("film"):
        from artgen.films.making import film, resume_film

        made = resume_film(place, note=note) if goes_on else film(job.preset, out=place, note=note)
        return None, made.failure, made.interrupted
    from artgen.engine.branching import CannotBranch, branch
    from artgen.engine.run import resume, run

    if goes_on:
        result = resume(place, checkpoint=job.checkpoint, note=note, show=False)
        return result.scores[result.best], result.failure, result.interrupted
    how: dict[str, Any] = {"out": place, "checkpoint": job.checkpoint, "note": note, "show": False}
    try:
        result = branch(job.begins, job.preset, **how) if job.begins else run(job.preset, **how)
    except CannotBranch as error:
        note(f"{error}; begins with the first step")
        result = run(job.preset, **how)
    return result.scores[result.best], result.failure, result.interrupted


def _shared(job: Job, place: Path, note: Callable[[str], None]) -> tuple[None, None, bool]:
    """The first steps of several cells; as `_drawn`, without a loss, and with a failure raised."""
    from artgen.engine.branching import CannotBranch, draw_first

    assert job.first_steps is not None
    how: dict[str, Any] = {"out": place, "checkpoint": job.checkpoint, "note": note}
    try:
        try:
            draw_first(job.preset, job.first_steps, source=job.begins, **how)
        except CannotBranch as error:
            note(f"{error}; begins with the first step")
            draw_first(job.preset, job.first_steps, **how)
    except KeyboardInterrupt:
        return None, None, True
    return None, None, False


def _clear(place: Path) -> None:
    """Take away what a cell that failed has left, which begins anew."""
    shutil.rmtree(place, ignore_errors=True)
