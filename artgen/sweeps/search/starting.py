"""A search from its settings, checked, with what its folder holds already."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from artgen.errors import InputError
from artgen.machine import cores
from artgen.preset.settings.sweep import Sweep
from artgen.sweeps.axes import is_wanted
from artgen.sweeps.cells import Cell, Maker
from artgen.sweeps.engines.places import places
from artgen.sweeps.record import SweepRecord
from artgen.sweeps.search import goals, proposing
from artgen.sweeps.search.planning import SearchPlan
from artgen.sweeps.search.space import Choices, Dimension, contains, probes, space


def searching(
    maker: Maker,
    sweep: Sweep,
    folder: Path,
    before: SweepRecord | None,
    seed: int,
    processes: int | None,
    threads: int | None,
    title: str,
) -> SearchPlan:
    """The plan of a sweep with `search`; the arguments are those of `artgen.sweeps.making.plan`.

    Raises:
        InputError: if Optuna is not installed, a value that may be chosen is wrong, or the goal cannot be had.
    """
    assert sweep.search is not None
    proposing.check_installed()
    dimensions = space(sweep)
    presets = [cell.preset for cell in maker.all_of(probes(dimensions))]
    cells = _kept(dimensions, sweep, maker, before)
    at_once = processes or places(presets, sweep.search.trials)
    split = threads or (before.threads if before else max(1, cores() // at_once))
    return SearchPlan(
        folder=folder,
        title=title,
        sweep=sweep,
        search=sweep.search,
        dimensions=dimensions,
        goal=goals.goal(sweep.search.goal, presets),
        maker=maker,
        seed=seed,
        threads=split,
        processes=at_once,
        at_once=processes,
        cells=cells,
        left_out=len(before.cells) - len(cells) if before else 0,
    )


def _kept(dimensions: Sequence[Dimension], sweep: Sweep, maker: Maker, before: SweepRecord | None) -> list[Cell]:
    """The cells that a folder knows and that are among what is searched: with the same content, and each once."""
    found: dict[str, Cell] = {}
    for one in before.cells if before else ():
        assert before is not None
        settings = {axis.key: axis.values[at] for axis, at in zip(before.axes, one.at, strict=True)}
        if not (contains(dimensions, settings) and is_wanted(sweep, settings)):
            continue
        try:
            cell = maker.one({dimension.key: _own(dimension, settings[dimension.key]) for dimension in dimensions})
        except InputError:
            continue
        if cell.name == one.name:
            found.setdefault(cell.name, cell)
    return list(found.values())


def _own(dimension: Dimension, value: object) -> object:
    """A value as the preset has it, which may know the folder that it is from."""
    place = dimension.place(value) if isinstance(dimension, Choices) else None
    return value if place is None or not isinstance(dimension, Choices) else dimension.values[place]
