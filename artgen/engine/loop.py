"""The loop: draw, look, judge, steer; the lines everybody should read."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from artgen import api
from artgen.engine import provenance
from artgen.engine.assembly import Stage, assemble
from artgen.engine.determinism import deterministic
from artgen.engine.guidance import Verdict, check_range
from artgen.errors import RunError, is_out_of_memory
from artgen.preset.loading import Given, load
from artgen.reporters.notebook import Notebook, in_notebook

SCORED_SHARE = 0.1
"""The share of the steps, at the end, over which a picture's score is averaged; one step's views are too noisy."""


def run(
    preset: Given,
    *,
    reporters: Sequence[api.Reporter] = (),
    on_step: Callable[[api.StepEvent], None] | None = None,
    note: Callable[[str], None] = print,
    show: bool = True,
) -> api.Result:
    """Make the picture of `preset`: a `Preset`, the path or name of one, a picture that artgen made, or plain data.

    Ctrl-C stops the run and returns what there is (``interrupted``). A run that cannot go on, say because a loss
    is NaN, returns the last good drawing and the reason (``failure``).

    Args:
        preset: what to draw; whatever `load` takes.
        reporters: more things that watch the run, besides those of the preset.
        on_step: called after each step. What it raises ends the run and reaches the caller.
        note: told one line now and then, such as that memory ran out and smaller chunks are used.
        show: in a notebook, show the progress and the growing picture in place. Anywhere else nothing is shown.

    Raises:
        InputError: if the preset is wrong or cannot be built.
        RunError: if the run fails before there is any picture.
    """
    course = steps(preset, reporters=[*reporters, *([Notebook()] if show and in_notebook() else [])], note=note)
    with contextlib.suppress(KeyboardInterrupt):
        for event in course:
            if on_step:
                on_step(event)
    return course.result


def steps(preset: Given, *, reporters: Sequence[api.Reporter] = (), note: Callable[[str], None] = print) -> Course:
    """Build `preset`, ready to be run step by step; the arguments are those of `run`, and so are the pictures::

        course = artgen.steps("quickstart")
        for event in course:
            if event.total < -0.5:
                break
        course.result.save("heart.png")

    Raises:
        InputError: if the preset is wrong or cannot be built.
    """
    return Course(assemble(load(preset), note), [("reporter", r) for r in reporters], note)


class Course:
    """One execution of a preset. Iterate over its steps, once; leave when you like; then ask for the `result`.

    Iterating raises `RunError` if the run fails before there is any picture; a later failure ends the loop, and the
    result says why. Ctrl-C and whatever else is raised inside the loop comes through as usual, and the result is
    still there to be asked for.
    """

    def __init__(
        self, stage: Stage, reporters: Sequence[tuple[str, api.Reporter]], note: Callable[[str], None]
    ) -> None:
        self.stage, self.note = stage, note
        self.reporters = [*stage.reporters, *reporters]
        self.history: dict[str, list[tuple[int, float]]] = {}
        self.totals: list[Tensor] = []
        self.good: Tensor | None = None
        self.steps_done = 0
        self.complete = False
        self.failure: str | None = None
        self.events: Generator[api.StepEvent] | None = None

    def __repr__(self) -> str:
        return f"<Course: {self.steps_done} of {self.stage.generator.steps} steps done>"

    def __iter__(self) -> Iterator[api.StepEvent]:
        if self.events is not None:
            raise RunError("a course is run only once; call artgen.steps again for another")
        self.events = self._travel()
        return self.events

    @functools.cached_property
    def result(self) -> api.Result:
        """What there is. Asking for it ends the course: a loop that is still running stops at its next step.

        A course that was left before its end is ``interrupted``; the picture is then the last that was judged.

        Raises:
            RunError: if there is no picture, because no step was done.
        """
        if self.events is None:
            self.events = self._travel()
        self.events.close()
        with deterministic(self.stage.preset.deterministic):
            return self._finish()

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on from here: tensors and plain data. To be asked for between two steps."""
        return {
            "steps_done": self.steps_done,
            "generator": self.stage.generator.state_dict(),
            "alpha": self.stage.alpha.state_dict() if self.stage.alpha else None,
            "history": self.history,
            "totals": self.totals,
            "good": self.good,
            "chunk": self.stage.guidance.chunk,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`'s answer, which must be of the same preset. To be called before the first step."""
        self.stage.generator.load_state_dict(state["generator"])
        if self.stage.alpha:
            self.stage.alpha.load_state_dict(state["alpha"])
        self.steps_done, self.good = state["steps_done"], state["good"]
        self.history, self.totals = state["history"], state["totals"]
        self.stage.guidance.chunk = state["chunk"]

    @property
    def interrupted(self) -> bool:
        """Whether it was left before its end."""
        return not (self.complete or self.failure)

    def _travel(self) -> Generator[api.StepEvent]:
        try:
            yield from self._steps()
        except (RunError, RuntimeError) as error:
            self.failure = _reason(error)
            if self.good is None:
                raise RunError(self.failure) from None

    def _steps(self) -> Generator[api.StepEvent]:
        """All the steps that are left. How torch counts is set for each, not for what the caller does between two."""
        counting, steps = self.stage.preset.deterministic, self.stage.generator.steps
        self._tell("on_start", steps)
        start = time.monotonic()
        for step in range(self.steps_done, steps):
            if self._is_stuck(step):
                break
            with deterministic(counting), torch.enable_grad():
                image, verdict = self._step(step)
            yield self._report(image, verdict, step, time.monotonic() - start)
        with deterministic(counting), torch.no_grad():
            self.good = self._draw(steps)
        self.complete = True

    def _step(self, step: int) -> tuple[Tensor, Verdict]:
        """The order of events is this; how a state moves is the generator's own affair."""
        generator, alpha = self.stage.generator, self.stage.alpha
        self._lay_over(step)
        drawn = self._draw(step)
        image = alpha.over(drawn, step) if alpha else drawn
        verdict = self.stage.guidance(image, step)
        if judged := getattr(generator, "judged", None):
            judged(step, verdict.totals)
        if image.requires_grad:
            image.backward(verdict.gradient)
        generator.advance(step)
        if alpha:
            alpha.advance(step)
        self._remember(drawn, verdict, step)
        return image, verdict

    def _lay_over(self, step: int) -> None:
        """Give the generator its drawing with the overlay on it, where that is due."""
        overlay, layer, generator = self.stage.preset.overlay, self.stage.overlay, self.stage.generator
        if overlay and layer is not None and overlay.is_due(step, generator.steps):
            with torch.no_grad():
                painted = generator.draw(step).lerp(layer[:, :3], layer[:, 3:])
            generator.paint(painted, step)  # type: ignore[attr-defined]  # the preset's check saw to it

    def _is_stuck(self, step: int) -> bool:
        """Whether the steps before this one brought nothing any more."""
        stop, steps = self.stage.preset.auto_stop, self.stage.generator.steps
        if stop is None or not stop.is_stuck([value for _, value in self.history.get("total", ())], steps):
            return False
        self.note(f"stopped after {step} of {steps} steps: the loss no longer falls (auto_stop)")
        return True

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

    def _report(self, image: Tensor, verdict: Verdict, step: int, seconds: float) -> api.StepEvent:
        total = verdict.totals.mean().item()
        event = api.StepEvent(step, self.stage.generator.steps, image.detach(), verdict.losses, total, seconds)
        self._tell("on_step", event)
        return event

    def _tell(self, method: str, argument: object) -> None:
        """Tell every reporter; one that raises is named once and dropped, because it must not cost the picture."""
        for title, reporter in list(self.reporters):
            try:
                getattr(reporter, method)(argument)
            except Exception as error:
                self.reporters.remove((title, reporter))
                self.note(f"{title} is dropped: {type(error).__name__}: {error}")

    def _finish(self) -> api.Result:
        if self.good is None:
            raise RunError(self.failure or "interrupted before the first step")
        scores = self._scores()
        best = min(range(len(scores)), key=scores.__getitem__)
        made = provenance.make(self.stage, best, self.steps_done, interrupted=not self.complete)
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


def _reason(error: Exception) -> str:
    """Why a run cannot go on; any other error is a bug and goes its way."""
    if is_out_of_memory(error):
        return "out of memory; use a smaller size or batch"
    if "deterministic implementation" in str(error):
        operation = str(error).split()[0]
        return f"deterministic: {operation} has no deterministic form on this device; leave it out, or use device: cpu"
    if not isinstance(error, RunError):
        raise error
    return str(error)
