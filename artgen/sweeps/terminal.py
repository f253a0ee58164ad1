"""Progress of a sweep in the terminal: how many cells are done, how long the others take, and what failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from rich.console import Console
from rich.filesize import decimal

from artgen.reporters.terminal import Display, bar, clock
from artgen.sweeps.making import Plan
from artgen.sweeps.rows import Row


class SweepProgress(Display):
    """For people: a bar at a terminal; elsewhere a line for each tenth of the sweep, and rarely."""

    def __init__(self, console: Console, plan: Plan, note: Callable[[str], None]) -> None:
        super().__init__(console)
        self.plan, self.note = plan, note
        self.begun = time.monotonic()
        self.weights = plan.weights()
        self.there = self.done = self.failed = 0
        self.before = self.drawn = self.ahead = 0.0

    def found(self, rows: Iterable[Row]) -> None:
        """What was there before."""
        rows = list(rows)
        self.ahead = self.plan.left(rows)
        for row in rows:
            if row.state == "finished":
                self.there += 1
                self.before += self.weights[row.name]

    def on_row(self, row: Row) -> None:
        """A cell has ended."""
        if row.state == "failed":
            self.failed += 1
            self.say(f"{row.name}: {row.reason}")
        self.done += row.state in ("finished", "failed")
        self.drawn += self.weights[row.name]
        done, total = self.there + self.done, len(self.plan.cells)
        self.show(lambda: bar(done, total, self.line()), last=True)
        self.tell(done, total, self.line)
        if row.state == "finished" and self.done == 1 and self.left():
            self.note(calibrated(self.left(), self.plan.room_left()))

    def line(self) -> str:
        """``24/96 cells, 3:20 left, 1 failed``."""
        failed = f", {self.failed} failed" if self.failed else ""
        left = self.left()
        ahead = f", {clock(left)} left" if left else ""
        return f"{self.there + self.done}/{len(self.plan.cells)} cells{ahead}{failed}"

    def left(self) -> float:
        """Seconds, by the work that is done; while none is, as it was foreseen, or 0."""
        if not self.drawn:
            return max(0.0, self.ahead - (time.monotonic() - self.begun)) if self.ahead else 0.0
        rest = sum(self.weights[cell.name] for cell in self.plan.cells) - self.before - self.drawn
        return max(0.0, rest) * (time.monotonic() - self.begun) / self.drawn


def announced(plan: Plan, rows: Iterable[Row]) -> str:
    """What a sweep is going to do, in a line."""
    rows = list(rows)
    count, there = len(plan.cells), sum(row.state == "finished" for row in rows)
    threads = plan.record.threads
    at_once = f"{plan.processes} at once, with {threads} thread{'s' * (threads > 1)} each"
    known = f", {there} of them there already" if there else ""
    ahead = f"; about {clock(seconds)} in all" if (seconds := plan.left(rows)) else ""
    return f"{count} picture{'s' * (count > 1)}{known}; {at_once}{ahead}"


def calibrated(seconds: float, room: int) -> str:
    """How long the rest takes, and how much room it needs, in a line."""
    return f"the rest takes about {clock(seconds)}, and {decimal(room)} of disk"
