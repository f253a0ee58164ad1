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
            told, interrupted = _drawn(job, place, notes.append)
    except ArtgenError as error:
        told, interrupted = CellOutcome(reason=one_line(error, 1000)), False
    except Exception as error:  # a plugin's
        told, interrupted = CellOutcome(reason=one_line(error, 1000, kind=True)), False
    if interrupted:
        return DrawnCell(job.name, "stopped", CellOutcome(), tuple(notes))
    told = told.model_copy(update={"seconds": round(time.monotonic() - begun, 3)})
    try:
        record.write_outcome(place, told)
    except ArtgenError as error:
        told = told.model_copy(update={"reason": told.reason or str(error)})
    return DrawnCell(job.name, "finished" if told.reason is None else "failed", told, tuple(notes))


def _drawn(job: Job, place: Path, note: Callable[[str], None]) -> tuple[CellOutcome, bool]:
    """How it ended, and whether it was stopped."""
    goes_on = (place / RUN_FILE).is_file()
    if not goes_on and record.outcome(place).reason is not None:
        _clear(place)
    if job.preset.get("film"):
        from artgen.films.making import film, resume_film

        made = resume_film(place, note=note) if goes_on else film(job.preset, out=place, note=note)
        return CellOutcome(reason=made.failure), made.interrupted
    from artgen.engine.run import resume, run

    if goes_on:
        result = resume(place, checkpoint=job.checkpoint, note=note, show=False)
    else:
        result = run(job.preset, out=place, checkpoint=job.checkpoint, note=note, show=False)
    scores = {name: rows[result.best] for name, rows in result.judge_scores.items()}
    return CellOutcome(loss=result.scores[result.best], reason=result.failure, scores=scores), result.interrupted


def _clear(place: Path) -> None:
    """Take away what a cell that failed has left, which begins anew."""
    shutil.rmtree(place, ignore_errors=True)
