"""From what a trial has measured to what a picture takes: arithmetic."""

import pytest
from pydantic import ValidationError

import artgen as package
from artgen.planning import estimate
from artgen.planning.calibration import Calibration, Frames, Memory, merged


def trial(**changes):
    given = {
        "start": 2,
        "build": 3,
        "again": 1,
        "steps": 11,
        "first": 5,
        "places": ((1, 1.0), (5, 3.0)),
        "finish": 4,
        "write": 0.5,
        "memory": Memory(base=1000, peak=3000),
        "disk": 70,
        "work": 100,
    }
    return Calibration(**{**given, **changes})


def test_steps_cost_what_lies_between_the_places():
    # 1, 1.5, 2, 2.5, 3, and from there on 3.
    assert trial().stepping == 5 + (1 + 1.5 + 2 + 2.5 + 3) + 5 * 3
    assert trial(places=((4, 2.0),)).stepping == 5 + 10 * 2
    assert trial(places=(), steps=1).stepping == 5


def test_a_picture_takes_the_sum_of_its_parts(flat):
    found = estimate.measured(package.load(flat, steps=11), trial())
    assert (found.start, found.build, found.steps, found.stepping, found.finish) == (2, 3, 11, 30, 4.5)
    assert found.seconds == 39.5
    assert (found.memory, found.device_memory, found.disk) == (3000, 0, 70)
    assert not found.at_most and not found.rough
    stops = package.load(flat, steps=11, auto_stop=True)
    assert estimate.measured(stops, trial(device=Memory(base=1, peak=9))).device_memory == 9
    assert estimate.measured(stops, trial()).at_most


def test_a_film_takes_its_frames(flat):
    preset = package.load("zoom", film={"seconds": 1, "fps": 10, "first_steps": 11, "steps_per_frame": 3})
    found = estimate.measured(preset, trial(frames=Frames(between=2, step=0.5, encode=0.25)))
    assert found.steps == 11 + 9 * 3
    assert found.stepping == 30 + 9 * 2 + 27 * 0.5
    assert found.finish == 4.5 + 10 * 0.25
    assert found.disk == 700


def test_a_cell_like_the_one_that_was_tried_takes_as_long(flat):
    preset = package.load(flat, steps=11)
    assert estimate.of_cell(preset, trial(), preset) == 1 + 30 + 4.5
    # The models are there, and twice the pictures are twice the work, but for what a step has of its own.
    twice = estimate.of_cell(preset, trial(), package.load(flat, steps=11, batch=4))
    assert 1 + 45 + 9 < twice < 1 + 60 + 9
    longer = estimate.of_cell(preset, trial(), package.load(flat, steps=22))
    assert longer == pytest.approx(1 + 60 + 4.5)


def test_several_trials_at_once_count_as_the_middle_one_with_the_most_memory():
    others = [trial(first=9, start=4, memory=Memory(base=900, peak=5000)), trial(first=1, start=3)]
    found = merged([trial(), *others])
    assert (found.first, found.start, found.memory.peak) == (5, 3, 5000)


def test_without_a_trial_it_is_rough(flat):
    preset = package.load(flat)
    found = estimate.rough(preset, None)
    assert found.rough and found.seconds > found.stepping > 0
    assert estimate.rough(preset, 2e-6).stepping == pytest.approx(found.stepping * 2e-6 / estimate.SECONDS_OF_WORK)
    assert estimate.rough(package.load(flat, steps=12), None).stepping == pytest.approx(2 * found.stepping)


@pytest.mark.parametrize(
    "changes", [{"first": -1}, {"steps": 0}, {"build": float("nan")}, {"places": ((5, 1), (1, 1))}]
)
def test_what_nobody_can_have_measured_is_refused(changes):
    with pytest.raises(ValidationError):
        trial(**changes)
