"""Prompts as lines of text."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from artgen.prompts import Prompts, parse_line, wildcards
from artgen.prompts.choices import resolve_choices

READER = TypeAdapter(Prompts)


def read(data):
    return READER.validate_python(data)


def test_bars_and_colons_inside_braces_belong_to_the_text():
    prompts = parse_line("a {red|blue:dark} bird:2:0.3 | {x|y}")
    assert [prompt.text for prompt in prompts] == ["a {red|blue:dark} bird", "{x|y}"]
    assert (prompts[0].weight.at(0, 1), prompts[0].stop) == (2, 0.3)


def test_an_escaped_brace_is_a_brace():
    (prompt,) = read(r"a \{red\|blue\} \: \| bird")
    assert prompt.text == "a {red|blue} : | bird"
    assert not isinstance(prompt.text, wildcards.Wildcards)
    assert read(READER.dump_python((prompt,), mode="json", exclude_none=True)) == (prompt,)


@given(st.text(alphabet="ab {}|\\:$@12\n", max_size=40))
def test_any_line_gives_prompts_that_read_back_or_a_message(line):
    try:
        prompts = read(line)
    except ValidationError as error:
        assert all(details["msg"] for details in error.errors())
        return
    again = read(json.loads(READER.dump_json(prompts, exclude_none=True)))
    assert again == prompts
    for seed in range(3):
        done = tuple(resolve_choices(prompt, seed) for prompt in prompts)
        assert all(type(prompt.text) is str and prompt.text.strip() for prompt in done)
        assert read(json.loads(READER.dump_json(done, exclude_none=True))) == done


finite = st.floats(-1e6, 1e6)


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


@pytest.mark.parametrize("line", ["", "a |", "|", "a:1:2:3", ":2", "a:0,5", "a:1e999", "a:1:0%", "a:1:101%"])
def test_what_is_no_prompt_is_refused(line):
    with pytest.raises(ValueError, match=r"prompt|text|number|comma|share"):
        parse_line(line)


@given(st.text(min_size=1, max_size=30).filter(lambda t: t.strip() and "\\" not in t), finite)
def test_any_text_can_be_a_prompt_when_escaped(text, weight):
    escaped = re.sub(r"[:|{}()\[\]]|__", lambda sign: "\\" + sign[0], text.strip())
    line = f"{escaped}:{weight:+f}"
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
