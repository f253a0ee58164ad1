"""What the process that draws has before it: a few runs that are open, one of which is drawn."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from artgen.errors import ArtgenError, InputError, Mark, PresetError, Problem, one_line
from artgen.fields.paths import RUN_FILE
from artgen.preset.loading import parse
from artgen.preset.model import Preset
from artgen.registry.fence import show_traceback
from artgen.steering import SteeredRun
from artgen.studio.work.messages import Beginning, Note, Order, OrderAnswer, Report, Standing
from artgen.studio.work.open_run import OpenRun
from artgen.studio.work.previews import seen, sheet_of, webp

MOST_OPEN = 3
"""So many runs stay in memory; whichever was touched longest ago is left, and opened again when it is asked for."""


class Desk:
    """Takes orders between two steps, and draws."""

    def __init__(self, tell: Callable[[Report], None]) -> None:
        self.tell = tell
        self.drawing: str | None = None
        """The run that is drawn now."""
        self._open: dict[str, OpenRun] = {}
        """The one that was touched last comes last."""

    def take(self, order: Order) -> None:
        """Do what an order says, and answer it."""
        doing: Mapping[str, Callable[..., Any]] = {
            "begin": self._begin,
            "go": self._go,
            "pause": self._pause,
            "step": self._step,
            "steer": self._steer,
            "paint": self._paint,
            "save": self._save,
            "export": self._export,
            "branch": self._branch,
            "finish": self._finish,
            "leave": self._leave,
            "views": self._views,
        }
        try:
            answer = OrderAnswer(order.number, doing[order.kind](order.run, **order.given))
        except Exception as error:  # whatever a component of somebody's raises
            show_traceback(error)
            answer = OrderAnswer(order.number, None, problems_of(error))
        self.tell(answer)
        self._leave_surplus()

    def draw(self) -> None:
        """One step of the run that is drawn."""
        if self.drawing is None:
            return
        one = self._open[self.drawing]
        try:
            goes_on = one.advance()
        except Exception as error:
            self._fail(one, error)
            return
        if report := one.progress():
            self.tell(report)
        if not goes_on:
            self._finish(one.name, one.steered.folder)

    def leave_all(self) -> None:
        """End with a checkpoint of each run."""
        for name, one in list(self._open.items()):
            self._leave(name, one.steered.folder)

    def _begin(self, name: str, folder: Path, preset: Mapping[str, Any], go: bool) -> None:
        self._pause_other(name)
        self._build(name, lambda note: SteeredRun.begin(parsed(preset), folder, note))
        if go:
            self._draw_on(name)

    def _build(self, name: str, build: Callable[[Callable[[str], None]], SteeredRun]) -> OpenRun:
        self.tell(Standing(name, "building", 0, 0))

        def note(line: str) -> None:
            self.tell(Note(name, line))

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the studio has said them when it checked the preset
                one = OpenRun(name, build(note))
        except Exception as error:
            self.tell(Standing(name, "failed", 0, 0, "; ".join(map(_line, problems_of(error)))))
            raise
        self._open[name] = one
        self.tell(Beginning(name, one.steered.steps_done, webp(sheet_of(one.steered.newest))))
        self.tell(one.standing("paused", whole=True))
        return one

    def _found(self, name: str, folder: Path) -> OpenRun:
        """The run, opened if it is not; it is now the one that was touched last."""
        if name in self._open:
            self._open[name] = self._open.pop(name)
            return self._open[name]
        if not (folder / RUN_FILE).is_file():
            raise InputError(f"{folder}: is finished; branch from it, or begin a run anew")
        self._pause_other(name)
        return self._build(name, lambda note: SteeredRun.resume(folder, note))

    def _go(self, name: str, folder: Path) -> None:
        self._found(name, folder)
        self._pause_other(name)
        self._draw_on(name)

    def _draw_on(self, name: str) -> None:
        self.drawing = name
        self.tell(self._open[name].standing("running"))

    def _pause_other(self, name: str) -> None:
        """One run is drawn at a time: the cores are all at work on it."""
        if self.drawing is not None and self.drawing != name:
            other = self.drawing
            self._pause(other, self._open[other].steered.folder, f"paused while {name} is drawn")

    def _pause(self, name: str, folder: Path, reason: str | None = None) -> None:
        one = self._found(name, folder)
        if self.drawing == name:
            self.drawing = None
            one.steered.save()
        if report := one.progress(at_once=True):
            self.tell(report)
        self.tell(one.standing("paused", reason))

    def _step(self, name: str, folder: Path, count: int = 1) -> None:
        one = self._found(name, folder)
        self._pause_other(name)
        self.drawing = None
        self.tell(one.standing("running"))
        goes_on = True
        try:
            for _ in range(count):
                goes_on = goes_on and one.advance()
            if one.steered.steps_done >= one.steered.steps:
                goes_on = one.advance()  # the last gradient reaches the drawing
        except Exception as error:
            self._fail(one, error)
            return
        if goes_on:
            self._pause(name, folder)
        else:
            self._finish(name, folder)

    def _steer(self, name: str, folder: Path, preset: Mapping[str, Any]) -> dict[str, Any]:
        one = self._found(name, folder)
        wanted = parsed(preset)
        if not wanted.paint:
            # What was painted is no line of the artist's preset.
            wanted = wanted.model_copy(update={"paint": one.steered.wanted.paint})
        changed = one.steered.steer(wanted)
        self._tell_again(one)
        return {"step": one.steered.steps_done, "changed": changed}

    def _paint(self, name: str, folder: Path, png: bytes) -> dict[str, Any]:
        one = self._found(name, folder)
        one.steered.paint(png)
        self._tell_again(one)
        return {"step": one.steered.steps_done}

    def _save(self, name: str, folder: Path) -> None:
        """Keep this moment, to which one can go back."""
        one = self._found(name, folder)
        one.steered.save()
        self._tell_again(one)

    def _export(self, name: str, folder: Path, forms: Sequence[str]) -> None:
        one = self._found(name, folder)
        one.steered.export(forms)
        self._tell_again(one)

    def _tell_again(self, one: OpenRun) -> None:
        self.tell(one.standing("running" if self.drawing == one.name else "paused"))

    def _branch(self, name: str, folder: Path, new: str, new_folder: Path, step: int) -> dict[str, Any]:
        self._pause_other(new)
        made = self._build(new, lambda note: SteeredRun.branch(folder, step, new_folder, note))
        return {"id": new, "step": made.steered.steps_done}

    def _finish(self, name: str, folder: Path) -> None:
        one = self._found(name, folder)
        if self.drawing == name:
            self.drawing = None
        if report := one.progress(at_once=True):
            self.tell(report)
        self.tell(one.standing("finishing"))
        try:
            result = one.steered.finish()
        except Exception as error:
            self._fail(one, error)
            return
        del self._open[name]
        state = "failed" if result.failure else "finished"
        self.tell(one.standing(state, result.failure))

    def _views(self, name: str, folder: Path) -> bytes:
        """A sheet of what the perceptors see now, as a WebP."""
        one = self._found(name, folder)
        parts = one.steered.parts
        if not parts.guidance.perceptors:
            raise InputError("no perceptor looks at this picture")
        return webp(seen(parts, one.steered.steps_done))

    def _leave(self, name: str, folder: Path) -> None:
        one = self._open.pop(name, None)
        if self.drawing == name:
            self.drawing = None
        if one is None:
            return
        if report := one.progress(at_once=True):
            self.tell(report)
        one.steered.leave()
        self.tell(one.standing("stopped"))

    def _leave_surplus(self) -> None:
        for name in [name for name in self._open if name != self.drawing][:-MOST_OPEN]:
            self._open.pop(name).steered.leave()

    def _fail(self, one: OpenRun, error: Exception) -> None:
        """A run that cannot go on; its checkpoints stay."""
        show_traceback(error)
        self._open.pop(one.name, None)
        if self.drawing == one.name:
            self.drawing = None
        with contextlib.suppress(Exception):
            one.steered.leave()
        reason = "; ".join(map(_line, problems_of(error)))
        self.tell(one.standing("failed", reason))


def problems_of(error: Exception) -> tuple[Problem, ...]:
    """What an error says, at its places where it knows them."""
    if isinstance(error, PresetError):
        return tuple(error.problems)
    said = str(error) if isinstance(error, ArtgenError) else one_line(error, 1000, kind=True)
    return (Problem(Mark(""), "", said),)


def _line(problem: Problem) -> str:
    return f"{problem.path}: {problem.message}" if problem.path else problem.message


def parsed(preset: Mapping[str, Any]) -> Preset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return parse(preset)
