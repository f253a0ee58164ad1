"""How a processor rounds is written down, and told where a picture comes out otherwise."""

import os
import subprocess
import sys

import pytest
import torch

import artgen
from artgen.engine.determinism import deterministic, threads
from artgen.engine.rounding import fingerprint
from artgen.recipe.model import differences

HERE = "from artgen.engine.rounding import fingerprint; print(fingerprint())"


def test_it_is_the_same_with_any_number_of_threads_and_in_a_deterministic_run():
    said = set()
    for number in (1, 2):
        fingerprint.cache_clear()
        with threads(number):
            said.add(fingerprint())
    fingerprint.cache_clear()
    with deterministic(True), torch.autocast("cpu", dtype=torch.bfloat16):
        said.add(fingerprint())
    assert len(said) == 1


@pytest.mark.slow
def test_it_is_another_with_fewer_instructions():
    if torch.backends.cpu.get_cpu_capability() == "DEFAULT":
        pytest.skip("torch knows no better instructions of this processor")
    less = os.environ | {"ATEN_CPU_CAPABILITY": "default"}
    told = subprocess.check_output([sys.executable, "-c", HERE], env=less, text=True)
    assert told.strip() != fingerprint()


def test_a_recipe_has_it():
    preset = {"generator": {"type": "pixel"}, "size": 16, "steps": 1, "losses": [{"type": "smoothness"}]}
    assert artgen.run(preset, show=False).recipe["rounding"] == fingerprint()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"rounding": "1"}, {"rounding": "2"}, ("another processor, which rounds otherwise",)),
        ({"rounding": "1"}, {"rounding": "1"}, ()),
        ({}, {"rounding": "2"}, ()),
        ({"rounding": "1"}, {}, ()),
        ({"rounding": "1", "hardware": "A"}, {"rounding": "2", "hardware": "B"}, ("hardware B (was A)",)),
        (
            {"rounding": "1", "libraries": {"torch": "2.5"}},
            {"rounding": "2", "libraries": {"torch": "2.6"}},
            ("torch 2.6 (was 2.5)",),
        ),
    ],
)
def test_a_difference_is_told_where_nothing_else_tells_it(old, new, told):
    assert differences(old, new) == told
