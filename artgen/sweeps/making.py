"""Make a sweep in its folder, in which it can be stopped, gone on with, and made larger."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from artgen.engine.ownership import owned
from artgen.errors import InputError
from artgen.fields.paths import PICTURE, expanded
from artgen.machine import cores
from artgen.preset.loading import Given, load
from artgen.preset.merging import Override
from artgen.preset.settings.sweep import Sweep
from artgen.reporters.places import make_folder
from artgen.sweeps import axes, record
from artgen.sweeps.cells import PRESET, Cell, Maker
from artgen.sweeps.drawing import DrawnCell, Job
from artgen.sweeps.engines import Engine
from artgen.sweeps.engines.agenda import Agenda
from artgen.sweeps.engines.here import Here
from artgen.sweeps.engines.local import Local
from artgen.sweeps.engines.places import places
from artgen.sweeps.engines.supply import Supply
from artgen.sweeps.foreseeing import Foreseen, foreseen
from artgen.sweeps.jobs import Jobs, work
from artgen.sweeps.record import CellRecord, SweepRecord
from artgen.sweeps.rows import Axis, Row
from artgen.sweeps.search.planning import SearchPlan
from artgen.sweeps.search.starting import searching
from artgen.sweeps.sharing import SharedFolders


@dataclass(frozen=True)
class Plan:
    """A sweep that is ready to be drawn."""

    folder: Path
    record: SweepRecord
    cells: tuple[Cell, ...]
    processes: int
    """How many cells are drawn at once."""
    shares: bool = True
    """Whether steps that several cells have in common are drawn once."""
    foreseen: Foreseen | None = None
    """What they take, where that was asked."""

    @property
    def axes(self) -> tuple[Axis, ...]:
        return self.record.all_axes()

    def rows(self) -> list[Row]:
        """What there is of each cell now."""
        return record.rows(self.folder, self.record)

    def engine(self) -> Engine:
        """What draws it on this machine."""
        return Here() if self.processes == 1 else Local(self.processes)

    def remarks(self) -> Iterator[str]:
        """What somebody may not have meant, a line each."""
        seeds = {cell.preset.seed or 0 for cell in self.cells}
        batch = max(cell.preset.batch for cell in self.cells)
        if any(seed + 1 in seeds for seed in seeds) and batch > 1:
            told = f"a batch of {batch} draws the pictures of as many seeds, and keeps the best"
            yield f"{told}; cells whose seeds are neighbours share some, so say --batch 1 to see each"
        if self.foreseen and self.foreseen.remark:
            yield self.foreseen.remark

    @property
    def total(self) -> int:
        """How many cells there are."""
        return len(self.cells)

    def there(self) -> list[Row]:
        """The cells that are drawn."""
        return [row for row in self.rows() if row.state == "finished"]

    def rows_of(self, name: str) -> list[Row]:
        """What there is of the cells of one name: values that are drawn by chance may repeat."""
        return [record.row(self.folder, cell, self.axes) for cell in self._named.get(name, ())]

    @cached_property
    def _named(self) -> dict[str, list[CellRecord]]:
        named: dict[str, list[CellRecord]] = {}
        for cell in self.record.cells:
            named.setdefault(cell.name, []).append(cell)
        return named

    def newly_known(self) -> Iterator[Row]:
        """Cells that were found drawn since the beginning: none."""
        yield from ()

    def endnotes(self) -> Iterator[str]:
        """What is to be said at the end, a line each: nothing, as each cell is made before the first is drawn."""
        yield from ()

    def weights(self) -> dict[str, float]:
        """How much work each cell is, by its name, all in one unit."""
        weights = self._jobs.weights({row.name for row in self.there()})
        known = self.foreseen.seconds if self.foreseen else {}
        if not all(name in known for name in weights):
            return weights
        return {cell.name: known[cell.name] * weights[cell.name] / work(cell) for cell in self.cells}

    def left(self, rows: Iterable[Row]) -> float:
        """Seconds until all cells are drawn, before any of them is; 0 if nobody knows."""
        waiting, weights = {row.name for row in rows if row.state != "finished"}, self.weights()
        return self.foreseen.left([weights[name] for name in waiting]) if self.foreseen else 0

    def jobs(self, checkpoint: str) -> list[Job]:
        """The cells that are not drawn yet, each once, and before them the steps that several have in common."""
        return self._jobs.waiting({row.name for row in self.there()}, checkpoint)

    @cached_property
    def _jobs(self) -> Jobs:
        return Jobs(self.cells, self.folder, self.record.threads, self.shares)

    def supply(self, jobs: Sequence[Job], is_parallel: bool) -> Supply:
        """What hands them to an engine."""
        return Agenda(jobs, is_parallel)

    def room_left(self) -> int:
        """About how many bytes the cells that are not drawn will take, by those that are."""
        done = [row.picture.parent for row in self.rows() if row.state == "finished" and row.picture]
        sizes = [sum(file.stat().st_size for file in place.rglob("*") if file.is_file()) for place in done]
        return round(sum(sizes) / len(sizes) * (len(self.cells) - len(done))) if sizes else 0

    def begin(self) -> None:
        """Write down what is to be drawn. Cells that are there already stay, also those of another sweep."""
        make_folder(self.folder / record.CELLS)
        record.write(self.folder, self.record)


AnyPlan = Plan | SearchPlan


def plan(
    preset: Given | None,
    wanted: Sweep | None = None,
    *,
    out: str | Path,
    overrides: Sequence[Override] = (),
    processes: int | None = None,
    threads: int | None = None,
    title: str | None = None,
    share: bool = True,
    tell: Callable[[str], None] | None = None,
) -> AnyPlan:
    """Check a sweep and all of its cells, or all that a search may choose from. Nothing is drawn or written.

    The arguments are those of `sweep`; `wanted` is what is combined, by default what the preset's `sweep` says, and
    `title` what the sheet is called, by default as the folder. With `tell`, which is told so, a cell is tried out to
    see how many fit at once, unless `processes` says it.

    Raises:
        InputError: if a cell is wrong, or the preset has no `sweep` and nothing is given to go over.
    """
    folder = expanded(out)
    source = "--over" if wanted else "sweep.over"
    wanted = wanted or _said(preset, overrides)
    before = record.read_if_any(folder)
    seed = before.seed if before else secrets.randbelow(2**32)
    maker = Maker(preset, overrides, seed, source)
    if wanted.search is not None:
        return searching(maker, wanted, folder, before, seed, processes, threads, title or folder.name)
    found = axes.axes(wanted, seed)
    made = tuple(maker.all_of(axes.combinations(wanted, found)))
    split = threads or (before.threads if before else None)
    waiting = [cell for cell in made if not (folder / record.CELLS / cell.name / PICTURE).is_file()]
    ahead = foreseen(waiting, split, tell) if waiting and tell and not processes else None
    at_once = processes or (ahead.processes if ahead else places([cell.preset for cell in made], len(made)))
    split = split or max(1, cores() // at_once)
    named = [(cell.name, cell.settings) for cell in made]
    told = record.recorded(title or folder.name, seed, split, found, named)
    return Plan(folder, told, made, min(at_once, len(made)), share, ahead)


def sweep(
    preset: Given | None,
    over: Mapping[str, Any] | None = None,
    *,
    out: str | Path,
    overrides: Sequence[Override] = (),
    combine: str = "product",
    where: Sequence[Mapping[str, Any]] = (),
    unless: Sequence[Mapping[str, Any]] = (),
    search: Mapping[str, Any] | bool | None = None,
    processes: int | None = None,
    threads: int | None = None,
    engine: Engine | None = None,
    share: bool = True,
    checkpoint: str = "30s",
    note: Callable[[str], None] = print,
) -> Iterator[Row]:
    """Draw a preset again and again, each time with other settings; gives each cell as it ends.

    ::

        for row in artgen.sweep("quickstart", {"seed": "1..4", "losses.clip.weight": [1, 2]}, out="sweeps/fish"):
            print(row.settings, row.loss, row.picture)

    Cells that are drawn already are given first. Called again, it goes on where it was stopped; a cell that failed is
    tried again. Those that a search has pruned are given as such.
    Where processes are begun as on macOS, a script needs ``if __name__ == "__main__":``.

    Args:
        preset: what to draw; whatever `load` takes, also a preset with `sweep`. None where `over` has ``preset``.
        over: the settings that change, by their paths, and the values of each, as a preset's `sweep.over` has them;
            ``preset`` goes over whole presets. Default: what the preset's `sweep` says.
        out: the folder.
        overrides: changes to the preset, as `load` takes them.
        combine: ``product`` or ``zip``.
        where: the combinations that are drawn, as `sweep.where` has them.
        unless: those that are left out.
        search: chooses the cells by what others have come to, as `sweep.search` has it: ``{"trials": 20}``. Default:
            all combinations are drawn.
        processes: how many are drawn at once on this machine; default: as many as it has cores and memory for.
        threads: with how many each is drawn, which reaches the last bits of pictures; default: as this sweep was begun,
            or the machine's cores shared out.
        engine: what draws; default: processes of this machine.
        share: draw the first steps that several cells have in common only once. It changes no byte.
        checkpoint: as `run` has it.
        note: told one line now and then.

    Raises:
        InputError: if any cell is wrong; then nothing is drawn.
    """
    asked = {"over": over, "combine": combine, "where": where, "unless": unless, "search": search}
    wanted = axes.checked(asked) if over else None
    made = plan(
        preset,
        wanted,
        out=out,
        overrides=overrides,
        processes=processes,
        threads=threads,
        share=share,
        tell=None if engine else note,
    )
    for line in made.remarks():
        note(line)
    yield from drawn(made, engine or made.engine(), checkpoint, note)


def drawn(made: AnyPlan, engine: Engine, checkpoint: str, note: Callable[[str], None]) -> Generator[Row]:
    """Draw what is missing of a plan; gives every row, those that are there first, the others as they end."""
    with owned(make_folder(made.folder)):
        made.begin()
        yield from made.there()
        jobs = made.jobs(checkpoint)
        folders = SharedFolders(jobs)
        yield from _newly_drawn(made, folders, engine.draw(made.supply(jobs, engine.is_parallel)), note)
        if all(row.state == "finished" for row in made.rows()):
            shutil.rmtree(made.folder / record.SHARED, ignore_errors=True)  # also what other sweeps have left here
    for line in made.endnotes():
        note(line)


def _newly_drawn(
    made: AnyPlan, folders: SharedFolders, ended: Iterator[DrawnCell], note: Callable[[str], None]
) -> Iterator[Row]:
    told: set[str] = set()
    try:
        for done in ended:
            if done.state == "failed" and not made.rows_of(done.name):
                done = replace(done, notes=(*done.notes, f"shared steps: {done.outcome.reason}"))
            for line in done.notes:
                if line not in told:
                    told.add(line)
                    note(line)
            yield from made.newly_known()
            for row in made.rows_of(done.name):
                failed = done.state == "failed"
                yield replace(row, state="failed", reason=done.outcome.reason) if failed else row
            folders.ended(done)
        yield from made.newly_known()
    finally:
        if isinstance(ended, Generator):  # what is under way shall stop now, and not when memory is tidied up
            ended.close()


def _said(preset: Given | None, overrides: Sequence[Override]) -> Sweep:
    """What a preset itself says."""
    said = load(preset, overrides).sweep if preset is not None else None
    if said is None:
        raise InputError("sweep: nothing to go over; say --over 'seed=1..12', or give the preset a 'sweep'")
    if PRESET in said.over:
        raise InputError("sweep.over: 'preset' belongs to the command: --over preset=quickstart,vqgan")
    return said
