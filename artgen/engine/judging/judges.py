"""The judges of a run. What they say is more for what they like more, whatever kind they are of."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from artgen.engine.boundary import checked_values
from artgen.engine.guidance import WeightedLoss
from artgen.engine.judging.wishes import Wish, likeness
from artgen.engine.look import StepLook, WeightedPerceptor
from artgen.engine.reasons import reason
from artgen.engine.whole_view import whole_view
from artgen.errors import RunError
from artgen.memory import Halving
from artgen.registry.fence import fenced, is_named

_ROUNDED = 6
"""Digits after the point of a mean of standard scores; what differs behind them is rounding."""


class Judge(Protocol):
    """Says how much it likes what it sees."""

    @property
    def title(self) -> str:
        """What to call it in messages."""
        ...

    def __call__(self, look: StepLook) -> Tensor | None:
        """(B,), more is better; None if it is not asked at this step, because its weight is 0."""
        ...


@dataclass(frozen=True)
class PerceptorJudge:
    """How like the picture is to the prompts: their cosines with it, by their weights."""

    eye: WeightedPerceptor
    wishes: Sequence[Wish]

    @property
    def title(self) -> str:
        return self.eye.title

    def __call__(self, look: StepLook) -> Tensor | None:
        return likeness(look, self.eye.name, self.wishes) if look.weight(self.eye.name) else None


@dataclass(frozen=True)
class LossJudge:
    """Minus what a loss says, by its weight."""

    weighted: WeightedLoss

    @property
    def title(self) -> str:
        return self.weighted.title

    def __call__(self, look: StepLook) -> Tensor | None:
        weight = self.weighted.weight.at(look.step, look.steps)
        if weight == 0:
            return None
        with fenced(self.title, look.step):
            rows = checked_values(self.weighted.loss(look), self.title, look.image, look.step)
        return -weight * rows.expand(len(look.image))


class WholeLook(StepLook):
    """A look whose only view is the whole picture, as each perceptor was published to see it."""

    def _views(self, image: Tensor, weighted: WeightedPerceptor) -> Tensor:
        with fenced(weighted.title, self.step):
            views: Tensor = whole_view(image, weighted.perceptor).clamp(0, 1)
        return views


class Judges:
    """All of a preset, asked of one drawing. One that fails is named once and dropped: it must not cost the picture.

    Args:
        judges: by their names.
        eyes: the perceptors that they look through.
        every: how many steps pass between two looks.
        steps: how many steps the run takes.
        chunk: how many pictures go through a perceptor at once; None: all, halved when memory runs out.
        note: told one line for each judge that is dropped.
    """

    def __init__(
        self,
        judges: Mapping[str, Judge],
        eyes: Mapping[str, WeightedPerceptor],
        every: int,
        steps: int,
        chunk: int | None,
        note: Callable[[str], None],
    ) -> None:
        self._judges, self._eyes = dict(judges), eyes
        self._every, self._steps, self._note = every, steps, note
        told = "pictures at a time that the judges look at"
        self._halving = Halving(chunk, note, told, "out of memory with a single picture")

    def are_due(self, step: int) -> bool:
        """Whether they look at the drawing of this step."""
        return step % self._every == 0

    def __call__(self, image: Tensor, step: int) -> dict[str, Tensor]:
        """(B,) on the CPU of each that is asked, of (B, 3, H, W) in [0, 1]; the finished drawing has step `steps`."""
        found: dict[str, Tensor] = {}
        # The picture's random numbers, too, are as if nobody had looked.
        with torch.no_grad(), apart_from_torchs(image.device):
            look = self._look(image.detach(), step)
            for name, judge in list(self._judges.items()):
                rows = self._asked(name, judge, look)
                if rows is not None:
                    found[name] = rows.float().cpu()
        return found

    def _look(self, image: Tensor, step: int) -> WholeLook:
        # Schedules end with the last step.
        return WholeLook(image, min(step, self._steps - 1), self._steps, self._eyes, (), self._halving.size)

    def _asked(self, name: str, judge: Judge, look: WholeLook) -> Tensor | None:
        def ask() -> Tensor | None:
            look.chunk = self._halving.size
            return judge(look)

        try:
            return self._halving(ask, len(look.image))
        except (RunError, RuntimeError) as error:
            said = reason(error)
            del self._judges[name]
            self._note(f"{said if is_named(error) else f'{judge.title}: {said}'}; it judges no more")
            return None


def apart_from_torchs(device: torch.device) -> AbstractContextManager[None]:
    """Inside, whatever is drawn of torch's own random numbers is put back at the end."""
    return torch.random.fork_rng(devices=[device] if device.type == "cuda" else [])


def favourite(scores: Mapping[str, Sequence[float]], losses: Sequence[float]) -> int:
    """Which picture the judges like most, by the mean of their standard scores; of equal ones that of the lower loss.

    Standard scores, because a judge's unit and its spread are its own; not ranks, because those of a few pictures are
    often equal, and say nothing of how much better one is.
    """
    means = [0.0] * len(losses)
    for rows in scores.values():
        middle, spread = statistics.fmean(rows), statistics.pstdev(rows)
        if spread:
            means = [mean + (value - middle) / spread for mean, value in zip(means, rows, strict=True)]
    return max(range(len(losses)), key=lambda i: (round(means[i] / max(len(scores), 1), _ROUNDED), -losses[i]))
