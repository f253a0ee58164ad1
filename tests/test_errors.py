"""Errors as lines for people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgen.errors import Mark, PresetError, Problem, hint, is_out_of_memory, nearest, nearest_file, one_line


@given(st.text(), st.integers(1, 40), st.booleans())
def test_an_error_is_one_line_of_bounded_length(text, most, kind):
    line = one_line(ValueError(text), most, kind)
    assert line and len(line.splitlines()) == 1
    assert len(line) <= most + len("ValueError: ")


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("a\nb", False, "a"),
        ("\n\n  a  \n", False, "a"),
        ("a", True, "ValueError: a"),
        ("", False, "ValueError"),
        ("\n", True, "ValueError"),
        ("x" * 200, False, "x" * 160),
    ],
)
def test_its_first_line_that_says_something_counts(text, kind, line):
    assert one_line(ValueError(text), kind=kind) == line


def test_mistakes_come_in_the_order_of_the_file_and_once():
    late, early = Problem(Mark("a.yaml", 10, 1), "steps", "no"), Problem(Mark("a.yaml", 9, 3), "seed", "no")
    error = PresetError([late, early, late])
    assert str(error) == "a.yaml:9:3: seed: no\na.yaml:10:1: steps: no"
    assert error.exit_code == 2


def test_a_mistake_without_lines_or_path_has_no_empty_parts():
    assert str(Problem(Mark("preset"), "", "no")) == "preset: no"


@pytest.mark.parametrize(
    ("wrong", "right", "end"),
    [
        ("smoth", ["smooth", "dark"], "; did you mean 'smooth'?"),
        ("SMOOTH", ["smooth"], "; did you mean 'smooth'?"),
        ("zzz", ["b", "a"], "; choose from a, b"),
        ("zzz", [], "; none is available"),
        ("zzz", [f"a{i:02}" for i in range(13)], "; choose from " + ", ".join(f"a{i:02}" for i in range(12)) + ", ..."),
    ],
)
def test_an_unknown_name_ends_in_the_right_one_or_the_choices(wrong, right, end):
    assert hint(wrong, right) == end
    assert (nearest(wrong, right) is not None) is ("mean" in end)


def test_the_allocator_of_the_cpu_runs_out_of_memory():
    """A real attempt: a petabyte."""
    import torch

    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 50, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)
    assert not is_out_of_memory(RuntimeError("a shape does not fit"))


@pytest.mark.parametrize(
    ("wrong", "right", "guess"),
    [
        ("skecth.png", ["sketch.png", "a.png"], "sketch.png"),
        ("photo.jpg", ["photo.png"], "photo.png"),
        ("pal.png", ["c1.png"], None),
        ("no.png", ["now.py"], None),
    ],
)
def test_a_file_is_near_by_its_name_and_not_by_its_kind_alone(wrong, right, guess):
    assert nearest_file(wrong, right) == guess


@pytest.mark.parametrize("likely", [["c", "x"], ("c",)])
def test_the_likely_choices_come_first(likely):
    assert hint("zzz", ["b", "a", "c"], likely) == "; choose from c, a, b"
