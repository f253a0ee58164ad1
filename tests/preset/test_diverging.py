"""Up to which step two presets draw the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import artgen
from artgen.fields.schedules import Schedule
from artgen.preset.diverging import StepSettings, parting

STEPS = 40
DOG = {"text": "a dog", "weight": 0.5}

_numbers = st.sampled_from([0.0, -0.0, 0.5, 1.0, 3.0])
_moments = st.one_of(
    st.integers(0, STEPS + 5).map(str), st.sampled_from(["0%", "12.5%", "25%", "50%", "75%", "100%"])
).filter(lambda text: text != "0")


def _read(points, curve, first):
    data = {"0": first, **points}
    try:
        return Schedule.parse({**data, "curve": curve})
    except ValueError:  # its points do not go from early to late
        return None


_points = st.builds(
    _read, st.dictionaries(_moments, _numbers, max_size=4), st.sampled_from(["linear", "cosine", "step"]), _numbers
)
_each = st.lists(_numbers, min_size=1, max_size=12).map(lambda values: Schedule.parse({"each": values}))
_schedules = st.one_of(_points, _each).filter(lambda made: made is not None)


@given(_schedules, _schedules)
def test_schedules_part_where_their_values_first_differ(one, other):
    values = [(one.at(step, STEPS).hex(), other.at(step, STEPS).hex()) for step in range(STEPS + 1)]
    assert parting(one, other, STEPS) == next((step for step, (a, b) in enumerate(values) if a != b), None)


@given(_schedules, st.integers(0, STEPS), _numbers)
def test_schedules_with_the_same_values_until_a_step_part_there_or_later(schedule, step, value):
    values = [schedule.at(at, STEPS) for at in range(STEPS + 1)]
    other = Schedule.parse({"each": [*values[:step], value]})
    found = parting(schedule, other, STEPS)
    assert found is None or found >= step


def _divergence(one, other):
    first, second = (StepSettings.of(preset) for preset in (one, other))
    found = first.divergence(second)
    assert second.divergence(first) == found
    # As a run's folder has it, in which other presets' components are plain data.
    assert first.divergence(first.like(other.resolved())) == found
    return found


@pytest.mark.parametrize(
    ("settings", "step", "place"),
    [
        ({}, 20, ""),
        ({"finish": [{"type": "doubled"}], "recipe": "private", "about": "another"}, 20, ""),
        ({"reporters": [{"type": "clumsy"}]}, 20, ""),
        ({"losses.dark.weight": {"0": 0.1, "10": 0.1, "11": 2}}, 11, "losses[1].weight"),
        ({"losses.dark.weight": {"0": 0.1, "100%": 2}}, 1, "losses[1].weight"),
        ({"losses.dark.weight": 3}, 0, "losses[1].weight"),
        ({"losses.dark.weight": {"0": 0.1, "19": 0.1, "20": 2}}, 20, ""),
        ({"generator.learning_rate": {"0": 0.1, "50%": 0.1, "75%": 0.2}}, 10, "generator.learning_rate"),
        ({"perceptors.toy.weight": {"each": [1, 1, 1, 2]}}, 3, "perceptors.toy.weight"),
        (
            {"prompts": [{"text": "a cat", "weight": {"5": 1, "6": 0}}, DOG]},
            6,
            "prompts[0].weight",
        ),
        ({"prompts": "a cat:1 | a bird:0.5"}, 0, "prompts[1].text"),
        ({"seed": 6}, 0, "seed"),
        ({"steps": 21}, 0, "steps"),
        ({"frames": 3}, 0, "frames"),
        ({"auto_stop": True}, 0, "auto_stop"),
        ({"generator.start": 0.3}, 0, "generator.start"),
        ({"chunk": 4}, 0, "chunk"),
    ],
)
def test_what_differs_says_from_which_step_on(flat, settings, step, place):
    flat["steps"] = 20
    one = artgen.load(flat)
    found = _divergence(one, artgen.load(flat, list(settings.items())))
    assert found == (step, place)


def test_what_draws_by_the_prompts_reads_them_at_the_beginning(flat):
    travelling = [{"text": "a cat"}, {"text": "a dog", "weight": {"0": 1, "4": 1, "5": 0}}]
    vqgan = {**flat, "steps": 10, "generator": {"type": "vqgan"}, "prompts": "a cat | a dog"}
    alone = [artgen.load(vqgan, prompts=prompts) for prompts in (vqgan["prompts"], travelling)]
    assert _divergence(*alone).step == 5
    told = [artgen.load(one, ["generator.init=prompt"]) for one in alone]
    assert _divergence(*told).step == 0


def test_a_schedule_that_is_asked_for_other_steps_matters_from_the_beginning(flat):
    flat |= {"generator": {"type": "diffusion"}, "steps": 10}
    one = artgen.load(flat)
    assert _divergence(one, artgen.load(flat, ["generator.guidance={0: 0.3, 5: 0.3, 6: 1}"])).step == 6
    assert _divergence(one, artgen.load(flat, ["generator.recurrence={0: 1, 5: 1, 6: 2}"])).step == 0
