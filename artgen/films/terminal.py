"""Live progress of a film in the terminal: the frame, its step, the time left, and the picture."""

from __future__ import annotations

from rich.console import Group, RenderableType

from artgen.films.making import FrameEvent
from artgen.reporters.terminal import PREVIEW_ROWS, Display, bar, clock, preview


class FilmProgress(Display):
    """For people: moving at a terminal; a line every tenth of the film, and rarely, in a log or a pipe."""

    def on_step(self, event: FrameEvent) -> None:
        self.show(lambda: self._render(event))
        self.tell(event.frame, event.frames, lambda: _line(event))

    def _render(self, event: FrameEvent) -> RenderableType:
        line = bar(event.frame + (event.step + 1) / event.steps, event.frames, _line(event))
        if self.colourful and self.console.height > PREVIEW_ROWS + 6:
            return Group(line, preview(event.image[0]))
        return line


def _line(event: FrameEvent) -> str:
    """``frame 12/48, step 3/5, 1:20 left``."""
    left = f", {clock(event.left)} left" if event.left else ""
    return f"frame {event.frame + 1}/{event.frames}, step {event.step + 1}/{event.steps}{left}"
