"""Which colons are weights, and what is said of other programs' notations: a table of prompts as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from artgen.fields.moments import At
from artgen.fields.schedules import Schedule
from artgen.prompts import Prompts, parse_line
from artgen.prompts.parsing import remarks
from tests.helpers.paths import DATA

TABLE = [
    tuple(column.strip() for column in line.split(" =>"))
    for line in (DATA / "prompts" / "lines.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def expected(readings):
    for reading in readings.split(" ; "):
        text, *numbers = reading.split(" @")
        weight, _, until = (numbers[0] if numbers else "1").partition(" until ")
        schedule = Schedule.constant(float(weight))
        if until:
            moment = At.parse(until)
            schedule = Schedule(((At(0), float(weight)), (moment, 0.0)), "step")
        yield text, schedule, float(numbers[1]) if len(numbers) > 1 else None


def test_the_table_is_large_enough():
    assert len(TABLE) >= 120 and len({line for line, *_ in TABLE}) == len(TABLE)


@pytest.mark.parametrize(("line", "readings", "said"), [row for row in TABLE if not row[1].startswith("refused")])
def test_a_line_is_read_as_people_mean_it(line, readings, said):
    prompts = parse_line(line)
    wanted = [(text.replace("\\{", "{").replace("\\}", "}"), weight, stop) for text, weight, stop in expected(readings)]
    assert [(prompt.text, prompt.weight, prompt.stop) for prompt in prompts] == wanted
    words = {"weight": "is read as weight", "text": "is read as a text", "remark": "", "": None}[said]
    told = list(remarks(line))
    assert len(told) == (words is not None), told
    assert all(words in line for line in told)


@pytest.mark.parametrize(("line", "advice"), [row[:2] for row in TABLE if row[1].startswith("refused")])
def test_what_would_be_lost_is_refused_with_what_to_write(line, advice):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Prompts).validate_python(line)
    (error,) = caught.value.errors()
    assert advice.removeprefix("refused ") in error["msg"] and "\n" not in error["msg"]


@given(st.text(alphabet="ab 0159.:-+%|(){}[]\\,/", max_size=30))
def test_no_line_is_cut_without_a_number_that_was_there(line):
    """All of a line's letters come back in its texts, but for the numbers that became weights and stops."""
    try:
        prompts = parse_line(line)
    except ValueError:
        return
    for prompt, part in zip(prompts, line.split("|"), strict=False):
        if len(prompts) == 1 and not any(sign in line for sign in "{}\\"):
            assert part.strip().startswith(str(prompt.text))
            rest = part.strip()[len(str(prompt.text)) :].strip()
            assert not rest or rest.startswith(":")


@given(st.sampled_from("([:<{-"), st.integers(1, 4000))
def test_a_long_line_of_signs_takes_no_time(sign, count):
    for line in (sign * count, f"{sign}a" * count, f"{sign}a:" * count, f"a{sign}|" * (count // 4)):
        try:
            parse_line(line)
        except ValueError:
            continue
