"""Cells that end early, because their loss is worse than that of others was by then.

Median stopping: Golovin et al. 2017, "Google Vizier: A Service for Black-Box Optimization", section 3.2.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from artgen.api import StepEvent

SHARE = 0.2
"""Of its steps, after which a cell is compared."""
OVER = 0.1
"""The share of the steps, up to there, over which its loss is averaged, as the views of a single one are noisy."""
LEAST_STEPS = 3
"""To average over, where there are so many."""
LEAST_KNOWN = 5
"""Other cells whose loss must be known."""


@dataclass(frozen=True)
class Bar:
    """What the loss of a cell may be by then, so that it is drawn to its end."""

    worst: float | None
    """None: anything."""


def bar(others: Sequence[float]) -> Bar:
    """The median of what others had by then, also of those that ended there; none, while only a few are known."""
    return Bar(median(others) if len(others) >= LEAST_KNOWN else None)


def moment(steps: int) -> int:
    """After how many steps of a run it is compared."""
    return max(1, math.ceil(SHARE * steps))


def early_loss(points: Iterable[tuple[int, float]], steps: int) -> float | None:
    """The mean loss then, of a run of so many steps; None if not all that is averaged is among `points`.

    Args:
        points: steps, from 0, and the loss at each.
        steps: how many there are in all.
    """
    end, known = moment(steps), dict(points)
    averaged = range(max(0, end - max(LEAST_STEPS, round(OVER * steps))), end)
    return fmean(known[step] for step in averaged) if all(step in known for step in averaged) else None


class EarlyStop:
    """Called after each step of a run; stops it, so that it can be resumed, where it is worse than its bar.

    One that is resumed may have been there before, which is not known here: it is stopped, too, and the whole of its
    losses says whether it goes on.
    """

    def __init__(self, limit: Bar) -> None:
        self._worst = limit.worst
        self._points: list[tuple[int, float]] = []
        self._has_looked = False
        self.steps = 0
        """How many the run has; 0 before the first."""
        self.has_stopped = False

    def __call__(self, event: StepEvent) -> None:
        """Raise KeyboardInterrupt where the run shall stop."""
        self.steps = event.steps
        self._points.append((event.step, event.total))
        if self._has_looked or event.step + 1 < moment(event.steps):
            return
        self._has_looked = True
        if self._worst is not None and not self.is_good(early_loss(self._points, event.steps)):
            self.has_stopped = True
            raise KeyboardInterrupt

    def is_good(self, early: float | None) -> bool:
        """Whether that loss is no worse than the bar."""
        return self._worst is None or (early is not None and early <= self._worst)

    def reason(self, early: float | None, done: int) -> str:
        """Why the run ended after so many steps, in one line."""
        told = "unknown" if early is None else f"{early:.4g}"
        return f"loss {told} early on, others had {self._worst:.4g}: ended after {done} of {self.steps} steps"
