"""Cells drawn one after the other by this process: nothing has to be begun for it, and nothing is copied."""

from __future__ import annotations

from collections.abc import Iterator

from artgen.engine import reuse
from artgen.sweeps.drawing import DrawnCell, draw
from artgen.sweeps.engines.supply import Supply


class Here:
    """This process alone."""

    is_parallel = False

    def draw(self, supply: Supply) -> Iterator[DrawnCell]:
        """See `Engine`."""
        with reuse.keeping_perceptors():
            while (job := supply.take()) is not None:
                done = draw(job)
                supply.ended(job)
                yield done
                if done.state == "stopped":
                    raise KeyboardInterrupt
