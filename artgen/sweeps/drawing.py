"""One cell of a sweep, drawn: what every engine does, in whatever process and on whatever machine."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgen.errors import ArtgenError, one_line
from artgen.fields.paths import PICTURE, RUN_FILE
from artgen.sweeps import record
from artgen.sweeps.early import Bar, EarlyStop, early_loss
from artgen.sweeps.record import CellOutcome

if TYPE_CHECKING:
    from artgen.api import Result


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
    bar: Bar | None = None
    """What its loss may be early on, so that it is drawn to its end; None: it is not looked at."""


@dataclass(frozen=True)
class DrawnCell:
    """What came of a job."""

    name: str
    state: str
    """finished, failed, pruned or stopped."""
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
            told = (_drawn if job.first_steps is None else _shared)(job, place, notes.append)
    except ArtgenError as error:
        told = CellOutcome(reason=one_line(error, 1000))
    except Exception as error:  # a plugin's
        told = CellOutcome(reason=one_line(error, 1000, kind=True))
    if told is None:
        return DrawnCell(job.name, "stopped", CellOutcome(), tuple(notes))
    told = told.model_copy(update={"seconds": round(time.monotonic() - begun, 3)})
    if job.first_steps is not None:
        return DrawnCell(job.name, "failed" if told.reason else "finished", told, tuple(notes))
    try:
        record.write_outcome(place, told)
    except ArtgenError as error:
        told = told.model_copy(update={"reason": told.reason or str(error), "pruned": False})
    state = "pruned" if told.pruned else "finished" if told.reason is None else "failed"
    return DrawnCell(job.name, state, told, tuple(notes))


def _drawn(job: Job, place: Path, note: Callable[[str], None]) -> CellOutcome | None:
    """What came of it; None if it was stopped."""
    goes_on = (place / RUN_FILE).is_file()
    if not goes_on and (place / PICTURE).is_file() and record.outcome(place).reason is None:
        return record.outcome(place)  # whoever drew it was killed before it could say so
    if not goes_on and record.outcome(place).reason is not None:
        _clear(place)
    if job.preset.get("film"):
        from artgen.films.making import film, resume_film

        made = resume_film(place, note=note) if goes_on else film(job.preset, out=place, note=note)
        return None if made.interrupted else CellOutcome(reason=made.failure)
    return _picture(job, place, note, goes_on)


def _picture(job: Job, place: Path, note: Callable[[str], None], goes_on: bool) -> CellOutcome | None:
    """The same of a preset that is no film."""
    from artgen.engine.run import resume

    watch = EarlyStop(job.bar) if job.bar else None

    def go_on(on_step: EarlyStop | None) -> Result:
        return resume(place, checkpoint=job.checkpoint, on_step=on_step, note=note, show=False)

    result = go_on(watch) if goes_on else _begun(job, place, watch, note)
    early = early_loss(result.losses.get("total", ()), watch.steps) if watch else None
    if watch and watch.has_stopped:
        if not watch.is_good(early):
            return CellOutcome(early=early, pruned=True, reason=watch.reason(early, result.steps_done))
        result = go_on(None)
    if result.interrupted:
        return None
    scores = {name: rows[result.best] for name, rows in result.judge_scores.items()}
    return CellOutcome(loss=result.scores[result.best], reason=result.failure, scores=scores, early=early)


def _begun(job: Job, place: Path, watch: EarlyStop | None, note: Callable[[str], None]) -> Result:
    """Begin a cell where the steps end that it shares with others, if there are such."""
    from artgen.engine.branching import CannotBranch, branch
    from artgen.engine.run import run

    how: dict[str, Any] = {"out": place, "checkpoint": job.checkpoint, "on_step": watch, "note": note, "show": False}
    if job.begins:
        try:
            return branch(job.begins, job.preset, **how)
        except CannotBranch as error:
            note(f"{error}; begins with the first step")
    return run(job.preset, **how)


def _shared(job: Job, place: Path, note: Callable[[str], None]) -> CellOutcome | None:
    """The first steps of several cells; None if they were stopped."""
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
        return None
    return CellOutcome()


def _clear(place: Path) -> None:
    """Take away what a cell that failed has left, which begins anew."""
    shutil.rmtree(place, ignore_errors=True)
