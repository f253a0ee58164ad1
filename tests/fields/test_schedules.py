"""Numbers that change over a run."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgen.fields.moments import At
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
