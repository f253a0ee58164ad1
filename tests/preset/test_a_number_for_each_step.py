"""``{each: [...]}`` wherever a number may change over the run."""

import pytest

import artgen as package
from artgen.errors import InputError
from artgen.planning import cost


@pytest.fixture
def seen():
    return {
        "prompts": "a cat",
        "seed": 1,
        "size": 16,
        "steps": 3,
        "generator": {"type": "pixel"},
        "perceptors": {"c": {"type": "open_clip", "model": "embedded"}},
        "views": [{"type": "cutouts", "count": {"each": [2, 4]}}],
        "losses": [{"type": "clip"}],
    }


def test_views_are_counted_at_their_most(seen):
    assert cost.work(package.load(seen)) > cost.work(package.load(seen, ["views[0].count=3"]))


def test_a_quality_scales_them(seen):
    (views,) = package.load({**seen, "quality": "draft"}).views
    assert views.count.values == (1, 2)


def test_a_scene_has_one_weight_in_any_notation(seen):
    scenes = [{"text": "a cat", "weight": {"each": [2]}}, "a dog"]
    cat, dog = package.load({**seen, "prompts": [{"scenes": scenes}]}).prompts
    assert (max(cat.weight.values), max(dog.weight.values)) == (2, 1)


def test_a_range_that_is_upside_down_at_one_of_them_is_refused(seen):
    seen["views"] = [{"type": "cutouts", "count": 2, "wide_scale": [{"each": [0.5, 0.9, 0.5]}, 0.8]}]
    with pytest.raises(InputError, match=r"wide_scale goes from 0.9 to 0.8 at step 1"):
        package.steps(seen)
