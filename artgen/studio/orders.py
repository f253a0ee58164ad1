"""Orders to the process that draws, and their answers. Used in one thread, that of the event loop.

Nobody waits for a step: what is not answered in a moment is pending until it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from artgen.errors import Mark, Problem
from artgen.studio.runs import StudioRun
from artgen.studio.work.messages import OrderAnswer, Report, Setup
from artgen.studio.work.process import Worker

ANSWER_SECONDS = 0.15
"""So long is an answer waited for."""
KILLED = "the process that drew it was ended, maybe for want of memory; go on, or choose a smaller size or batch"


class Wrong(Exception):
    """What was asked cannot be done, for reasons that each have a place."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


@dataclass
class Asked:
    """An order that is not answered."""

    run: str
    kind: str
    answer: asyncio.Future[OrderAnswer]
    accepted: Callable[[], None] | None = None
    """What to do when it is done."""
    is_late: bool = False
    """Whether whoever gave it has been told that it is pending."""


class Orders:
    """What is to be done, and by whom.

    Args:
        setup: what the process that draws must know.
        take: told what it reports, but for answers.
        answered: told of each answer that came late.
        died: called when the process was killed; the next order begins another.
    """

    def __init__(
        self,
        setup: Setup,
        take: Callable[[Report], None],
        answered: Callable[[Asked, OrderAnswer], None],
        died: Callable[[], None],
    ) -> None:
        self._setup, self._take, self._answered, self._died = setup, take, answered, died
        self._loop: asyncio.AbstractEventLoop | None = None
        self._numbers = itertools.count(1)
        self._asked: dict[int, Asked] = {}
        self._worker: Worker | None = None

    def begin_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say whose thread reports are to be heard in."""
        self._loop = loop

    def warm(self) -> Worker:
        """The process that draws, begun if it is not there: it imports what it needs while the artist still reads."""
        if self._worker is None:
            self._worker = Worker(self._setup, self.hear, self._hear_death)
        return self._worker

    def end(self) -> bool:
        """Let the process leave its runs, each with a checkpoint, and end; whether it could do so in time."""
        self._loop = None  # which is closed by now, or never began
        return self._worker.end() if self._worker else True

    def pending(self, run: str) -> list[str]:
        """The kinds of orders that a run has not answered."""
        return [asked.kind for asked in self._asked.values() if asked.run == run]

    async def give(
        self,
        entry: StudioRun,
        kind: str,
        accepted: Callable[[], None] | None = None,
        patience: float | None = ANSWER_SECONDS,
        **given: Any,
    ) -> OrderAnswer | None:
        """What is answered; None if it is pending after so many seconds of `patience`.

        Raises:
            Wrong: if the order is refused.
        """
        assert self._loop is not None
        number, worker = next(self._numbers), self.warm()
        asked = self._asked[number] = Asked(entry.id, kind, self._loop.create_future(), accepted)
        worker.order(number, kind, entry.id, folder=entry.folder, **given)
        done, _ = await asyncio.wait([asked.answer], timeout=patience)
        if not done:
            asked.is_late = True
            return None
        answer = asked.answer.result()
        if answer.problems:
            raise Wrong(answer.problems)
        return answer

    def hear(self, report: Report) -> None:
        """From any thread: take a report in the event loop's, or at the end, when nobody else is at work, at once."""
        if self._loop is None:
            self._hear(report)
        else:
            with contextlib.suppress(RuntimeError):  # the loop is just being closed
                self._loop.call_soon_threadsafe(self._hear, report)

    def _hear(self, report: Report) -> None:
        if not isinstance(report, OrderAnswer):
            self._take(report)
            return
        asked = self._asked.pop(report.number, None)
        if asked is None:
            return
        if self._loop is not None:
            asked.answer.set_result(report)
        if asked.accepted is not None and not report.problems:
            asked.accepted()
        if asked.is_late:
            self._answered(asked, report)

    def _hear_death(self) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._bury)

    def _bury(self) -> None:
        self._worker = None
        for number in list(self._asked):
            self._hear(OrderAnswer(number, None, (Problem(Mark(""), "", KILLED),)))
        self._died()
