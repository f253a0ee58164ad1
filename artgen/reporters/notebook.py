"""Live progress in a notebook, in the cell that runs."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Mapping
from html import escape
from typing import Any

from artgen.picture import preview
from artgen.results import Result, StepEvent, ending, event_picture

PROGRESS_PIXELS = 1 << 16
"""How many pixels the growing picture shows."""


def in_notebook() -> bool:
    """Whether this is a notebook's kernel. A terminal, IPython's too, is none. Imports nothing."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return getattr(get_ipython() if get_ipython else None, "kernel", None) is not None


class Notebook:
    """A reporter that shows the progress and the growing picture in place, in the cell that runs.

    Args:
        every_seconds: how often the display changes.
    """

    def __init__(self, every_seconds: float = 0.5) -> None:
        self.every, self.shown = every_seconds, 0.0
        self.handle: Any = None
        self.seconds = 0.0
        self.first: int | None = None
        self.judges: dict[str, float] = {}

    def on_start(self, steps: int) -> None:
        self._show(_bar(0, steps, ""))

    def on_step(self, event: StepEvent) -> None:
        self.seconds = event.seconds
        self.first = event.step if self.first is None else self.first
        self.judges |= event.judges
        now = time.monotonic()
        if now - self.shown >= self.every:
            self.shown = now
            picture = preview.image_html(event_picture(event, PROGRESS_PIXELS), "the drawing so far")
            self._show(_bar(event.step + 1, event.steps, _pace(event, self.first, self.judges)) + picture)

    def on_end(self, result: Result) -> None:
        """Leave one line; the picture is for the result to show."""
        self._show(f"<div>{result.steps_done} steps in {self.seconds:.1f} s{escape(ending(result))}</div>")

    def _show(self, html: str) -> None:
        display = importlib.import_module("IPython.display")
        if self.handle is None:
            self.handle = display.display(display.HTML(html), display_id=True)
        else:
            self.handle.update(display.HTML(html))


def _bar(done: int, steps: int, text: str) -> str:
    return f'<div><progress value="{done}" max="{steps}"></progress> {done}/{steps} {escape(text)}</div>'


def _pace(event: StepEvent, first: int, judges: Mapping[str, float]) -> str:
    """`first` is the step that it began with: a resumed run has taken its seconds for fewer."""
    liked = "".join(f"{name} {value:.3g}, " for name, value in judges.items())
    left = event.seconds / (event.step + 1 - first) * (event.steps - event.step - 1)
    return f"loss {event.total:.4g}, {liked}{left:.0f} s left"
