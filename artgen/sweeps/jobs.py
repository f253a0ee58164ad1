"""Cells as jobs: all that is needed to draw them, wherever that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from artgen.planning import cost
from artgen.preset.model import Preset
from artgen.preset.needs import input_files
from artgen.sweeps import record
from artgen.sweeps.cells import Cell
from artgen.sweeps.drawing import Job
from artgen.sweeps.early import Bar
from artgen.sweeps.sharing import Sharing, Trunk


def job(cell: Cell, folder: Path, threads: int, checkpoint: str, bar: Bar | None = None) -> Job:
    """The job of a cell of the sweep in a folder; the others as `Job` has them."""
    place = folder / record.CELLS / cell.name
    return replace(_job(cell.name, cell.preset, place, threads, checkpoint, work(cell)), bar=bar)


def work(cell: Cell, begins: Trunk | None = None) -> float:
    """How much there is to do after the steps that it shares with others, in pixels that are drawn once."""
    return float(cost.work(cell.preset) - (begins.steps * cost.step_work(cell.preset) if begins else 0))


def _job(name: str, preset: Preset, place: Path, threads: int, checkpoint: str, work: float) -> Job:
    files = tuple(dict.fromkeys(str(path) for path in input_files(preset) if path.is_file()))
    return Job(name, preset.resolved(), str(place), threads, checkpoint, work, files)


@dataclass(frozen=True)
class Jobs:
    """The jobs of a sweep whose cells are all known."""

    cells: Sequence[Cell]
    folder: Path
    """Of the sweep."""
    threads: int
    shares: bool
    """Whether steps that several cells have in common are drawn once."""

    def weights(self, done: Collection[str]) -> dict[str, float]:
        """How much work each cell is, by its name; of the steps that several have in common each has its part.

        Args:
            done: the names of the cells that are drawn.
        """
        trunks = self._trunks(done)
        users = Counter(trunk.name for last in trunks.values() for trunk in last.line())
        found = {}
        for cell in self.cells:
            last = trunks.get(cell.name)
            parts = [_shared_work(trunk) / users[trunk.name] for trunk in (last.line() if last else ())]
            found[cell.name] = work(cell, last) + sum(parts)
        return found

    def waiting(self, done: Collection[str], checkpoint: str) -> list[Job]:
        """The cells that are not drawn yet, each once, and before them the steps that several have in common."""
        found: dict[str, Job] = {}
        trunks = self._trunks(done)
        for cell in self.cells:
            if cell.name in done or cell.name in found:
                continue
            last = trunks.get(cell.name)
            for trunk in last.line() if last else ():
                if trunk.name not in found:
                    found[trunk.name] = self._shared(trunk, checkpoint)
            place = self.folder / record.CELLS / cell.name
            made = _job(cell.name, cell.preset, place, self.threads, checkpoint, work(cell, last))
            found[cell.name] = replace(made, begins=self._place(last))
        return list(found.values())

    def _shared(self, trunk: Trunk, checkpoint: str) -> Job:
        place = self.folder / record.SHARED / trunk.name
        made = _job(trunk.name, trunk.preset, place, self.threads, checkpoint, _shared_work(trunk))
        return replace(made, first_steps=trunk.steps, begins=self._place(trunk.parent))

    def _place(self, trunk: Trunk | None) -> str | None:
        return str(self.folder / record.SHARED / trunk.name) if trunk else None

    def _trunks(self, done: Collection[str]) -> dict[str, Trunk]:
        """Where each cell that is not drawn yet begins, if not with the first step."""
        if not self.shares:
            return {}
        is_begun: Callable[[Trunk], bool] = lambda trunk: (self.folder / record.SHARED / trunk.name).is_dir()  # noqa: E731
        return self._sharing.trunks(lambda cell: cell.name not in done, is_begun)

    @cached_property
    def _sharing(self) -> Sharing:
        return Sharing(self.cells)


def _shared_work(trunk: Trunk) -> float:
    return float(trunk.own_steps * cost.step_work(trunk.preset))
