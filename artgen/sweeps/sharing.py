"""Steps that several cells of a sweep have in common, and that are drawn once: a tree of shared beginnings.

Cells that differ only in what comes after the steps, or in numbers over the run that part after a while, are the same
until there. A `Trunk` draws their common steps and leaves a checkpoint, from which each of them begins, or a trunk that
fewer of them share.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from artgen.fields.schedules import Schedule
from artgen.preset.diverging import StepSettings, parting
from artgen.preset.model import Preset
from artgen.sweeps.cells import Cell
from artgen.sweeps.drawing import DrawnCell, Job
from artgen.version import own_version

LEAST_SHARE = 0.1
"""The share of a run's steps that has to be saved for each cell; building one more run takes time, too."""


@dataclass(frozen=True)
class Trunk:
    """The first steps of several cells."""

    cell: Cell
    """One of them, whose preset it draws."""
    steps: int
    """How many of the steps."""
    parent: Trunk | None
    """Where it begins itself, if not with the first step."""

    @cached_property
    def name(self) -> str:
        """What its folder is called: a digest of all that decides its pixels."""
        told = json.dumps([self.cell.digest, self.steps, own_version()])
        return hashlib.sha256(told.encode()).hexdigest()[:20]

    @property
    def preset(self) -> Preset:
        """What it draws; nothing is finished."""
        return self.cell.preset.model_copy(update={"finish": (), "reporters": ()})

    @property
    def own_steps(self) -> int:
        """How many steps it takes itself."""
        return self.steps - (self.parent.steps if self.parent else 0)

    def line(self) -> Iterator[Trunk]:
        """The trunks that it begins from, the first one first, and itself."""
        if self.parent:
            yield from self.parent.line()
        yield self


@dataclass(frozen=True)
class _Member:
    cell: Cell
    schedules: tuple[Schedule, ...]
    """Its numbers over the run."""


class Sharing:
    """What the cells of a sweep have in common."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        """All cells of the sweep, so that its trunks are the same whenever it goes on."""
        self._groups = _alike(cells)

    def trunks(self, waits: Callable[[Cell], bool], is_begun: Callable[[Trunk], bool]) -> dict[str, Trunk]:
        """The trunk from which each cell that `waits` to be drawn begins, by its name; many have none.

        For a single cell it is worth its while only if something of it is there already: if it `is_begun`.
        """
        found: dict[str, Trunk] = {}
        todo: list[tuple[list[_Member], Trunk | None]] = [(group, None) for group in self._groups]
        while todo:
            group, parent = todo.pop()
            waiting = [one.cell for one in group if waits(one.cell)]
            if not waiting or len(group) == 1:
                continue
            steps = group[0].cell.preset.steps
            trunk = Trunk(group[0].cell, _common(group, steps), parent)
            # After the last step there is nothing left in which they could part.
            parts = _parted(group, trunk.steps, steps) if trunk.steps < steps else [[one] for one in group]
            users = sum(any(waits(one.cell) for one in part) for part in parts)
            saves = trunk.own_steps >= max(1, LEAST_SHARE * steps) and (users > 1 or is_begun(trunk))
            kept = trunk if saves else parent
            if kept:
                found |= {cell.name: kept for cell in waiting}
            todo += [(part, kept) for part in parts]
        return found


class SharedFolders:
    """The folders of shared steps, each of which goes when all that begins there is drawn.

    One from which a cell began that failed stays: the cell may be tried again.
    """

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._begins = {job.name: job.begins for job in jobs if job.begins}
        self._left = Counter(self._begins.values())

    def ended(self, done: DrawnCell) -> None:
        """A job has ended."""
        place = self._begins.get(done.name)
        if place and done.state == "finished":
            self._left[place] -= 1
            if not self._left[place]:
                shutil.rmtree(place, ignore_errors=True)


def _alike(cells: Sequence[Cell]) -> list[list[_Member]]:
    """The cells by all that does not change over the run, with the numbers in which those of a group differ."""
    groups: dict[tuple[object, ...], dict[str, tuple[Cell, StepSettings]]] = {}
    for cell in cells:
        # A film is no single run, and what watches a run has to see it from its first step.
        if cell.preset.film is None and not cell.preset.reporters:
            settings = StepSettings.of(cell.preset)
            groups.setdefault((settings.fixed, *settings.timed), {})[cell.name] = cell, settings
    return [_members(list(group.values())) for group in groups.values() if len(group) > 1]


def _members(group: Sequence[tuple[Cell, StepSettings]]) -> list[_Member]:
    first = group[0][1].timed
    varying = [place for place in first if any(other.timed[place] != first[place] for _, other in group)]
    return [_Member(cell, tuple(settings.timed[place] for place in varying)) for cell, settings in group]


def _common(group: Sequence[_Member], steps: int) -> int:
    """How many of the first steps all have in common."""
    least = steps
    for other in group[1:]:
        for pair in zip(group[0].schedules, other.schedules, strict=True):
            step = parting(*pair, steps)
            least = least if step is None else min(least, step)
        if not least:
            break
    return least


def _parted(group: Sequence[_Member], step: int, steps: int) -> list[list[_Member]]:
    """Those that are the same at `step`, too, together."""
    parts: dict[tuple[str, ...], list[_Member]] = {}
    for one in group:
        parts.setdefault(tuple(schedule.at(step, steps).hex() for schedule in one.schedules), []).append(one)
    return list(parts.values())
