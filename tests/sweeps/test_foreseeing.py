"""How many cells a sweep draws at once, and how long it takes, by one that was tried out."""

from dataclasses import replace

import pytest

import artgen as package
from artgen.planning.calibration import Memory
from artgen.sweeps import foreseeing, making
from artgen.sweeps.axes import checked
from artgen.sweeps.cells import Cell
from artgen.sweeps.foreseeing import Foreseen, by_trial
from artgen.sweeps.terminal import announced
from tests.planning.test_estimate import trial

GB = 1 << 30


def cells(flat, count):
    return [Cell({"seed": seed}, package.load(flat, seed=seed, steps=11), f"{seed:010}") for seed in range(count)]


@pytest.mark.parametrize(
    ("peak", "free", "cores", "at_once"), [(2, 9, 8, 4), (2, 9, 3, 3), (2, 100, 8, 5), (20, 9, 8, 1), (2, None, 8, 5)]
)
def test_as_many_at_once_as_the_trial_leaves_room_for(flat, peak, free, cores, at_once):
    made = cells(flat, 5)
    measured = trial(memory=Memory(base=GB, peak=peak * GB))
    found = by_trial(made, made[0].preset, measured, None if free is None else free * GB, cores)
    assert found.processes == at_once
    # Cells that differ in nothing but the seed take as long as the one that was tried out.
    assert set(found.seconds.values()) == {1 + 30 + 4.5}


def test_what_is_left_is_shared_out():
    found = Foreseen(2, {"a": 10, "b": 30}, start=5)
    assert found.left([10, 10, 1]) == 5 + 21 / 2
    assert found.left([10, 30]) == 5 + 30  # one process has the longest, whatever the other does
    assert found.left([]) == Foreseen(2).left([10]) == 0


def test_a_sweep_of_little_work_is_not_tried_out(flat):
    assert foreseeing.foreseen(cells(flat, 2), 1, pytest.fail).seconds == {}


def test_a_trial_that_fails_stops_no_sweep(flat, monkeypatch):
    """Here its program cannot even begin."""
    monkeypatch.setattr(foreseeing, "WORTH", 0)
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    monkeypatch.setenv("ARTGEN_CACHE", "cache")
    told = []
    made = making.plan(flat, _over(), out="sweep", threads=1, tell=told.append)
    assert told == ["trying out the largest cell, to see what it takes"]
    assert made.processes >= 1
    assert [line for line in made.remarks() if line.startswith("how long it takes is not known: ")]


def test_a_sweep_says_how_long_it_takes_before_it_begins(flat):
    made = making.plan(flat, _over(), out="sweep", processes=1, threads=1)
    ahead = Foreseen(1, {cell.name: 20.0 for cell in made.cells}, start=5)
    told = replace(made, foreseen=ahead)
    assert announced(told, told.rows()).endswith("; about 1:05 in all")
    assert set(told.weights().values()) == {20.0}


def _over():
    return checked({"over": {"seed": "1..3"}})
