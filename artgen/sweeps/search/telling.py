"""What a search says in the terminal: what it chooses from, how far it is, and what the best cell is."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Console

from artgen.errors import shown
from artgen.preset.settings.search import JUDGES, LOSS
from artgen.reporters.terminal import Display, bar, clock
from artgen.sweeps.cells import spoken
from artgen.sweeps.rows import Row
from artgen.sweeps.search.planning import ENDED, SearchPlan
from artgen.sweeps.search.space import Choices, Dimension
from artgen.sweeps.sheets.labels import number_text, short_keys


class SearchProgress(Display):
    """For people: a bar at a terminal; elsewhere a line for each tenth of the search, and rarely."""

    def __init__(self, console: Console, plan: SearchPlan) -> None:
        super().__init__(console)
        self.plan = plan
        self.begun = time.monotonic()
        self.there = self.done = self.pruned = self.failed = 0

    def found(self, rows: Iterable[Row]) -> None:
        """What was there before."""
        self.there = len(list(rows))

    def on_row(self, row: Row) -> None:
        """A cell has ended."""
        if row.state == "failed":
            self.failed += 1
            self.say(f"{row.name}: {row.reason}")
        self.pruned += row.state == "pruned"
        self.done += row.state in ("failed", *ENDED)
        done, total = self.there + self.done, self.plan.total
        self.show(lambda: bar(done, total, self.line()), last=True)
        self.tell(done, total, self.line)

    def line(self) -> str:
        """``24/60 trials, 3:20 left, 6 pruned; best loss 0.1234: No. 17, learning rate=0.02, steps=40``."""
        done, total = self.there + self.done, self.plan.total
        left = (total - done) * (time.monotonic() - self.begun) / self.done if self.done else 0.0
        parts = [f"{done}/{total} trials", f"{clock(left)} left" if left else ""]
        parts += [f"{self.pruned} pruned" if self.pruned else "", f"{self.failed} failed" if self.failed else ""]
        best = best_told(self.plan)
        return ", ".join(filter(None, parts)) + (f"; best {best}" if best else "")


def best_told(plan: SearchPlan) -> str:
    """``loss 0.1234: No. 17, learning rate=0.02, steps=40``; empty while there is none."""
    found = plan.best()
    if found is None:
        return ""
    number, row = found
    value = plan.goal.value(row)
    names = short_keys(list(row.settings))
    settings = spoken({names[key]: value for key, value in row.settings.items()})
    return f"{_goal(plan)} {number_text(value)}: No. {number}, {settings}" if value is not None else ""


def _goal(plan: SearchPlan) -> str:
    return "mean of the judges" if plan.goal.name == JUDGES else plan.goal.name


def search_announced(plan: SearchPlan) -> str:
    """What a search is going to do, in a line."""
    there, trials = len(plan.there()), plan.search.trials
    kind = "least loss" if plan.goal.name == LOSS else f"highest {_goal(plan)}"
    known = f", {there} of them there already" if there else ""
    at_once = f"{plan.processes} at once, with {plan.threads} thread{'s' * (plan.threads > 1)} each"
    return f"{trials} trial{'s' * (trials > 1)} for the {kind}{known}; {at_once}"


def search_ended(plan: SearchPlan) -> str:
    """What came of it, in a line."""
    rows = plan.rows()
    pruned = sum(row.state == "pruned" for row in rows)
    ended = f"; {pruned} ended early" if pruned else ""
    more = f"; the same command with --trials {2 * len(rows)} goes on"
    best = best_told(plan)
    return f"best of {len(rows)}: {best}{ended}{more}" if best else f"none of {len(rows)} has a {_goal(plan)}{more}"


def searched(plan: SearchPlan) -> Iterator[str]:
    """What a search chooses from, a line for each setting."""
    yield search_announced(plan)
    for one in plan.dimensions:
        yield f"{shown(one.key, 60)}: {_choices(one)}"


def _choices(one: Dimension) -> str:
    if isinstance(one, Choices):
        return shown(f"one of {len(one.values)}: {', '.join(_text(value) for value in one.values)}", 120)
    kind = "whole numbers" if one.is_whole else "numbers"
    return f"{kind} from {one.low:g} to {one.high:g}{', by their logarithms' if one.is_log else ''}"


def _text(value: Any) -> str:
    return spoken({"": value}).removeprefix("=") if isinstance(value, Mapping | list) else str(value)
