"""The controls of a studio as one widget: the picture on the left, what steers it on the right."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from html import escape
from importlib.resources import files
from typing import Any

import ipywidgets as w

from artgen.errors import InputError, Mark, Problem
from artgen.notebook.controls import box
from artgen.notebook.hand import Hand
from artgen.notebook.number_panel import NumberPanel
from artgen.notebook.prompt_panel import PromptPanel
from artgen.notebook.run_panel import RunPanel
from artgen.notebook.session import ENDED
from artgen.notebook.stage import Stage
from artgen.notebook.text_panel import TextPanel
from artgen.preset.merging import Override
from artgen.studio.events import Event
from artgen.studio.orders import Wrong


class View:
    """What is shown of a hand, and what is done with it.

    Used in two threads, that of the notebook's cells and that of the studio; what is shown changes in one at a time.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand, self._lock = hand, threading.RLock()
        self._entry = hand.entry
        self._message = w.HTML()
        self._stage = Stage(hand, self.act)
        self._prompts, self._numbers = PromptPanel(self.steer), NumberPanel(self.steer)
        self._text = TextPanel(self._hand.checked, self._apply, self._begin)
        self._runs = RunPanel(hand, self.act, self._choose, self._stage.compare)
        panels: dict[str, Any] = {
            "Prompts": self._prompts,
            "Numbers": self._numbers,
            "YAML": self._text,
            "Runs": self._runs,
        }
        tabs = w.Tab([panel.widget for panel in panels.values()], titles=list(panels), selected_index=0)
        side = box(tabs, self._message, kind="side")
        style = w.HTML(f"<style>{files('artgen.notebook').joinpath('style.css').read_text(encoding='utf-8')}</style>")
        style.layout.display = "none"
        inside = box(self._stage.widget, side, kind="inside", across=True)
        self.widget = box(style, inside, kind="studio")
        self.show()
        hand.changed = self.show
        hand.session.listen(self._hear, self._end)

    def show(self) -> None:
        """Everything, as it is now."""
        with self._lock:
            if self._entry is not self._hand.entry:
                self._entry = self._hand.entry
                self._stage.forget()
            self._show_wanted()
            self._show_run()

    def steer(self, overrides: Sequence[Override]) -> None:
        """Change settings from the next step on; say in place what is refused."""
        self.act(lambda: self._hand.steer(self._hand.checked(overrides=overrides)))

    def act(self, order: Callable[[], Future[Any]]) -> None:
        """Do something, and wait for nothing."""
        try:
            future = order()
        except (Wrong, InputError) as error:
            self._refuse(error)
        else:
            self._message.value = ""
            future.add_done_callback(self._answered)

    def _show_wanted(self) -> None:
        preset, entry = self._hand.wanted.preset, self._hand.entry
        if preset is not None:
            step, steps = (entry.step, entry.steps or preset.steps) if entry else (0, preset.steps)
            self._prompts.show(preset, step, steps)
            self._numbers.show(preset, step, steps)
        self._text.show(self._hand.wanted)

    def _show_run(self) -> None:
        self._stage.show()
        self._runs.show()

    def _answered(self, future: Future[Any]) -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            self._refuse(error)

    def _refuse(self, error: BaseException) -> None:
        """Show what still holds, and say what does not."""
        problems = error.problems if isinstance(error, Wrong) else (Problem(Mark(""), "", str(error)),)
        self.show()
        with self._lock:
            for panel in (self._prompts, self._numbers, self._text):
                panel.fail(problems)
            self._say(problems)

    def _say(self, problems: Sequence[Problem]) -> None:
        lines = "".join(f"<p>{escape(_said(problem))}</p>" for problem in problems[:3])
        self._message.value = f'<div class="artgen-refused" role="alert">{lines}</div>'

    def _hear(self, events: Sequence[Event]) -> None:
        """What has happened, in the studio's thread."""
        own = None if self._hand.entry is None else self._hand.entry.id
        with self._lock:
            for event in events:
                if event.kind == "refused" and event.about == own:
                    self._say([Problem(Mark(""), one["path"], one["message"]) for one in event.data["problems"]])
            if any(event.kind in ("run", "note", "gone") for event in events):
                self._runs.show()
            if any(event.about == own for event in events):
                self._stage.show()

    def _end(self) -> None:
        """Say how the run was left, and that nothing can be done here any more."""
        self.show()
        self._say([Problem(Mark(""), "", ENDED)])

    def _apply(self, yaml: str) -> None:
        self.act(lambda: self._hand.steer(self._hand.checked(yaml)))

    def _begin(self, yaml: str) -> None:
        self.act(lambda: self._hand.begin(self._hand.checked(yaml)))

    def _choose(self, name: str) -> None:
        def chosen() -> Future[Any]:
            self._hand.choose(name)
            done: Future[Any] = Future()
            done.set_result(None)
            return done

        self.act(chosen)


def _said(problem: Problem) -> str:
    return f"{problem.path}: {problem.message}" if problem.path else problem.message
