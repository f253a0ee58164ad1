"""A search that is ready to be drawn: its cells so far, which its folder holds, and the one that comes next."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from artgen.errors import InputError
from artgen.preset.settings.search import LOSS, SweepSearch
from artgen.preset.settings.sweep import Sweep
from artgen.reporters.places import make_folder
from artgen.sweeps import record
from artgen.sweeps.axes import MAX_CELLS, is_wanted, value_key
from artgen.sweeps.cells import Cell, Maker
from artgen.sweeps.drawing import Job
from artgen.sweeps.early import bar
from artgen.sweeps.engines import Engine
from artgen.sweeps.engines.here import Here
from artgen.sweeps.engines.local import Local
from artgen.sweeps.jobs import job
from artgen.sweeps.record import SearchRecord, SweepRecord
from artgen.sweeps.rows import Axis, Row
from artgen.sweeps.search import goals, proposing
from artgen.sweeps.search.goals import Goal
from artgen.sweeps.search.proposing import Trial
from artgen.sweeps.search.space import Choices, Dimension, all_of, size

TRIES = 20
"""So often is Optuna asked for settings that are new, before they are chosen by chance."""
CHANCES = 200
"""So often are they chosen by chance."""
ENDED = ("finished", "pruned")


@dataclass
class SearchPlan:
    """A search in its folder. What it holds of it is all there is: killed at any moment, it goes on from there."""

    folder: Path
    title: str
    sweep: Sweep
    search: SweepSearch
    dimensions: tuple[Dimension, ...]
    goal: Goal
    maker: Maker
    seed: int
    threads: int
    processes: int
    """How many cells are drawn at once on this machine."""
    at_once: int | None = None
    """How many are elsewhere; None: as the engine thinks best."""
    cells: list[Cell] = field(default_factory=list)
    """In the order in which they were chosen."""
    left_out: int = 0
    """How many that the folder knows are not among what is searched now."""
    _ended: dict[str, Row] = field(default_factory=dict)
    _newly_known: list[Row] = field(default_factory=list)
    _refused: list[str] = field(default_factory=list)
    _checkpoint: str = "30s"

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The settings, each with the values that it had so far: choices in their order, numbers by their size."""
        return tuple(Axis(one.key, self._used(one)) for one in self.dimensions)

    def _used(self, one: Dimension) -> tuple[object, ...]:
        used = {value_key(value): value for cell in self.cells for value in [cell.settings[one.key]]}
        if isinstance(one, Choices):
            return tuple(value for value in one.values if value_key(value) in used)
        return tuple(sorted(used.values()))

    @property
    def record(self) -> SweepRecord:
        """What the folder says of it."""
        log = [one.key for one in self.dimensions if not isinstance(one, Choices) and one.is_log]
        told = SearchRecord(by=self.search.by, goal=self.goal.name, log=log)
        named = [(cell.name, cell.settings) for cell in self.cells]
        return record.recorded(self.title, self.seed, self.threads, self.axes, named, told)

    @property
    def total(self) -> int:
        """How many cells there are in the end."""
        return max(self.search.trials, len(self.cells))

    def rows(self) -> list[Row]:
        """What there is of each cell now."""
        return [self._row(cell) for cell in self.cells]

    def _row(self, cell: Cell) -> Row:
        if cell.name not in self._ended:
            row = record.row_in(self.folder, cell.name, cell.settings)
            if row.state not in ENDED:
                return row
            self._ended[cell.name] = row
        return self._ended[cell.name]

    def rows_of(self, name: str) -> list[Row]:
        """The same of those of one name."""
        return [self._row(cell) for cell in self.cells if cell.name == name]

    def there(self) -> list[Row]:
        """The cells that are not drawn any more."""
        return [row for row in self.rows() if row.state in ENDED]

    def newly_known(self) -> Iterator[Row]:
        """Cells that were chosen and found drawn, each once."""
        while self._newly_known:
            yield self._newly_known.pop(0)

    def engine(self) -> Engine:
        """What draws it on this machine."""
        return Here() if self.processes == 1 else Local(self.processes)

    def best(self) -> tuple[int, Row] | None:
        """The number, from 1, of the best cell so far, and what there is of it."""
        sign = -1 if self.goal.is_more_better else 1
        known = [
            (value * sign, number, row)
            for number, row in enumerate(self.rows(), 1)
            if row.state == "finished" and (value := self.goal.value(row)) is not None
        ]
        return min(known, key=lambda one: one[:2])[1:] if known else None

    def begin(self) -> None:
        """Write down what there is."""
        make_folder(self.folder / record.CELLS)
        record.write(self.folder, self.record)

    def remarks(self) -> Iterator[str]:
        """What somebody may not have meant, a line each."""
        if self.left_out:
            told = f"{self.left_out} cells of {self.folder} are not among what is searched now"
            yield f"{told}; they stay in its {record.CELLS}, and count no more"
        doubted = goals.doubtful([one.key for one in self.dimensions])
        if self.goal.name == LOSS and doubted:
            told = f"{doubted[0]} changes what the loss means, so that the least is hardly the best picture"
            yield f"{told}; a judge compares them better: --goal judges"
        if self.search.prune and self.goal.name == LOSS and not self.prunes:
            yield "no cell ends early, as losses cannot be compared early on with these settings"

    @property
    def prunes(self) -> bool:
        """Whether cells may end early."""
        keys = [one.key for one in self.dimensions]
        return self.search.prune and self.goal.name == LOSS and goals.are_comparable_early(keys)

    def jobs(self, checkpoint: str) -> list[Job]:
        """Those that were begun before; the others are chosen when there is a place for them."""
        self._checkpoint = checkpoint
        there = {row.name for row in self.there()}
        return [self.job(cell) for cell in self.cells if cell.name not in there]

    def supply(self, jobs: Sequence[Job], is_parallel: bool) -> SearchSupply:
        """What hands its cells to an engine."""
        return SearchSupply(self, jobs)

    def job(self, cell: Cell) -> Job:
        """A cell that is to be drawn, with what is known of the others by now."""
        others = [row.early for row in self.there() if row.early is not None and row.name != cell.name]
        return job(cell, self.folder, self.threads, self._checkpoint, bar(others) if self.prunes else None)

    def add_next(self) -> Cell | None:
        """Choose another cell, and write it down; None if none is left."""
        cell = self._chosen()
        if cell is None:
            self._refuse_emptiness()
            return None
        self.cells.append(cell)
        record.write(self.folder, self.record)
        if (row := self._row(cell)).state in ENDED:
            self._newly_known.append(row)
        return cell

    def _refuse_emptiness(self) -> None:
        if not self.cells:
            told = f" ({self._refused[0]})" if self._refused else ""
            raise InputError(f"sweep: 'where' and 'unless' leave nothing to choose{told}; loosen them")

    def _chosen(self) -> Cell | None:
        trials, number = [self._trial(row) for row in self.rows()], len(self.cells)
        known = {value_key(dict(cell.settings)) for cell in self.cells}
        names = {cell.name for cell in self.cells}
        for settings in self._proposals(trials, number, known):
            if value_key(settings) not in known and is_wanted(self.sweep, settings):
                try:
                    cell = self.maker.one(settings)
                except InputError as error:  # each is right alone, and not together
                    self._refused.append(str(error).splitlines()[0])
                    continue
                if cell.name not in names:
                    return cell
        return None

    def _proposals(self, trials: Sequence[Trial], number: int, known: set[str]) -> Iterator[dict[str, object]]:
        """What promises most; then, as that may be drawn already, what is left by chance. Bounded."""
        better = self.goal.is_more_better
        for attempt in range(TRIES):
            yield proposing.propose(self.dimensions, trials, better, self.seed, f"{number}/{attempt}")
        count = size(self.dimensions)
        if count is None or count > MAX_CELLS:
            for attempt in range(CHANCES):
                yield proposing.propose(self.dimensions, [], better, self.seed, f"{number}/chance/{attempt}")
            return
        left = [one for one in all_of(self.dimensions) if value_key(one) not in known and is_wanted(self.sweep, one)]
        yield from proposing.shuffled(left, self.seed, str(number))[:CHANCES]

    def _trial(self, row: Row) -> Trial:
        value = self.goal.value(row)
        if row.state == "finished":
            return Trial(row.settings, "failed" if value is None else "complete", value)
        if row.state == "pruned":
            return Trial(row.settings, "pruned", row.early)
        return Trial(row.settings, "failed" if row.state == "failed" else "running")

    def endnotes(self) -> Iterator[str]:
        """What is to be said at the end, a line each."""
        if self._refused:
            yield f"{len(self._refused)} times settings were chosen that do not go together: {self._refused[0]}"
        if len(self.cells) < self.search.trials:
            yield f"nothing else is left to choose: {len(self.cells)} cells are all that there are"


class SearchSupply:
    """Hands out the cells that were begun before, then new ones, each chosen when there is a place for it."""

    depends = True

    def __init__(self, plan: SearchPlan, before: Sequence[Job]) -> None:
        self.at_once = plan.at_once
        self._plan, self._before = plan, deque(before)

    def take(self) -> Job | None:
        """See `Supply`."""
        if self._before:
            return self._before.popleft()
        while len(self._plan.cells) < self._plan.search.trials:
            cell = self._plan.add_next()
            if cell is None:
                return None
            if cell.name not in {row.name for row in self._plan.there()}:
                return self._plan.job(cell)
        return None

    def ended(self, job: Job) -> None:
        """See `Supply`; what came of it is read from its folder."""
