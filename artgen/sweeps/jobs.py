"""A cell as a job: all that is needed to draw it, wherever that is."""

from __future__ import annotations

from pathlib import Path

from artgen.compare import cost
from artgen.preset.needs import input_files
from artgen.sweeps import record
from artgen.sweeps.cells import Cell
from artgen.sweeps.drawing import Job
from artgen.sweeps.early import Bar


def job(cell: Cell, folder: Path, threads: int, checkpoint: str, bar: Bar | None = None) -> Job:
    """The job of a cell of the sweep in a folder; the others as `Job` has them."""
    place = str(folder / record.CELLS / cell.name)
    files = tuple(dict.fromkeys(str(path) for path in input_files(cell.preset) if path.is_file()))
    return Job(cell.name, cell.preset.resolved(), place, threads, checkpoint, work(cell), files, bar)


def work(cell: Cell) -> float:
    """How much there is to do, in pixels that are drawn once."""
    return float(cost.work(cell.preset))
