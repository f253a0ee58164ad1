"""A run that ends when the loss no longer falls."""

import math
import random

import pytest

import artgen as package
from artgen.fields.moments import At
from artgen.preset.settings.auto_stop import AutoStop
from tests.helpers.presets import still


def test_a_run_stops_when_the_loss_no_longer_falls():
    notes = []
    preset = still(
        steps=400,
        generator={"type": "pixel", "noise": 0, "learning_rate": 0.5},
        auto_stop={"patience": 10, "progress": 0.05},
    )
    result = package.run(preset, note=notes.append)
    assert 20 <= result.steps_done < 400
    (note,) = notes
    assert note == f"stopped after {result.steps_done} of 400 steps: the loss no longer falls (auto_stop)"
    assert result.recipe["steps_done"] == result.steps_done
    assert package.run({**preset, "auto_stop": False}).steps_done == 400


def test_progress_is_counted_over_averages():
    stop = AutoStop(patience=At(3), progress=0.1)
    assert not stop.is_stuck([5, 4, 3, 2, 1, 0.5], 100)
    assert stop.is_stuck([1, 9, 2, 4, 4, 4], 100)
    assert stop.is_stuck([4, 4, 4, 3.8, 3.8, 3.8], 100)  # 5 % is less than a tenth
    assert not stop.is_stuck([4, 4, 4, 1, 1], 100)
    assert not stop.is_stuck([-4, -4, -4, -5, -5, -5], 100)


STEPS = 200


def alarm(*judges, loss=lambda step: math.exp(-step / 60), every=10, seed=0):
    """When the judges' curves raise the alarm, and since when they fall; None if they never do."""
    noise = random.Random(seed)
    totals = [(step, loss(step) + noise.gauss(0, 0.01)) for step in range(STEPS)]
    looks = range(0, STEPS, every)
    curves = {str(i): [(step, judge(step, noise)) for step in looks] for i, judge in enumerate(judges)}
    for count, step in enumerate(looks, 1):
        known = {name: curve[:count] for name, curve in curves.items()}
        if (since := AutoStop().diverging_since(totals[: step + 1], known, STEPS)) is not None:
            return step, since
    return None


def hump(noise):
    """Rises until step 80 or so, and then falls by more than half."""
    return lambda step, chance: 0.2 * (1 - math.exp(-step / 30)) - max(0, step - 80) / 800 + chance.gauss(0, noise)


def rise(noise):
    return lambda step, chance: 0.2 * (1 - math.exp(-step / 40)) + chance.gauss(0, noise)


def share(*judges, **more):
    """In what share of 200 runs the alarm is raised."""
    return sum(alarm(*judges, seed=seed, **more) is not None for seed in range(200)) / 200


@pytest.mark.parametrize("noise", [0, 0.002, 0.01])
def test_judges_that_fall_while_the_loss_falls_are_noticed(noise):
    found = [alarm(hump(noise), seed=seed) for seed in range(50)]
    assert None not in found
    assert all(60 <= since <= 100 < step for step, since in found)


def test_noise_raises_no_alarm():
    assert share(lambda step, chance: chance.gauss(0, 1)) <= 0.03
    assert share(rise(0.02)) <= 0.02
    assert share(rise(0.02), rise(0.02)) <= 0.02
    assert alarm(rise(0)) is None


def test_two_judges_are_surer_than_one():
    assert share(hump(0.03)) < share(hump(0.03), hump(0.03))


def test_where_the_loss_does_not_fall_nothing_diverges():
    assert share(hump(0.002), loss=lambda step: 0.5) <= 0.01
    assert alarm(hump(0), loss=lambda step: 0.5 + step / STEPS) is None


def test_too_few_looks_say_nothing():
    assert alarm(hump(0), every=60) is None
    assert AutoStop().diverging_since([(0, 1.0)], {}, STEPS) is None


def test_one_reason_may_be_written_without_a_list():
    assert AutoStop(when="diverging").when == ("diverging",)
    assert AutoStop(when=["stuck", "diverging"]).when == ("stuck", "diverging")
