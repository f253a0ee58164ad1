"""Whatever text it is, the reader of YAML says what is wrong in a line and at a place that is there."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from artgen.errors import PresetError
from artgen.preset import nodes
from artgen.preset.yaml_mistakes import place_of, quoted, split_lines

PIECES = ["prompts", ": ", ":", "- ", "a cat", "'", '"', "{", "}", "[", "]", "|", "#", " #", ",", "\n", "\n  ", "\t"]
SIGNS = ["%", "@", "*", "&", "!", "`", "> ", "? ", "---\n", "...\n", "\u00a0", "0", "\\", "\x07", "\x85", "\r\n"]


@given(st.lists(st.sampled_from([*PIECES, *SIGNS]), max_size=14).map("".join))
@example("p: [#\n")
@example("p: '")
@example("\n\n- ")
def test_any_text_is_a_tree_or_a_line_with_its_place(text):
    try:
        nodes.from_text(text, "p.yaml", Path())
    except PresetError as error:
        [problem] = error.problems
        assert "\n" not in str(problem)
        if problem.mark.line:
            lines = split_lines(text)
            assert 1 <= problem.mark.line <= len(lines) + 1
            assert 1 <= problem.mark.column <= max(map(len, lines)) + 2


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30))
def test_an_example_in_quotes_is_read_as_that_text(text):
    tree, problems = nodes.from_text(f"about: {quoted(text)}", "p.yaml", Path())
    assert (tree.data(), problems) == ({"about": text}, [])


@pytest.mark.parametrize(("index", "place"), [(0, (0, 0)), (2, (0, 2)), (3, (1, 0)), (6, (2, 1))])
def test_places_are_counted_as_yaml_counts_them(index, place):
    assert place_of("ab\nc\x85de", index) == place


@pytest.mark.parametrize("text", ["about: a # b\n", "about: 'a #b'\n", "about: a#b\n", "about: |\n  a #b\n"])
def test_only_what_a_comment_takes_away_is_remembered(text):
    tree, _ = nodes.from_text(text, "p.yaml", Path())
    assert tree.value["about"].comment == ("# b" if "a # b" in text else "")
