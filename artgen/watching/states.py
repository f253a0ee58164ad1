"""How a run stands, by what its files say and how long they have said nothing new."""

from __future__ import annotations

from typing import Literal

from artgen.engine.ownership import LOCK
from artgen.fields.paths import PICTURE, PREVIEW, RUN_FILE
from artgen.watching.facts import Facts

State = Literal["building", "running", "finishing", "silent", "stopped", "failed", "finished", "waiting"]
"""Of a run: its parts are built; it draws; finishing stages are at work; it has written nothing for long, and may have
been killed; somebody has stopped it; it failed; it is done. A cell that has not begun is waiting."""
AT_WORK = frozenset({"building", "running", "finishing"})

SILENT = 90.0
"""Seconds without a sign of a run that draws, after which it is silent."""
SLOW = 900.0
"""The same while models are loaded, or a finishing stage is at work, which write nothing."""
STEPS = 10
"""A step that takes long is waited for so many times."""


def state_of(facts: Facts, quiet: float) -> State | None:
    """How a run stands that has written nothing for `quiet` seconds; None if there is nothing to see of it."""
    if facts.reason is not None and not _is_begun_again(facts):
        return "failed"
    if not facts.has(RUN_FILE):
        return _without_run_file(facts, quiet)
    told = facts.progress
    if told is None:
        return _before_it_tells(facts, quiet)
    if told.stopped:
        return "stopped"
    if told.stage is not None or (told.frames is None and told.steps and told.step >= told.steps):
        return "finishing" if quiet < SLOW else "silent"
    return "running" if quiet < _patience(facts) else "silent"


def _is_begun_again(facts: Facts) -> bool:
    """Whether a cell that had failed is drawn again: what it said then is not taken away at once."""
    told = facts.progress
    return facts.has(RUN_FILE) and told is not None and told.failure is None and not told.stopped


def _without_run_file(facts: Facts, quiet: float) -> State | None:
    if facts.has(PICTURE):
        return "failed" if facts.is_cut_short else "finished"
    if facts.has(LOCK):
        return "building" if quiet < SLOW else "silent"
    return "finished" if facts.film else None


def _before_it_tells(facts: Facts, quiet: float) -> State:
    """A run whose parts are being built, one that writes its last files, or one of an older artgen."""
    if facts.has(PREVIEW):
        return "running" if quiet < SILENT else "silent"
    if facts.has(PICTURE) and not facts.listing.frames:
        return "finishing" if facts.has(LOCK) and quiet < SILENT else "stopped"
    if facts.listing.frames:
        return "running" if quiet < SILENT else "silent"
    return "building" if quiet < SLOW else "silent"


def _patience(facts: Facts) -> float:
    told = facts.progress
    if told is None:
        return SILENT
    done = max(1, told.step - (0 if told.frames is not None else told.begun_at))
    return max(SILENT, STEPS * told.seconds / done) if told.frames is None else max(SILENT, SLOW / 3)
