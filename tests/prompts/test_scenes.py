"""Prompts that take turns."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from artgen.prompts import Prompts

READER = TypeAdapter(Prompts)


def read(data):
    return READER.validate_python(data)


def write(path, data, prompts):
    """A preset of `data` whose prompts are the YAML text `prompts`."""
    path.write_text(yaml.safe_dump({key: value for key, value in data.items() if key != "prompts"}) + prompts)


@pytest.mark.parametrize(
    ("scenes", "steps", "expected"),
    [
        # Two scenes that turn into each other from step 50 to 60 of 101.
        ({"scenes": {"0%": "a", "50%": "b"}, "blend": "10%"}, 101, lambda t: 1 - clamp((t - 50) / 10)),
        ({"scenes": {"0": "a", "40": "b"}, "blend": 20}, 101, lambda t: 1 - clamp((t - 40) / 20)),
        ({"scenes": {"0": "a", "40": "b"}, "blend": 0}, 101, lambda t: float(t < 40)),
        ({"scenes": ["a", "b"], "blend": "50%"}, 101, lambda t: 1 - clamp((t - 50) / 50)),
        ({"scenes": {"0": "a", "30": "b"}}, 101, lambda t: 1 - clamp((t - 30) / 10)),
    ],
)
def test_scenes_turn_into_each_other(scenes, steps, expected):
    a, b = read(scenes)
    for t in range(steps):
        assert a.weight.at(t, steps) == pytest.approx(expected(t), abs=1e-4)
        assert b.weight.at(t, steps) == pytest.approx(1 - expected(t), abs=1e-4)


def clamp(x):
    return min(1, max(0, x))


@given(st.integers(2, 7), st.floats(0, 1), st.sampled_from(["%", ""]), st.data())
def test_one_scene_takes_over_where_another_leaves(count, share, unit, data):
    gaps = data.draw(st.lists(st.integers(2, 13), min_size=count, max_size=count))
    moments = [sum(gaps[:i]) for i in range(count)]
    blend = f"{int(share * min(gaps))}{unit}"
    prompts = read(["x:0.5", {"scenes": {f"{at}{unit}": f"s{at}:-2" for at in moments}, "blend": blend}])
    assert read(json.loads(READER.dump_json(prompts, exclude_none=True))) == prompts
    for step in range(0, 140, 3):
        weights = [prompt.weight.at(step, 130) for prompt in prompts]
        assert sum(weights[1:]) == pytest.approx(-2, abs=1e-3) and weights[0] == 0.5
        assert all(-2 <= weight <= 0 for weight in weights[1:])


def test_check_resolved_shows_the_plain_prompts(artgen, tmp_path, flat):
    text = "prompts:\n  - scenes: {0%: a tree, 50%: 'a bare tree | snow:0.5'}\n    blend: 20%\n"
    write(tmp_path / "p.yaml", flat, text)
    shown = artgen("check", "--resolved", "p.yaml", code=0).stdout
    assert "- text: snow\n  weight:\n    50%: 0\n    70%: 0.5\n" in shown
    assert "scenes" not in shown
