"""Live progress in the terminal: the losses, the rate, the time left, and a small preview where colours allow one."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.segment import Segment, Segments
from rich.style import Style
from rich.table import Table
from rich.text import Text
from torch import Tensor
from torch.nn.functional import interpolate

from artgen.api import Result, StepEvent
from artgen.errors import plain

PREVIEW_ROWS = 12
"""Height of the preview in text lines; each shows two rows of pixels."""


class Display:
    """What moves at a terminal, and is a line now and then in a log or a pipe; a context, at whose end it goes."""

    def __init__(self, console: Console, every_seconds: float = 0.25, line_seconds: float = 5) -> None:
        self.console, self.every, self.pause = console, every_seconds, line_seconds
        self.shown = time.monotonic()
        self.tenths = 0
        self.live = Live(console=console, auto_refresh=False, transient=True)
        self.colourful = console.color_system in ("truecolor", "256")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Show something, where there is a terminal."""
        if self.console.is_terminal:
            self.live.start()

    def stop(self) -> None:
        """Take the display away; safe to call twice."""
        if self.live.is_started:
            with contextlib.suppress(OSError):  # a terminal that is closed by now
                self.live.stop()

    def show(self, render: Callable[[], RenderableType], last: bool = False) -> None:
        """At a terminal, what `render` makes, if that is due or the `last` of all."""
        now = time.monotonic()
        if self.live.is_started and (last or now - self.shown >= self.every):
            self.shown = now
            self.live.update(render(), refresh=True)

    def tell(self, done: int, total: int, line: Callable[[], str]) -> None:
        """Elsewhere, a line where another tenth is done, and rarely; none at the end."""
        now, tenths = time.monotonic(), 10 * done // total
        if not self.console.is_terminal and self.tenths < tenths < 10 and now - self.shown >= self.pause:
            self.tenths, self.shown = tenths, now
            self.say(line())

    def say(self, line: str) -> None:
        """A line that stays."""
        with contextlib.suppress(OSError):  # whoever read it has gone
            self.console.print(plain(line), markup=False, highlight=False, soft_wrap=True)


def bar(done: float, total: float, line: str) -> Table:
    """How much of something is done, and a line about it."""
    made = Table.grid(padding=(0, 1))
    made.add_row(ProgressBar(total=total, completed=done, width=30), line)
    return made


class LiveProgress(Display):
    """A reporter for people: moving at a terminal; a line every tenth of the run, and rarely, in a log or a pipe."""

    def __init__(self, console: Console, every_seconds: float = 0.25, line_seconds: float = 5) -> None:
        super().__init__(console, every_seconds, line_seconds)
        self.first: int | None = None
        self.judges: dict[str, float] = {}
        """What each judge said last."""

    def on_start(self, steps: int) -> None:
        self.start()

    def on_step(self, event: StepEvent) -> None:
        # A resumed run counts its seconds from where it goes on.
        self.first = event.step if self.first is None else self.first
        self.judges |= event.judges
        self.show(lambda: self._render(event), last=event.step + 1 == event.steps)
        self.tell(event.step + 1, event.steps, lambda: self._line(event))

    def on_finish(self, title: str, share: float) -> None:
        self.show(lambda: bar(share, 1, f"{title}: {share:.0%}"), last=share >= 1)

    def on_end(self, result: Result) -> None:
        self.stop()

    def _line(self, event: StepEvent) -> str:
        rate, left = self._pace(event)
        pace = f"{rate:.1f} steps/s, {clock(left)} left"
        return f"{event.step + 1}/{event.steps} steps, {pace}, loss {event.total:.4g}{self._liked()}"

    def _liked(self) -> str:
        """``, second 0.254``."""
        return "".join(f", {name} {value:.3g}" for name, value in self.judges.items())

    def _pace(self, event: StepEvent) -> tuple[float, float]:
        """Steps in a second, and the seconds that are left."""
        done = event.step + 1
        rate = (done - (self.first or 0)) / event.seconds if event.seconds > 0 else 0.0
        return rate, (event.steps - done) / rate if rate else 0.0

    def _render(self, event: StepEvent) -> RenderableType:
        done = event.step + 1
        rate, left = self._pace(event)
        line = Table.grid(padding=(0, 1))
        line.add_row(
            ProgressBar(total=event.steps, completed=done, width=30),
            f"{done}/{event.steps}",
            f"{rate:.1f} steps/s",
            f"{clock(left)} left",
        )
        losses = Text("  ".join(f"{name} {value:.4g}" for name, value in event.losses.items()), style="dim")
        parts: list[RenderableType] = [line, losses]
        if self.judges:
            judged = "  ".join(f"{name} {value:.3g}" for name, value in self.judges.items())
            parts.append(Text(f"judged: {judged}", style="dim"))
        if self.colourful and self.console.height > PREVIEW_ROWS + 6:
            parts.append(preview(event.image[0]))
        return Group(*parts)


def preview(image: Tensor, rows: int = PREVIEW_ROWS) -> RenderableType:
    """(3, H, W) as half blocks: each character cell shows one pixel above another."""
    columns = max(1, min(78, round(2 * rows * image.shape[2] / image.shape[1])))
    small = interpolate(image[None].float().cpu(), (2 * rows, columns), mode="area")[0]
    pixels = (small.clamp(0, 1) * 255).round().int().permute(1, 2, 0).tolist()
    segments = []
    for upper, lower in zip(pixels[::2], pixels[1::2], strict=True):
        for above, below in zip(upper, lower, strict=True):
            segments.append(Segment("▀", Style(color=_hex(above), bgcolor=_hex(below))))
        segments.append(Segment.line())
    return Segments(segments)


def _hex(rgb: list[int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def clock(seconds: float) -> str:
    """Minutes and seconds, such as 1:20."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
