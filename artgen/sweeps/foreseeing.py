"""What a sweep is going to take, by one cell that is tried out before the first is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from artgen.engine.devices import pick_device
from artgen.errors import ArtgenError
from artgen.machine import cores, memory
from artgen.planning import cost, estimate, fitting, measuring
from artgen.planning.calibration import Calibration
from artgen.preset.model import Preset
from artgen.preset.needs import downloads, missing
from artgen.sweeps.cells import Cell
from artgen.sweeps.engines.places import places

WORTH = 66_000_000
"""A sweep of less work, as `cost.work` counts it, is drawn without trying a cell out: in about a minute."""


@dataclass(frozen=True)
class Foreseen:
    """How many cells are drawn at once, and how long each takes."""

    processes: int
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Of each cell, by its name; empty if none was tried out."""
    start: float = 0
    """Seconds until the first cell of a process begins, its models loaded."""
    remark: str = ""
    """Why no cell could be tried out."""

    def left(self, each: Sequence[float]) -> float:
        """Seconds until cells are drawn that take so many each; 0 if nobody knows."""
        if not (each and self.seconds):
            return 0
        return self.start + max(sum(each) / self.processes, *each)


def foreseen(made: Sequence[Cell], threads: int | None, tell: Callable[[str], None]) -> Foreseen:
    """By the cell that needs most memory, which is tried out if that is worth it; whatever fails there stops nothing.

    Args:
        made: the cells that are to be drawn.
        threads: with how many each; None: the machine's cores are shared out.
        tell: told one line before a cell is tried out, which takes a while.
    """
    processes = places([cell.preset for cell in made], len(made))
    largest = max(made, key=lambda cell: (cost.memory(cell.preset), cost.work(cell.preset))).preset
    if sum(cost.work(cell.preset) for cell in made) < WORTH or missing(downloads(largest)):
        return Foreseen(processes)
    tell("trying out the largest cell, to see what it takes")
    try:
        split = threads or max(1, cores() // processes)
        trial = measuring.calibration(largest, split, at_once=processes, again=True, note=tell)
    except (ArtgenError, OSError) as error:
        return Foreseen(processes, remark=f"how long it takes is not known: {error}")
    is_cpu = pick_device(largest.device).type == "cpu"
    return by_trial(made, largest, trial, memory()[1], cores() if is_cpu else 1)


def by_trial(made: Sequence[Cell], largest: Preset, trial: Calibration, free: int | None, most: int) -> Foreseen:
    """By what was measured of one preset.

    Args:
        made: the cells that are to be drawn.
        largest: the preset that was tried out.
        trial: what that has measured.
        free: bytes of main memory that are free; None if the system does not tell.
        most: no more than so many at once.
    """
    seconds = {cell.name: estimate.of_cell(largest, trial, cell.preset) for cell in made}
    start = trial.start + max(0.0, trial.build - trial.again)
    return Foreseen(fitting.at_once(trial.memory.peak, free, most, len(made)), seconds, start)
