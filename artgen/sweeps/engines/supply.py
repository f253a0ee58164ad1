"""What hands an engine its jobs, one whenever there is a place for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Protocol

from artgen.sweeps.drawing import Job


class Supply(Protocol):
    """Hands out jobs, which may depend on what came of those before.

    Whoever reads an engine's results passes them on to the supply, before the engine asks it again.
    """

    depends: bool
    """Whether jobs depend on earlier ones: then none is to be taken before a place is free for it."""
    at_once: int | None
    """How many may be under way; None: as many as the engine has places for."""

    def take(self) -> Job | None:
        """The next job; None if there is none now. If nothing is under way then, there will be none any more."""
        ...


class Listed:
    """Jobs that are all known before the first is drawn, in their order."""

    depends = False
    at_once: int | None = None

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._waiting = deque(jobs)

    def take(self) -> Job | None:
        """See `Supply`."""
        return self._waiting.popleft() if self._waiting else None


def longest_first(jobs: Iterable[Job]) -> list[Job]:
    """The order in which several that are drawn at once end together."""
    return sorted(jobs, key=lambda job: -job.work)
