"""Two presets in one: the first until a step, and the second from there on."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import artgen
from artgen.errors import InputError
from artgen.fields.schedules import Schedule
from artgen.preset.diverging import parting
from artgen.steering import changes, joined

STEPS = 20
NUMBERS = st.floats(-4, 4, width=32)
POINTS = st.dictionaries(st.integers(0, STEPS), NUMBERS, min_size=1, max_size=4).map(
    lambda points: Schedule.parse(dict(sorted(points.items())))
)
SCHEDULES = st.one_of(
    POINTS, st.lists(NUMBERS, min_size=1, max_size=STEPS).map(lambda each: Schedule.parse({"each": each}))
)


@pytest.fixture
def preset(flat):
    return artgen.load(
        {**flat, "steps": STEPS, "batch": 1, "generator": {"type": "pixel"}, "losses": [{"type": "clip"}]}
    )


def changed(preset, **settings):
    return artgen.load(preset, **settings)


def weights(preset):
    return {prompt.text: [prompt.weight.at(step, STEPS) for step in range(STEPS + 1)] for prompt in preset.prompts}


@given(before=SCHEDULES, after=SCHEDULES, step=st.integers(1, STEPS))
def test_a_number_is_the_first_ones_until_the_step_and_then_the_others(before, after, step):
    flat = {"generator": {"type": "flat"}, "size": 8, "steps": STEPS, "seed": 1}
    one, two = (artgen.load({**flat, "losses": [{"type": "dark", "weight": each}]}) for each in (before, after))
    both = joined(one, two, step).losses[0].weight
    expected = [(before if at < step else after).at(at, STEPS) for at in range(STEPS + 1)]
    assert [both.at(at, STEPS) for at in range(STEPS + 1)] == expected
    parts = parting(before, both, STEPS)
    assert parts is None or parts >= step


def test_a_prompt_that_comes_weighs_nothing_before_and_one_that_goes_nothing_afterwards(preset):
    both = joined(preset, changed(preset, prompts="a dog:0.5 | an owl:2"), 8)
    assert weights(both) == {
        "a cat": [1] * 8 + [0] * 13,
        "a dog": [0.5] * 21,
        "an owl": [0] * 8 + [2] * 13,
    }


def test_a_prompt_that_comes_back_is_the_one_that_went(preset):
    gone = joined(preset, changed(preset, prompts="a dog:0.5"), 5)
    back = joined(gone, changed(preset, prompts="a cat:3 | a dog:0.5"), 9)
    assert weights(back) == {"a cat": [1] * 5 + [0] * 4 + [3] * 12, "a dog": [0.5] * 21}


def test_a_loss_that_comes_stands_behind_those_that_were_there(preset):
    two = changed(preset, losses=[{"type": "dark", "weight": 0.5}, {"type": "clip", "weight": 2}])
    both = joined(preset, two, 3)
    assert [loss.type for loss in both.losses] == ["clip", "dark"]
    assert [loss.weight.at(2, STEPS) for loss in both.losses] == [1, 0]
    assert [loss.weight.at(3, STEPS) for loss in both.losses] == [2, 0.5]


def test_a_loss_with_other_settings_is_another(preset):
    both = joined(preset, changed(preset, losses=[{"type": "clip", "distance": "cosine"}]), 3)
    assert [loss.weight.at(2, STEPS) for loss in both.losses] == [1, 0]
    assert [loss.weight.at(3, STEPS) for loss in both.losses] == [0, 1]


def test_other_seeds_count_from_their_steps_on(preset):
    two = joined(preset, changed(preset, seed=99), 4)
    assert [(one.step, one.seed) for one in two.reseed] == [(4, 99)]
    assert joined(two, changed(preset, seed=99), 6).reseed == two.reseed
    back = joined(two, changed(preset, seed=5), 8)
    assert [(one.step, one.seed) for one in back.reseed] == [(4, 99), (8, 5)]
    assert back.seed == 5


def test_what_comes_afterwards_is_the_second_ones(preset):
    two = changed(preset, finish=[{"type": "upscale", "scale": 2}], about="larger")
    both = joined(preset, two, STEPS - 1)
    assert (both.finish, both.about) == (two.finish, "larger")


@pytest.mark.parametrize("step", range(0, STEPS, 5))
def test_a_preset_with_itself_is_itself(preset, step):
    steered = joined(preset, changed(preset, prompts="an owl", seed=7), 6)
    assert joined(steered, steered, step) == steered


def test_what_is_joined_is_read_back_as_it_was_written(preset):
    steered = joined(preset, changed(preset, prompts="an owl", seed=7), 6)
    assert artgen.load(steered.resolved()) == steered


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"size": 24}, "size"),
        ({"steps": 10}, "steps"),
        ({"batch": 2}, "batch"),
        ({"generator": {"type": "flat"}}, "generator"),
        ({"views": [{"type": "corners", "count": 6}]}, "views[0].count"),
        ({"perceptors": {"toy": {"type": "toy"}, "other": {"type": "toy"}}}, "perceptors"),
        ({"filters": [{"type": "tile"}]}, "filters"),
    ],
)
def test_what_cannot_change_is_refused_by_its_path(preset, settings, path):
    with pytest.raises(InputError, match=f"^{re.escape(path)}: cannot change while the picture is drawn"):
        joined(preset, changed(preset, **settings), 3)


def test_all_that_cannot_change_is_told_at_once(preset):
    with pytest.raises(InputError) as caught:
        joined(preset, changed(preset, size=24, batch=3, seed=9), 3)
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == ["size", "batch"]


def test_before_the_first_step_anything_can_change(preset):
    assert joined(preset, changed(preset, size=24, seed=None), 0) == changed(preset, size=24)


def test_changes_are_named_by_their_paths(preset):
    two = changed(preset, prompts="a cat:2 | an owl", seed=9, losses=[{"type": "clip", "weight": 3}, {"type": "dark"}])
    assert changes(preset, two) == ["prompts[0].weight", "prompts[1]", "seed", "losses[0].weight", "losses[1]"]
    assert changes(preset, preset) == []


def test_a_number_that_was_asked_for_beforehand_cannot_change(flat):
    losses = [{"type": "smoothness"}]
    given = {"size": 16, "steps": STEPS, "seed": 1, "losses": losses}
    one, two = (artgen.load({**given, "generator": {"type": "diffusion", "recurrence": each}}) for each in (1, 2))
    with pytest.raises(InputError, match=r"^generator\.recurrence: cannot change"):
        joined(one, two, 3)
