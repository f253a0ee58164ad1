"""What fits into memory."""

import re

import pytest

import artgen as package
from artgen.planning import cost, fitting
from artgen.planning.calibration import Memory

GB = 1 << 30


@pytest.mark.parametrize(
    ("needed", "free", "cores", "most", "at_once"),
    [
        (2 * GB, 9 * GB, 8, None, 4),
        (2 * GB, 9 * GB, 3, None, 3),
        (2 * GB, 9 * GB, 8, 2, 2),
        (2 * GB, 1 * GB, 8, None, 1),
        (2 * GB, None, 8, 5, 5),
    ],
)
def test_as_many_at_once_as_there_are_cores_and_memory_for(needed, free, cores, most, at_once):
    assert fitting.at_once(needed, free, cores, most) == at_once


def test_what_fits_needs_no_advice(flat):
    assert not list(fitting.advice(package.load(flat), Memory(base=GB, peak=2 * GB), 3 * GB))
    assert not list(fitting.advice(package.load(flat), Memory(base=GB, peak=2 * GB), None))


def test_advice_names_what_would_fit():
    preset = package.load("quickstart", batch=8, size=512)
    told = " ".join(fitting.advice(preset, Memory(base=GB, peak=9 * GB), 5 * GB))
    assert "--batch 4 would fit" in told
    assert "--size 352x352 would fit" in told  # of half as many pixels


def test_a_chunk_is_named_where_the_views_are_what_takes_memory():
    preset = package.load("quickstart", batch=8, size=64)
    told = " ".join(fitting.advice(preset, Memory(base=GB, peak=9 * GB), 5 * GB))
    (chunk,) = map(int, re.findall(r"chunk=(\d+)", told))
    views = 8 * cost.views(preset)
    spared = cost.VIEW_BYTES * 8 * cost.looks(preset) * (views - chunk) / views
    assert spared >= cost.memory(preset) / 2 > spared - 2 * cost.VIEW_BYTES * len(preset.perceptors)


def test_where_the_models_alone_are_too_much_nothing_smaller_is_named(flat):
    (told,) = fitting.advice(package.load(flat), Memory(base=4 * GB, peak=5 * GB), 3 * GB)
    assert "end other programs, or choose smaller models" in told
