"""Choices within a prompt: what is written, and what it expands to."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from artgen.fields.paths import LocatedText
from artgen.prompts import Prompts, wildcards
from artgen.prompts.choices import resolve_choices
from artgen.prompts.templates import Assignment, Variable, WildcardChoice, parse, write

READER = TypeAdapter(Prompts)


def read(data):
    return READER.validate_python(data)


def first(weights, count):
    return range(count)


def last(weights, count):
    return range(len(weights) - count, len(weights))


@pytest.mark.parametrize(
    ("source", "pick", "text"),
    [
        ("a {red|blue} bird", first, "a red bird"),
        ("a {red|blue} bird", last, "a blue bird"),
        ("a {red|dark {green|blue}} bird", last, "a dark blue bird"),
        ("a { red | dark  blue } bird", last, "a dark blue bird"),
        ("{2$$sun|moon|stars} at sea", last, "moon, stars at sea"),
        ("{|very }tall", first, "tall"),
        ("{|very }tall", last, "very tall"),
        (r"{a\|b|c} \{x\}", first, "a|b {x}"),
        (r"{1$$, $$2$$a|b}", first, "2$$a"),
        ("{2$$ and $$cat|dog} at sea", first, "cat and dog at sea"),
        ("{1-2$$ and $$cat|dog|fox}", last, "dog and fox"),
        ("{1-2$$ and $$cat|dog|fox}", first, "cat"),
        ("{-2$$cat|dog|fox}", last, "dog, fox"),
        ("{2-$$cat|dog|fox}", last, "cat, dog, fox"),
        ("{2$${red|blue}|green}", first, "red, green"),
        ("{0.9::red|0.1::blue} coat", last, "blue coat"),
        ("{~red|blue} coat", first, "red coat"),
        ("{1::2::red|blue}", first, "2::red"),
        ("${coat={red|blue}}${coat} and ${coat}", last, "blue and blue"),
        ("${figure:frog} on a log", first, "frog on a log"),
        ("${figure=newt} ${figure:frog} on a log", first, "newt on a log"),
        ("${figure=newt} ${figure?=toad} ${figure}", first, "newt"),
        ("${a=x}${a=${a}y}${a=${a}z}${a}", first, "xyz"),
        ("{${a=x}${a}|b} ${a:c}", first, "x c"),
        ("costs $5 or ${x:$}", first, "costs $5 or $"),
        (r"a \__init\__ file", first, "a __init__ file"),
    ],
)
def test_choices_are_drawn(source, pick, text):
    assert wildcards.resolve(source, pick) == text


words = st.text(alphabet="ab \\{}|:@$2~_-", min_size=1, max_size=6).filter(lambda t: t[-1] not in "\\$_")
weights = st.none() | st.just((0.5, 2, 3.25))


def choices(inner):
    """Choices with all that may be said of them."""
    counts = st.sampled_from([(1, 1), (2, 2), (1, 2), (2, 3), (1, None)])
    separators = st.sampled_from([", ", " and ", "-", ""])
    return st.builds(
        lambda options, count, separator, shares: WildcardChoice(tuple(options), *count, separator, shares),
        st.lists(inner, min_size=3, max_size=3),
        counts,
        separators,
        weights,
    )


names = st.sampled_from(["coat", "a_b", "X1"])
trees = st.recursive(
    words.map(lambda word: (word,)),
    lambda inner: st.tuples(
        words,
        choices(inner)
        | st.builds(Variable, names, st.none() | inner)
        | st.builds(Assignment, names, inner, st.booleans(), st.booleans()),
    ),
    max_leaves=5,
)


@given(trees)
def test_what_is_written_is_read_back(parts):
    assert parse(write(parts)) == parts


def test_the_lines_of_a_file_are_options(tmp_path):
    (tmp_path / "colours.txt").write_text("# warm\nred\n\n dark {red}\n@home\nback\\\n", encoding="utf-8")
    (prompt,) = read(LocatedText("a {gold|@colours.txt} bird", tmp_path))
    drawings = {resolve_choices(prompt, seed).text for seed in range(60)}
    assert drawings == {f"a {colour} bird" for colour in ("gold", "red", "dark {red}", "@home", "back\\")}
    assert read(READER.dump_python((prompt,), mode="json", exclude_none=True)) == (prompt,)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"# only a remark\n\n", "'list.txt' holds no line to choose from"),
        (b"\xff\xfe\xff", "'list.txt': not UTF-8 text but UTF-16, which is no list of words"),
        (b"x" * (1 << 19), "'list.txt': larger than 256 KiB"),
    ],
)
def test_a_strange_list_is_refused(content, message, tmp_path):
    (tmp_path / "list.txt").write_bytes(content)
    with pytest.raises(ValidationError, match=re.escape(message)):
        read(LocatedText("a {@list.txt}", tmp_path))


def test_lists_that_are_large_together_are_refused(tmp_path):
    (tmp_path / "list.txt").write_bytes(2000 * (b"x" * 99 + b"\n"))
    with pytest.raises(ValidationError, match="longer than 262144 characters with its files"):
        read(LocatedText("a {@list.txt} {@list.txt}", tmp_path))


def test_choices_nested_without_end_are_refused():
    with pytest.raises(ValidationError, match="more than 16 deep"):
        read("{a|" * 5000 + "}" * 5000)
