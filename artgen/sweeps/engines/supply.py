"""What hands an engine its jobs, one whenever there is a place for it."""

from __future__ import annotations

from typing import Protocol

from artgen.sweeps.drawing import Job


class Supply(Protocol):
    """Hands out jobs, which may depend on what came of those before.

    An engine says of each job that it has ended, then gives its result, which whoever reads it passes on to the supply,
    and only then asks for the next.
    """

    depends: bool
    """Whether jobs depend on earlier ones: then none is to be taken before a place is free for it."""
    at_once: int | None
    """How many may be under way; None: as many as the engine has places for."""

    def take(self) -> Job | None:
        """The next job; None if there is none now. If nothing is under way then, there will be none any more."""
        ...

    def ended(self, job: Job) -> None:
        """That one has come to its end, however it did."""
        ...
