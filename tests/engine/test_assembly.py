"""The parts of a run, and what they were loaded from."""

import pytest
import strangers

from artgen.engine import run as engine
from artgen.errors import InputError
from artgen.preset import loading


def test_what_generators_and_losses_were_loaded_from_is_in_the_recipe(flat):
    result = engine.run(loading.parse({**flat, "steps": 1}))
    assert result.recipe["weights"] == {"flat/start": "1" * 64, "match/targets": "2" * 64}


def test_a_generator_may_be_the_one_that_reads_the_prompts(flat, monkeypatch):
    data = {**flat, "losses": [{"type": "dark"}], "perceptors": {}, "views": []}
    with pytest.raises(InputError, match="no loss reads the prompts"):
        loading.parse(data)
    monkeypatch.setattr(strangers.Flat, "uses_prompts", True)
    assert loading.parse(data).prompts
