"""The loop: draw, look, judge, steer; the lines everybody should read."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from artgen import api, recipe
from artgen.assembly import Stage, assemble
from artgen.errors import RunError, is_out_of_memory
from artgen.guidance import Verdict, check_range
from artgen.presets import Preset, load, parse

SCORED_SHARE = 0.1
"""The share of the steps, at the end, over which a picture's score is averaged; one step's views are too noisy."""


def run(
    preset: Preset | str | Path | Mapping[str, Any],
    *,
    reporters: Sequence[api.Reporter] = (),
    on_step: Callable[[api.StepEvent], None] | None = None,
    note: Callable[[str], None] = print,
) -> api.Result:
    """Make the picture of `preset`: a `Preset`, the path or name of one, or plain data.

    Ctrl-C stops the run and returns what there is (``interrupted``). A run that cannot go on, say because a loss
    is NaN, returns the last good drawing and the reason (``failure``).

    Raises:
        InputError: if the preset is wrong or cannot be built.
        RunError: if the run fails before there is any picture.
    """
    stage = assemble(_as_preset(preset), note)
    course = Course(stage, [("reporter", r) for r in reporters], on_step, note)
    try:
        course.travel()
    except KeyboardInterrupt:
        course.interrupted = True
    except (RunError, torch.OutOfMemoryError) as error:
        course.failure = _reason(error)
    return course.finish()


class Course:
    """One execution of a stage: the steps, and what is remembered of them."""

    def __init__(
        self,
        stage: Stage,
        reporters: Sequence[tuple[str, api.Reporter]],
        on_step: Callable[[api.StepEvent], None] | None,
        note: Callable[[str], None],
    ) -> None:
        self.stage, self.on_step, self.note = stage, on_step, note
        self.reporters = [*stage.reporters, *reporters]
        self.history: dict[str, list[tuple[int, float]]] = {}
        self.totals: list[Tensor] = []
        self.good: Tensor | None = None
        self.steps_done = 0
        self.interrupted = False
        self.failure: str | None = None

    def travel(self) -> None:
        """All the steps. The order of events is this; how a state moves is the generator's own affair."""
        generator, steps = self.stage.generator, self.stage.generator.steps
        judged = getattr(generator, "judged", None)
        self._tell("on_start", steps)
        start = time.monotonic()
        for step in range(steps):
            self._lay_over(step)
            drawn = self._draw(step)
            image = self._over(drawn, step)
            verdict = self.stage.guidance(image, step)
            if judged:
                judged(step, verdict.totals)
            if image.requires_grad:
                image.backward(verdict.gradient)
            generator.advance(step)
            if self.stage.alpha:
                self.stage.alpha.advance(step)
            self._remember(drawn, verdict, step)
            self._report(image, verdict, step, time.monotonic() - start)
            if self._is_stuck(step):
                break
        with torch.no_grad():
            self.good = self._draw(steps)

    def _lay_over(self, step: int) -> None:
        """Give the generator its drawing with the overlay on it, where that is due."""
        overlay, layer, generator = self.stage.preset.overlay, self.stage.overlay, self.stage.generator
        if overlay and layer is not None and overlay.is_due(step, generator.steps):
            with torch.no_grad():
                painted = generator.draw(step).lerp(layer[:, :3], layer[:, 3:])
            generator.paint(painted, step)  # type: ignore[attr-defined]  # the preset's check saw to it

    def _is_stuck(self, step: int) -> bool:
        stop, steps = self.stage.preset.auto_stop, self.stage.generator.steps
        if stop is None or step + 1 >= steps:
            return False
        stuck = stop.is_stuck([value for _, value in self.history["total"]], steps)
        if stuck:
            self.note(f"stopped after {step + 1} of {steps} steps: the loss no longer falls (auto_stop)")
        return stuck

    def _over(self, drawn: Tensor, step: int) -> Tensor:
        """The drawing as everything that looks sees it: over a background, where it is see-through."""
        return self.stage.alpha.over(drawn, step) if self.stage.alpha else drawn

    def _draw(self, step: int) -> Tensor:
        """The drawing and what the filters make of it, checked at each boundary."""
        image = self.stage.generator.draw(step)
        self._check(image, self.stage.generator_title, step)
        for title, change in self.stage.filters:
            image = change(image, step)
            self._check(image, title, step)
        return image

    def _check(self, image: Tensor, title: str, step: int) -> None:
        expected = (self.stage.preset.batch, 3)
        if image.dim() != 4 or image.shape[:2] != expected or 0 in image.shape:
            raise RunError(f"{title} returned {tuple(image.shape)}; expected {expected} x height x width")
        check_range(image, title, step)

    def _remember(self, drawn: Tensor, verdict: Verdict, step: int) -> None:
        self.good = drawn.detach()
        self.steps_done = step + 1
        self.totals.append(verdict.totals)
        for name, value in (*verdict.losses.items(), ("total", verdict.totals.mean().item())):
            self.history.setdefault(name, []).append((step, value))

    def _report(self, image: Tensor, verdict: Verdict, step: int, seconds: float) -> None:
        total = verdict.totals.mean().item()
        event = api.StepEvent(step, self.stage.generator.steps, image.detach(), verdict.losses, total, seconds)
        if self.on_step:
            self.on_step(event)
        self._tell("on_step", event)

    def _tell(self, method: str, argument: object) -> None:
        """Tell every reporter; one that raises is named once and dropped, because it must not cost the picture."""
        for title, reporter in list(self.reporters):
            try:
                getattr(reporter, method)(argument)
            except Exception as error:
                self.reporters.remove((title, reporter))
                self.note(f"{title} is dropped: {type(error).__name__}: {error}")

    def finish(self) -> api.Result:
        if self.good is None:
            raise RunError(self.failure or "interrupted before the first step")
        scores = self._scores()
        best = min(range(len(scores)), key=scores.__getitem__)
        made = recipe.make(self.stage, best, self.steps_done)
        result = api.Result(
            images=self.good.clamp(0, 1).float().cpu(),
            best=best,
            scores=scores,
            steps_done=self.steps_done,
            losses={name: tuple(points) for name, points in self.history.items()},
            recipe=made,
            alpha=self.stage.alpha.mask().detach().cpu() if self.stage.alpha else None,
            interrupted=self.interrupted,
            failure=self.failure,
        )
        self._tell("on_end", result)
        return result

    def _scores(self) -> tuple[float, ...]:
        last = self.totals[-max(1, int(len(self.totals) * SCORED_SHARE)) :]
        return tuple(torch.stack(last).mean(dim=0).tolist()) if last else (0.0,) * self.stage.preset.batch


def _as_preset(preset: Preset | str | Path | Mapping[str, Any]) -> Preset:
    if isinstance(preset, Preset):
        return preset
    return load(preset) if isinstance(preset, (str, Path)) else parse(preset)


def _reason(error: Exception) -> str:
    if is_out_of_memory(error):
        return "out of memory; use a smaller size or batch"
    return str(error)
