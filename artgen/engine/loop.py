"""The loop: draw, look, judge, steer. One step comes first; what is remembered of the steps is below it."""

from __future__ import annotations

import copy
import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from artgen import api
from artgen.engine import provenance
from artgen.engine.candidates import StepTaken, take_step_of_several
from artgen.engine.determinism import deterministic
from artgen.engine.drawing import at_work, draw, lay_over
from artgen.engine.finishing import apply_stages
from artgen.engine.judging.judges import favourite
from artgen.engine.judging.record import JudgeRecord
from artgen.engine.parts import Parts
from artgen.engine.reasons import reason
from artgen.errors import RunError
from artgen.registry.fence import ComponentError, fenced, listening, show_traceback, trace_of
from artgen.results import copied

Watcher = tuple[str, api.Reporter]
"""A reporter, after what it is called in messages."""
SCORED_SHARE = 0.1
"""The share of the steps, at the end, over which a picture's score is averaged; one step's views are too noisy."""


def take_step(parts: Parts, step: int) -> StepTaken:
    """One step, in the order of events. How the numbers behind the drawing move is the generator's own affair."""
    # The overlay goes into the generator's numbers, not onto the drawing, so that the drawing can grow out of it.
    lay_over(parts, step)
    if isinstance(parts.generator, api.DrawsCandidates):
        return take_step_of_several(parts, parts.generator, step, functools.partial(draw, parts, step))
    # (B, 3, H, W) in [0, 1], whose graph reaches through the filters to the generator's numbers.
    drawn = draw(parts, step)
    # Judged over a background that never comes twice: only what covers it can look like the prompt each time.
    image = parts.alpha.over(drawn, step) if parts.alpha else drawn
    # d(loss)/d(image): views, perceptors and losses work on a copy, whose graph ends there.
    guided = parts.guidance(image, step)
    # Before it moves on: a generator that keeps its best needs the score of the drawing that it still has.
    with fenced(parts.generator_title, step):
        if isinstance(parts.generator, api.Judged):
            parts.generator.judged(step, guided.totals)
    # One walk back through filters and generator, however many views and losses there were.
    if image.requires_grad:
        with fenced(parts.drawers, step):
            image.backward(guided.gradient)
    # The gradient is spent: an optimiser's step, or a guided sampler's.
    with fenced(parts.generator_title, step):
        parts.generator.advance(step)
    if parts.alpha:
        parts.alpha.advance(step)
    return StepTaken(drawn.detach(), image.detach(), guided)


class Run:
    """One execution of a preset. Iterate over its steps, once; leave when you like; then ask for the `result`.

    Iterating raises `RunError` if the run fails before there is any picture; a later failure ends the loop, and the
    result says why. Ctrl-C and whatever else is raised inside the loop comes through as usual, and the result is
    still there to be asked for.
    """

    def __init__(self, parts: Parts, reporters: Sequence[Watcher], note: Callable[[str], None]) -> None:
        self.parts, self.note = parts, note
        self.reporters = [*parts.reporters, *reporters]
        self.history: dict[str, list[tuple[int, float]]] = {}
        # In one piece: a tensor for every step would lie between the large ones, and memory would grow in pieces.
        self._scores = torch.empty(parts.generator.steps, parts.preset.batch)
        self._scored = 0
        self.judging = JudgeRecord(parts.judges, parts.preset.auto_stop, note)
        self.good: Tensor | None = None
        """The last drawing that was judged: what is kept if the next step fails."""
        self.steps_done = 0
        self.complete = False
        self.failure: str | None = None
        self.trace = ""
        """The traceback of the failure, where a component raised it."""
        self._begun = self._ended = False

    def __repr__(self) -> str:
        return f"<Run: {self.steps_done} of {self.parts.generator.steps} steps done>"

    def __iter__(self) -> Iterator[api.StepEvent]:
        return self.sample(self._all_steps())

    def sample(self, chosen: Iterable[int]) -> Iterator[api.StepEvent]:
        """Take only the steps that are `chosen`, each asked for when it is due: to see what they cost.

        With some left out, the picture is not the preset's.
        """
        if self._begun:
            raise RunError("a run is made only once; call artgen.steps again for another")
        self._begun = True
        steps = self.parts.generator.steps
        with listening():
            self._tell("on_start", steps)
        start = time.monotonic()
        try:
            for step in chosen:
                with listening():
                    with at_work(self.parts, gradient=self.parts.descends):
                        taken = take_step(self.parts, step)
                    self._remember(taken, step)
                    judges = self._judge(taken, step)
                    event = self._report(taken, step, judges, time.monotonic() - start)
                yield event
                if self._ended:
                    return
            # Once more after the last `advance`: what the last gradient made of the drawing.
            with listening(), at_work(self.parts, gradient=False):
                self.good = draw(self.parts, steps)
            self.complete = True
        except (RunError, RuntimeError) as error:
            self._fail(error)
            if self.good is None:
                raise RunError(self.failure) from error.__cause__

    def _all_steps(self) -> Iterator[int]:
        for step in range(self.steps_done, self.parts.generator.steps):
            if self._is_over(step):
                return
            yield step

    @functools.cached_property
    def result(self) -> api.Result:
        """What there is. Asking for it ends the run: a loop that is still going stops at its next step.

        A run that was left before its end is ``interrupted``; the picture is then the last that was judged.

        Raises:
            RunError: if there is no picture, because no step was done.
        """
        self._begun = self._ended = True
        with deterministic(self.parts.preset.deterministic), listening():
            return self._finish()

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on from here: tensors and plain data. To be asked for between two steps."""
        with fenced(self.parts.generator_title):
            generator = self.parts.generator.state_dict()
        return {
            "steps_done": self.steps_done,
            "generator": generator,
            "alpha": self.parts.alpha.state_dict() if self.parts.alpha else None,
            "history": self.history,
            "scores": self.scores.clone(),
            "judging": self.judging.state_dict(),
            "good": self.good,
            # Memory may have run out; the last bits depend on how the views went through.
            "chunk": self.parts.guidance.chunk,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`'s answer, which must be of the same preset. To be called before the first step."""
        # All that can be missing is looked up before anything is changed.
        done, good, history = (state[key] for key in ("steps_done", "good", "history"))
        scores = state["scores"] if "scores" in state else state["totals"]  # which an older checkpoint has in its place
        generator, alpha, chunk = (state[key] for key in ("generator", "alpha", "chunk"))
        if not 0 <= done <= self.parts.generator.steps:
            raise ValueError(f"{done} steps were done of {self.parts.generator.steps}")
        with fenced(self.parts.generator_title):
            self.parts.generator.load_state_dict(generator)
        if self.parts.alpha:
            self.parts.alpha.load_state_dict(alpha)
        self.steps_done, self.good = done, good
        self.history, self._scored = copy.deepcopy(history), len(scores)
        for row, kept in zip(self._scores, scores, strict=False):
            row.copy_(kept)  # to the CPU, wherever the checkpoint was loaded to
        if "judging" in state:  # older checkpoints know of no judges
            self.judging.load_state_dict(state["judging"])
        self.parts.guidance.chunk = chunk

    @property
    def scores(self) -> Tensor:
        """(steps done, B), on the CPU: by what the pictures are compared."""
        return self._scores[: self._scored]

    @property
    def interrupted(self) -> bool:
        """Whether it was left before its end."""
        return not (self.complete or self.failure)

    def _fail(self, error: Exception, said: str | None = None) -> None:
        self.failure = self.failure or said or reason(error)
        self.trace = self.trace or (trace_of(error) if isinstance(error, RunError) else "")
        show_traceback(error)

    def _is_over(self, step: int) -> bool:
        """Whether the steps before this one brought nothing any more."""
        stop, steps = self.parts.preset.auto_stop, self.parts.generator.steps
        if stop is None:
            return False
        why = self.judging.reason if "diverging" in stop.when else None
        if "stuck" in stop.when and stop.is_stuck([value for _, value in self.history.get("total", ())], steps):
            why = why or "the loss no longer falls"
        if why:
            self.note(f"stopped after {step} of {steps} steps: {why} (auto_stop)")
        return bool(why)

    def _judge(self, taken: StepTaken, step: int) -> dict[str, float]:
        """What each judge says of a step's drawing, where they are due."""
        with at_work(self.parts, gradient=False):
            found = self.judging.look(taken.image, step)
        self.judging.compare(self.history["total"], self.parts.generator.steps)
        return found

    def _remember(self, taken: StepTaken, step: int) -> None:
        self.good = taken.drawn
        self.steps_done = step + 1
        self._scores[self._scored] = taken.guided.scores
        self._scored += 1
        for name, value in (*taken.guided.losses.items(), ("total", taken.guided.totals.mean().item())):
            self.history.setdefault(name, []).append((step, value))

    def _report(self, taken: StepTaken, step: int, judges: Mapping[str, float], seconds: float) -> api.StepEvent:
        total, losses = taken.guided.totals.mean().item(), taken.guided.losses
        event = api.StepEvent(step, self.parts.generator.steps, taken.image, losses, total, seconds, judges)
        self._tell("on_step", event)
        return copied(event)

    def _tell(self, method: str, *arguments: Any, among: Sequence[Watcher] | None = None) -> None:
        """Tell every reporter; one that raises is named once and dropped, because it must not cost the picture."""
        for title, reporter in list(self.reporters if among is None else among):
            try:
                with fenced(f"{title} is dropped"):
                    # A copy for each: what one writes into it reaches nobody.
                    getattr(reporter, method)(*map(copied, arguments))
            except ComponentError as error:
                # By identity: two may be equal, and some cannot be compared.
                self.reporters = [pair for pair in self.reporters if pair[1] is not reporter]
                self.note(str(error))
                show_traceback(error)

    def _finish(self) -> api.Result:
        if self.good is None:
            raise RunError(self.failure or "interrupted before the first step")
        drawn = self._drawn(self.good)
        result = self._finished(drawn, self.good.device) if self.parts.finish else drawn
        self._tell("on_end", result)
        return result

    def _drawn(self, image: Tensor) -> api.Result:
        """What there is before the finishing stages."""
        image, alpha = image.clamp(0, 1).float(), None
        if self.parts.alpha:
            # Left before its end, the drawing is that of the last step; else what the last gradient made of it.
            step = self.parts.generator.steps if self.complete else self.steps_done - 1
            try:
                image, alpha = self.parts.alpha.cut(image, step)
            except ComponentError as error:
                self._fail(error)
        scores = self._averaged_scores()
        with at_work(self.parts, gradient=False):
            judged = self.judging.finish(image, alpha, self.steps_done - (not self.complete))
        best = favourite(judged if self.parts.preset.best == "judges" else {}, scores)
        return api.Result(
            images=image.cpu(),
            best=best,
            scores=scores,
            steps_done=self.steps_done,
            losses={name: tuple(points) for name, points in self.history.items()},
            judges=self.judging.curves(judged, self.steps_done),
            judge_scores=judged,
            recipe=self._recipe(best, stages=0),
            alpha=None if alpha is None else alpha.cpu(),
            interrupted=self.interrupted,
            failure=self.failure,
        )

    def _finished(self, drawn: api.Result, device: torch.device) -> api.Result:
        """The same, finished, as far as the stages come."""
        self.parts.progress.tell = self._tell_of_stage
        alpha = None if drawn.alpha is None else drawn.alpha.to(device)
        outcome = apply_stages(self.parts.finish, drawn.images.to(device), alpha)
        if outcome.error:
            self._fail(outcome.error, outcome.failure)
        made = outcome.finished
        return replace(
            drawn,
            images=made.image.cpu(),
            alpha=None if made.alpha is None else made.alpha.cpu(),
            files=made.files,
            drawing=drawn,
            recipe=self._recipe(drawn.best, outcome.done),
            failure=self.failure,
        )

    def _recipe(self, picture: int, stages: int) -> dict[str, Any]:
        """Of a picture that has been through so many of the finishing stages."""
        preset = self.parts.preset.model_copy(update={"finish": self.parts.preset.finish[:stages]})
        return provenance.make_recipe(replace(self.parts, preset=preset), picture, self.steps_done, not self.complete)

    def _tell_of_stage(self, title: str, share: float) -> None:
        listening = [pair for pair in self.reporters if isinstance(pair[1], api.WatchesFinish)]
        self._tell("on_finish", title, share, among=listening)

    def _averaged_scores(self) -> tuple[float, ...]:
        if not self._scored:
            return (0.0,) * self.parts.preset.batch
        return tuple(self.scores[-max(1, int(self._scored * SCORED_SHARE)) :].mean(dim=0).tolist())
