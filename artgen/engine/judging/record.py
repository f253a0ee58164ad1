"""What the judges of a run have said so far, and whether they fall out with the losses."""

from __future__ import annotations

import copy
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor

from artgen.engine.judging.judges import Judges
from artgen.preset.settings.auto_stop import AutoStop, Curve

DIVERGING = "the judges like the picture less since step {since}, while the loss falls"


class JudgeRecord:
    """Of one run. Without judges it stays empty.

    Args:
        judges: the run's.
        stop: what the preset says of ending early.
        note: told one line when the judges begin to like the picture less, unless the run ends there.
    """

    def __init__(self, judges: Judges | None, stop: AutoStop | None, note: Callable[[str], None]) -> None:
        self._judges, self._stop, self._note = judges, stop or AutoStop(), note
        self._curves: dict[str, list[tuple[int, float]]] = {}
        """What each has said of the drawings of the steps, averaged over the batch."""
        self._since: int | None = None
        """The step at which they liked the picture most, once they like it less while the loss falls."""

    def look(self, image: Tensor, step: int) -> dict[str, float]:
        """Ask those that are due of the drawing of a step, (B, 3, H, W); what they say, averaged over the batch."""
        if self._judges is None or not self._judges.are_due(step):
            return {}
        found = {name: rows.mean().item() for name, rows in self._judges(image, step).items()}
        for name, value in found.items():
            self._curves.setdefault(name, []).append((step, value))
        return found

    def compare(self, totals: Curve, steps: int) -> None:
        """Whether the judges and the losses, whose weighted sum at each step that is, have fallen out by now."""
        if not self._curves or self._since is not None:
            return
        self._since = self._stop.diverging_since(totals, self._curves, steps)
        if self._since is not None and "diverging" not in self._stop.when:
            told = ", ".join(f"{name} {_change(curve, self._since)}" for name, curve in self._curves.items())
            self._note(f"{self.reason}: {told}")

    @property
    def reason(self) -> str | None:
        """Why the run should end, if the judges say so."""
        return None if self._since is None else DIVERGING.format(since=self._since)

    def finish(self, image: Tensor, alpha: Tensor | None, step: int) -> dict[str, tuple[float, ...]]:
        """What each says of each picture of the last drawing, on white where it is see-through."""
        if self._judges is None:
            return {}
        shown = image if alpha is None else image * alpha + (1 - alpha)
        return {name: tuple(rows.tolist()) for name, rows in self._judges(shown, step).items()}

    def curves(self, last: Mapping[str, Sequence[float]], step: int) -> dict[str, tuple[tuple[int, float], ...]]:
        """The curve of each, with what it says of the last drawing, which is of that step."""
        ends = {name: [(step, statistics.fmean(rows))] for name, rows in last.items()}
        return {name: (*self._curves.get(name, ()), *ends.get(name, ())) for name in {**self._curves, **ends}}

    def state_dict(self) -> dict[str, Any]:
        """Plain data, for a checkpoint."""
        return {"curves": self._curves, "since": self._since}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`'s answer."""
        self._curves, self._since = copy.deepcopy(state["curves"]), state["since"]


def _change(curve: Curve, since: int) -> str:
    """``0.231 (was 0.254)``."""
    before = next((value for step, value in curve if step >= since), curve[-1][1])
    return f"{curve[-1][1]:.3g} (was {before:.3g})"
