"""Make a sweep in its folder, in which it can be stopped, gone on with, and made larger."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from artgen.engine.ownership import owned
from artgen.errors import InputError
from artgen.fields.paths import PICTURE, expanded
from artgen.machine import cores
from artgen.planning import cost
from artgen.preset.loading import Given, load
from artgen.preset.merging import Override
from artgen.preset.needs import input_files
from artgen.preset.settings.sweep import Sweep
from artgen.reporters.folder import make_folder
from artgen.sweeps import axes, record
from artgen.sweeps.cells import PRESET, Cell, cells
from artgen.sweeps.drawing import DrawnCell, Job
from artgen.sweeps.engines import Engine
from artgen.sweeps.engines.here import Here
from artgen.sweeps.engines.local import Local
from artgen.sweeps.foreseeing import Foreseen, foreseen, reckoned
from artgen.sweeps.record import AxisRecord, CellRecord, SweepRecord
from artgen.sweeps.rows import Axis, Row
from artgen.version import own_version


@dataclass(frozen=True)
class Plan:
    """A sweep that is ready to be drawn."""

    folder: Path
    record: SweepRecord
    cells: tuple[Cell, ...]
    processes: int
    """How many cells are drawn at once."""
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

    def weights(self) -> dict[str, float]:
        """How much work each cell is, by its name, all in one unit."""
        known = self.foreseen.seconds if self.foreseen else {}
        if all(cell.name in known for cell in self.cells):
            return dict(known)
        return {cell.name: float(cost.work(cell.preset)) for cell in self.cells}

    def left(self, rows: Iterable[Row]) -> float:
        """Seconds until all cells are drawn, before any of them is; 0 if nobody knows."""
        waiting = dict.fromkeys(row.name for row in rows if row.state != "finished")
        return self.foreseen.left(list(waiting)) if self.foreseen else 0

    def jobs(self, checkpoint: str) -> list[Job]:
        """The cells that are not drawn yet, each once."""
        found: dict[str, Job] = {}
        weights = self.weights()
        for cell, row in zip(self.cells, self.rows(), strict=True):
            if row.state != "finished" and cell.name not in found:
                place = str(self.folder / record.CELLS / cell.name)
                resolved, work = cell.preset.resolved(), weights[cell.name]
                files = tuple(dict.fromkeys(str(path) for path in input_files(cell.preset) if path.is_file()))
                found[cell.name] = Job(cell.name, resolved, place, self.record.threads, checkpoint, work, files)
        return list(found.values())

    def room_left(self) -> int:
        """About how many bytes the cells that are not drawn will take, by those that are."""
        done = [row.picture.parent for row in self.rows() if row.state == "finished" and row.picture]
        sizes = [sum(file.stat().st_size for file in place.rglob("*") if file.is_file()) for place in done]
        return round(sum(sizes) / len(sizes) * (len(self.cells) - len(done))) if sizes else 0

    def begin(self) -> None:
        """Write down what is to be drawn. Cells that are there already stay, also those of another sweep."""
        make_folder(self.folder / record.CELLS)
        record.write(self.folder, self.record)


def plan(
    preset: Given | None,
    wanted: Sweep | None = None,
    *,
    out: str | Path,
    overrides: Sequence[Override] = (),
    processes: int | None = None,
    threads: int | None = None,
    title: str | None = None,
    tell: Callable[[str], None] | None = None,
) -> Plan:
    """Check a sweep and all of its cells. Nothing is drawn or written.

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
    found = axes.axes(wanted, seed)
    made = tuple(cells(preset, wanted, found, overrides, seed, source))
    split = threads or (before.threads if before else None)
    ahead = None if processes else _ahead(folder, made, split, tell)
    at_once = processes or (ahead.processes if ahead else reckoned(made))
    split = split or max(1, cores() // at_once)
    places = {axis.key: _places(axis) for axis in found}
    told = SweepRecord(
        artgen=own_version(),
        title=title or folder.name,
        seed=seed,
        threads=split,
        axes=[AxisRecord(key=key, values=[json.loads(value) for value in each]) for key, each in places.items()],
        cells=[
            CellRecord(name=cell.name, at=[places[key][_key(value)] for key, value in cell.settings.items()])
            for cell in made
        ],
    )
    return Plan(folder, told, made, min(at_once, len(made)), ahead)


def sweep(
    preset: Given | None,
    over: Mapping[str, Any] | None = None,
    *,
    out: str | Path,
    overrides: Sequence[Override] = (),
    combine: str = "product",
    where: Sequence[Mapping[str, Any]] = (),
    unless: Sequence[Mapping[str, Any]] = (),
    processes: int | None = None,
    threads: int | None = None,
    engine: Engine | None = None,
    checkpoint: str = "30s",
    note: Callable[[str], None] = print,
) -> Iterator[Row]:
    """Draw a preset again and again, each time with other settings; gives each cell as it ends.

    ::

        for row in artgen.sweep("quickstart", {"seed": "1..4", "losses.clip.weight": [1, 2]}, out="sweeps/fish"):
            print(row.settings, row.loss, row.picture)

    Cells that are drawn already are given first. Called again, it goes on where it was stopped; a cell that failed is
    tried again. Where processes are begun as on macOS, a script needs ``if __name__ == "__main__":``.

    Args:
        preset: what to draw; whatever `load` takes, also a preset with `sweep`. None where `over` has ``preset``.
        over: the settings that change, by their paths, and the values of each, as a preset's `sweep.over` has them;
            ``preset`` goes over whole presets. Default: what the preset's `sweep` says.
        out: the folder.
        overrides: changes to the preset, as `load` takes them.
        combine: ``product`` or ``zip``.
        where: the combinations that are drawn, as `sweep.where` has them.
        unless: those that are left out.
        processes: how many are drawn at once on this machine; default: as many as it has cores and memory for.
        threads: with how many each is drawn, which reaches the last bits of pictures; default: as this sweep was begun,
            or the machine's cores shared out.
        engine: what draws; default: processes of this machine.
        checkpoint: as `run` has it.
        note: told one line now and then.

    Raises:
        InputError: if any cell is wrong; then nothing is drawn.
    """
    wanted = axes.checked({"over": over, "combine": combine, "where": where, "unless": unless}) if over else None
    tell = None if engine else note
    made = plan(preset, wanted, out=out, overrides=overrides, processes=processes, threads=threads, tell=tell)
    for line in made.remarks():
        note(line)
    yield from drawn(made, engine or made.engine(), checkpoint, note)


def drawn(made: Plan, engine: Engine, checkpoint: str, note: Callable[[str], None]) -> Generator[Row]:
    """Draw what is missing of a plan; gives every row, those that are there first, the others as they end."""
    with owned(make_folder(made.folder)):
        made.begin()
        yield from (row for row in made.rows() if row.state == "finished")
        yield from _newly_drawn(made, engine.draw(made.jobs(checkpoint)), note)


def _newly_drawn(made: Plan, ended: Iterator[DrawnCell], note: Callable[[str], None]) -> Iterator[Row]:
    named: dict[str, list[CellRecord]] = {}
    for cell in made.record.cells:
        named.setdefault(cell.name, []).append(cell)
    told: set[str] = set()
    try:
        for done in ended:
            for line in done.notes:
                if line not in told:
                    told.add(line)
                    note(line)
            for cell in named[done.name]:
                row = record.row(made.folder, cell, made.axes)
                failed = done.state == "failed"
                yield replace(row, state="failed", reason=done.outcome.reason) if failed else row
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


def _ahead(
    folder: Path, made: Sequence[Cell], threads: int | None, tell: Callable[[str], None] | None
) -> Foreseen | None:
    """What the cells take that are not drawn yet; None if that is not asked, or all are drawn."""
    waiting = [cell for cell in made if not (folder / record.CELLS / cell.name / PICTURE).is_file()]
    return foreseen(waiting, threads, tell) if tell and waiting else None


def _places(axis: Axis) -> dict[str, int]:
    """The place of each value, those alike counted once: values that are drawn by chance may repeat."""
    return {key: place for place, key in enumerate(dict.fromkeys(map(_key, axis.values)))}


def _key(value: Any) -> str:
    """The same for equal values alone: true is not 1."""
    return json.dumps(value, sort_keys=True)
