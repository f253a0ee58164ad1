"""What draws the cells of a sweep: processes of this machine, or something that others keep running."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from artgen.sweeps.drawing import DrawnCell, Job


class Engine(Protocol):
    """Draws jobs, several at once, and tells of each as it ends."""

    def draw(self, jobs: Sequence[Job]) -> Iterator[DrawnCell]:
        """What came of each job, in the order in which they end.

        A cell that fails is told of like the others. When the iterator is closed, or KeyboardInterrupt comes out of
        it, what is under way is stopped so that it can be resumed.
        """
        ...
