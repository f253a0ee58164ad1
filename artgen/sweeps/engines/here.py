"""Cells drawn one after the other by this process: nothing has to be begun for it, and nothing is copied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artgen.engine import reuse
from artgen.sweeps.drawing import DrawnCell, Job, draw


class Here:
    """This process alone."""

    def draw(self, jobs: Sequence[Job]) -> Iterator[DrawnCell]:
        """See `Engine`."""
        with reuse.keeping_perceptors():
            for job in jobs:
                done = draw(job)
                yield done
                if done.state == "stopped":
                    raise KeyboardInterrupt
