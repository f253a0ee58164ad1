"""Numbers that change over a run."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgen.fields.moments import At, Timeline
from artgen.fields.schedules import Schedule

finite = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("data", "step", "value"),
    [
        (3, 50, 3),
        ({"0": 1, "100%": 0}, 0, 1),
        ({"0": 1, "100%": 0}, 100, 0),
        ({"0": 1, "100%": 0}, 25, 0.75),
        ({"50%": 2, "60i": 4}, 55, 3),
        ({"50%": 2, "60i": 4}, 10, 2),
        ([{"10": 1}, {"20": 5}], 15, 3),
        ({"0": 1, "50%": 0, "curve": "step"}, 49, 1),
        ({"0": 1, "50%": 0, "curve": "step"}, 50, 0),
        ({"0": 0, "100": 1, "curve": "cosine"}, 25, (1 - math.cos(math.pi / 4)) / 2),
    ],
)
def test_values_between_points(data, step, value):
    assert Schedule.parse(data).at(step, 101) == pytest.approx(value)


@pytest.mark.parametrize(
    "data",
    ["often", None, True, [], {}, {"x": 1}, {"110%": 1}, {"1.5": 1}, {"0": "a"}, {"5": 1, "3": 2}, [3], math.nan],
)
def test_what_is_no_schedule_is_refused(data):
    with pytest.raises(ValueError, match=r"."):
        Schedule.parse(data)


@given(
    st.dictionaries(st.integers(0, 300), finite, min_size=1), st.sampled_from(["linear", "cosine", "step"]), st.data()
)
def test_a_schedule_stays_within_its_values_and_reads_back(points, curve, data):
    schedule = Schedule.parse({**{str(at): points[at] for at in sorted(points)}, "curve": curve})
    assert Schedule.parse(schedule.dump()) == schedule
    value = schedule.at(data.draw(st.integers(0, 400)), 400)
    slack = 1e-9 * (1 + max(map(abs, points.values())))
    assert min(points.values()) - slack <= value <= max(points.values()) + slack


def test_a_share_of_a_run_of_one_step_is_its_first():
    assert At.parse("100%").step(1) == 0


def test_moments_of_a_film():
    timeline = Timeline(frames=25, fps=12, bpm=90)
    for text, place in (("0", 0), ("7", 7), ("40f", 40), ("1.5s", 18), ("3b", 24), ("50%", 12), ("100%", 24)):
        moment = At.parse(text)
        assert str(moment) == text
        assert timeline.place(moment) == pytest.approx(place)
    with pytest.raises(ValueError, match="3b is a beat; say how many a minute has"):
        Timeline(25, 12).place(At.parse("3b"))
    with pytest.raises(ValueError, match="2s is a moment of a film"):
        At.parse("2s").step(10)


def test_a_schedule_over_a_film():
    timeline = Timeline(frames=25, fps=12)
    rising = Schedule.parse({0: 1, "1s": 3})
    assert rising.over_film
    assert not Schedule.parse({0: 1, "50%": 3}).over_film
    assert [rising.at_frame(frame, timeline) for frame in (0, 6, 12, 24)] == [1, 2, 3, 3]
    assert Schedule.parse(rising.dump()) == rising


def test_in_a_loop_it_goes_back_to_its_first_value():
    timeline = Timeline(frames=30, fps=10, lead=10)
    rising = Schedule.parse({0: 1, "100%": 4})
    values = [rising.at_frame(frame, timeline) for frame in range(30)]
    assert values[:20] == pytest.approx([1 + 3 * frame / 29 for frame in range(20)])
    # One step more, and it is where it began.
    assert values[29] == pytest.approx(1, abs=0.1)
    assert timeline.returned(30) == 1
    assert max(abs(one - other) for one, other in zip(values, [*values[1:], values[0]], strict=True)) < 0.5


def test_a_value_for_each_step():
    each = Schedule.parse({"each": [1, 2.5, 4]})
    assert [each.at(step, 10) for step in range(4)] == [1, 2.5, 4, 4]
    assert each.values == (1, 2.5, 4)
    assert Schedule.parse(each.dump()) == each
    for wrong in ({"each": []}, {"each": [1, "a"]}, {"each": [1], "curve": "linear"}, {"each": 3}, {"each": [True]}):
        with pytest.raises(ValueError, match="each"):
            Schedule.parse(wrong)


def test_its_values_are_changed_in_any_notation():
    for data, doubled in ((3, 6), ({0: 1, "50%": 2}, {"0": 2, "50%": 4}), ({"each": [1, 2]}, {"each": [2, 4]})):
        assert Schedule.parse(data).mapped(lambda value: 2 * value) == Schedule.parse(doubled)
    assert Schedule.parse({0: 1, "50%": 2}).told(11) == {0, 5}
    assert Schedule.parse({"each": [1, 2, 3]}).told(2) == {0, 1}
