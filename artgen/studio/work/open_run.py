"""A run that is in memory, and what is to be told of it."""

from __future__ import annotations

import time

from artgen import api
from artgen.errors import RunError
from artgen.steering import SteeredRun, history, told
from artgen.studio.work.messages import Standing, StepsDone
from artgen.studio.work.previews import Previews

Points = dict[str, list[tuple[int, float]]]
"""The (step, value) pairs of each loss or judge."""


class OpenRun:
    """A run in memory, and what has not been told of it yet."""

    def __init__(self, name: str, steered: SteeredRun) -> None:
        self.name, self.steered = name, steered
        self.previews = Previews(steered.steps)
        self.seconds = 0.0
        self.last: api.StepEvent | None = None
        self._curves: Points = {}
        self._judged: Points = {}

    def advance(self) -> bool:
        """One step; False if there is none left."""
        begun = time.monotonic()
        event = self.steered.advance()
        if event is None:
            if self.steered.failure:
                raise RunError(self.steered.failure)
            return False
        self.seconds += time.monotonic() - begun
        self.last = event
        for loss, value in (*event.losses.items(), ("total", event.total)):
            self._curves.setdefault(loss, []).append((event.step, value))
        for judge, value in event.judges.items():
            self._judged.setdefault(judge, []).append((event.step, value))
        return True

    def progress(self, at_once: bool = False) -> StepsDone | None:
        """What is to be told, if it is time for that, or `at_once`."""
        event = self.last
        if event is None or not (at_once or self._curves):
            return None
        done, steps = event.step + 1, self.steered.steps
        kept, due = self.previews.is_moment(done, steps), self.previews.is_due()
        if not (at_once or kept or due):
            return None
        curves, judged = _taken(self._curves), _taken(self._judged)
        return StepsDone(
            run=self.name,
            step=done,
            steps=steps,
            total=event.total,
            losses=event.losses,
            seconds=self.seconds,
            curves=curves,
            judges=event.judges,
            judged=judged,
            picture=self.previews.make(event),
            kept=kept,
        )

    def standing(self, state: str, reason: str | None = None, whole: bool = False) -> Standing:
        """How it is; `whole`: with all of its losses."""
        steered = self.steered
        touches, checkpoints = tuple(told(steered.touches)), tuple(history.moments(steered.folder))
        curves = {loss: tuple(points) for loss, points in steered.losses.items()} if whole else None
        return Standing(
            self.name,
            state,
            steered.steps_done,
            steered.steps,
            reason,
            touches,
            checkpoints,
            curves,
            exports=steered.exports,
        )


def _taken(curves: Points) -> dict[str, tuple[tuple[int, float], ...]]:
    """The points that have come; none are left."""
    taken = {name: tuple(points) for name, points in curves.items()}
    curves.clear()
    return taken
