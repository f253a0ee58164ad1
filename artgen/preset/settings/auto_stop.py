"""When to stop early: no progress for a while, or progress that the judges do not see."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from artgen.fields.block import Block, switch
from artgen.fields.moments import At, Moment

Reason = Literal["stuck", "diverging"]
Curve = Sequence[tuple[int, float]]
"""Steps and values."""

LEAST = 3
"""So many looks of a judge are averaged at least."""
CERTAINTY = 4.0
"""By how many standard errors of their difference two averages must differ. The best of all earlier averages is higher
than a usual one by chance alone, by some two errors."""
SHARE = 0.25
"""What share of all that the judges had come to like must be lost."""


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class AutoStop(Block):
    """Ends the run when the loss no longer falls, or when it falls while the judges like the picture less."""

    when: Annotated[
        tuple[Reason, ...],
        Field(min_length=1),
        BeforeValidator(_several, json_schema_input_type=Reason | list[Reason]),
    ] = ("stuck",)
    """`stuck`: the loss no longer falls; `diverging`: it falls, and the `judges` like the picture less; or both."""
    patience: Moment = At(15, percent=True)
    """How many steps (or what share of the run) may pass without progress; so many are averaged, too."""
    progress: Annotated[float, Field(ge=0, lt=1)] = 0.002
    """By what share of itself the loss must fall to count as progress."""

    def is_stuck(self, totals: Sequence[float], steps: int) -> bool:
        """Whether the last `patience` totals, averaged, are no better than the best such average before them."""
        patience = self._steps(steps)
        if len(totals) < 2 * patience:
            return False
        latest = sum(totals[-patience:]) / patience
        earlier = sum(totals[-2 * patience : -patience]) / patience
        return latest > earlier - self.progress * abs(earlier)

    def diverging_since(self, totals: Curve, judges: Mapping[str, Curve], steps: int) -> int | None:
        """The step at which the judges liked the picture most, if the loss has fallen since and they like it less.

        Looks are averaged over `patience`, and over the judges, each in units of its own noise. The latest average
        has to be below the one before, which does not overlap with it, and below the best by more than `CERTAINTY`
        standard errors and by `SHARE` of all that was gained until then.
        """
        looks = _together(judges)
        patience = self._steps(steps)
        width = max(LEAST, sum(step > looks[-1][0] - patience for step, _ in looks)) if looks else LEAST
        if len(looks) < 3 * width:
            return None
        averages = [math.fsum(value for _, value in looks[at : at + width]) / width for at in range(len(looks))]
        averages = averages[: len(looks) - width + 1]
        latest, before = averages[-1], averages[-1 - width]
        earlier = averages[: len(averages) - width]
        best = max(range(len(earlier)), key=earlier.__getitem__)
        gained, lost = earlier[best] - averages[0], earlier[best] - latest
        sure = CERTAINTY * math.sqrt(2 / (width * len(judges)))
        # What was never liked more than at first wanders up and down: of that three times as much must be lost.
        if latest >= before or lost <= max(sure if gained > sure else 3 * sure, SHARE * gained):
            return None
        since = looks[best + width // 2][0]
        return since if self._fell(totals, since, patience) else None

    def _fell(self, totals: Curve, since: int, patience: int) -> bool:
        """Whether the loss, averaged over the last `patience` steps, is lower than it was around a step."""
        around = [value for step, value in totals if abs(step - since) <= patience / 2]
        latest = [value for _, value in totals[-patience:]]
        before = statistics.fmean(around)
        error = _noise([value for _, value in totals]) * math.sqrt(1 / len(around) + 1 / len(latest))
        return before - statistics.fmean(latest) > max(CERTAINTY * error, self.progress * abs(before))

    def _steps(self, steps: int) -> int:
        """Of `patience`."""
        return max(1, round(self.patience.step(steps)))


def _together(judges: Mapping[str, Curve]) -> list[tuple[int, float]]:
    """The mean of the judges' curves, each in units of its noise, at the steps at which all have looked."""
    shared = set.intersection(*({step for step, _ in curve} for curve in judges.values())) if judges else set()
    scaled = []
    for curve in judges.values():
        values = [value for step, value in curve if step in shared]
        noise = _noise(values)
        scaled.append([value / noise for value in values])
    return list(zip(sorted(shared), map(statistics.fmean, zip(*scaled, strict=True)), strict=True)) if scaled else []


def _noise(values: Sequence[float]) -> float:
    """The standard deviation from look to look, by the median of the second differences, which no slope reaches.

    For independent normal noise a second difference has six times its variance, and the median of its size is
    0.6745 of its deviation.
    """
    pairs = [after - before for before, after in itertools.pairwise(values)]
    bends = [abs(after - before) for before, after in itertools.pairwise(pairs)]
    floor = 1e-6 * max(map(abs, values), default=1.0) + 1e-12
    return max(statistics.median(bends) / (0.6745 * math.sqrt(6)), floor) if bends else floor


AutoStopField = Annotated[AutoStop | None, BeforeValidator(switch(AutoStop), json_schema_input_type=bool | AutoStop)]
"""The type of the preset's `auto_stop`: true for the defaults."""
