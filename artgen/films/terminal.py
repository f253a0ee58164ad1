"""Live progress of a film in the terminal: the frame, its step, the time left, and the picture."""

from __future__ import annotations

import contextlib
import time

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from artgen.films.making import FrameEvent
from artgen.reporters.terminal import PREVIEW_ROWS, clock, preview


class FilmProgress:
    """For people: moving at a terminal; a line every tenth of the film, and rarely, in a log or a pipe."""

    def __init__(self, console: Console, every_seconds: float = 0.25, line_seconds: float = 5) -> None:
        self.console, self.every, self.pause = console, every_seconds, line_seconds
        self.shown = time.monotonic()
        self.tenths = 0
        self.live = Live(console=console, auto_refresh=False, transient=True)
        self.colourful = console.color_system in ("truecolor", "256")

    def __enter__(self) -> FilmProgress:
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self.live.is_started:
            with contextlib.suppress(OSError):  # a terminal that is closed by now
                self.live.stop()

    def on_step(self, event: FrameEvent) -> None:
        now = time.monotonic()
        if self.live.is_started and now - self.shown >= self.every:
            self.shown = now
            self.live.update(self._render(event), refresh=True)
        tenths = 10 * event.frame // event.frames
        if not self.console.is_terminal and tenths > self.tenths and now - self.shown >= self.pause:
            self.tenths, self.shown = tenths, now
            with contextlib.suppress(OSError):  # whoever read it has gone
                self.console.print(_line(event), markup=False, highlight=False, soft_wrap=True)

    def _render(self, event: FrameEvent) -> RenderableType:
        bar = Table.grid(padding=(0, 1))
        done = event.frame + (event.step + 1) / event.steps
        bar.add_row(ProgressBar(total=event.frames, completed=done, width=30), _line(event))
        if self.colourful and self.console.height > PREVIEW_ROWS + 6:
            return Group(bar, preview(event.image[0]))
        return bar


def _line(event: FrameEvent) -> str:
    """``frame 12/48, step 3/5, 1:20 left``."""
    left = f", {clock(event.left)} left" if event.left else ""
    return f"frame {event.frame + 1}/{event.frames}, step {event.step + 1}/{event.steps}{left}"
