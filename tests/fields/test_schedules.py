"""The two small languages of presets: numbers that change, and prompts."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from artgen.fields.schedules import At, Schedule
from artgen.prompts import Prompts, parse_line

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


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a cat", [("a cat", 1, None)]),
        ("a cat:2", [("a cat", 2, None)]),
        ("a cat:-0.5:0.3 | a dog", [("a cat", -0.5, 0.3), ("a dog", 1, None)]),
        ("Star Wars: a new hope", [("Star Wars: a new hope", 1, None)]),
        (r"ratio 16\:9:2", [("ratio 16:9", 2, None)]),
        (r"this \| that", [("this | that", 1, None)]),
    ],
)
def test_prompt_lines(line, expected):
    prompts = parse_line(line)
    assert [(p.text, p.weight.at(0, 1), p.stop) for p in prompts] == expected


@pytest.mark.parametrize("line", ["", "a |", "|", "a:b", "a:1:2:3", ":2", "a:nan", "a:1e999"])
def test_what_is_no_prompt_is_refused(line):
    with pytest.raises(ValueError, match=r"prompt|text|number"):
        parse_line(line)


@given(st.text(min_size=1, max_size=30).filter(lambda t: t.strip() and "\\" not in t), finite)
def test_any_text_can_be_a_prompt_when_escaped(text, weight):
    line = re.sub(r"[:|{}]", lambda sign: "\\" + sign[0], text) + f":{weight:f}"
    (prompt,) = parse_line(line)
    assert prompt.text == text.strip()
    assert prompt.weight.at(0, 1) == pytest.approx(weight, abs=1e-6)


def test_structured_prompts_mix_with_lines(tmp_path):
    (tmp_path / "x.png").touch()
    data = ["a | b:2", {"text": "c", "weight": {"0": 0, "50%": 1}}, {"image": tmp_path / "x.png", "stop": 0.2}]
    prompts = TypeAdapter(Prompts).validate_python(data)
    assert [prompt.title for prompt in prompts] == ["a", "b", "c", "image x.png"]
    with pytest.raises(ValidationError):
        TypeAdapter(Prompts).validate_python([{"text": "c", "image": tmp_path / "x.png"}])
