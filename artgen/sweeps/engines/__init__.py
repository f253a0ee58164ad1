"""What draws the cells of a sweep: processes of this machine, or something that others keep running."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from artgen.sweeps.drawing import DrawnCell
from artgen.sweeps.engines.supply import Supply


class Engine(Protocol):
    """Draws jobs, several at once, and tells of each as it ends."""

    is_parallel: bool
    """Whether it draws several at once; then the longest of a list are handed out first."""

    def draw(self, supply: Supply) -> Iterator[DrawnCell]:
        """What came of each job, in the order in which they end; a job is taken when there is a place for it.

        A cell that fails is told of like the others. When the iterator is closed, or KeyboardInterrupt comes out of
        it, what is under way is stopped so that it can be resumed.
        """
        ...
