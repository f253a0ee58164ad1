"""What a component is told when it is built."""

import pytest

from artgen.errors import InputError
from artgen.testing import ColourPerceptor, make_env

SMALL, WIDE, OTHER = ColourPerceptor(dim=12), ColourPerceptor(dim=20), ColourPerceptor(dim=20)


def find(perceptors, *arguments, **more):
    name, found = make_env(perceptors=perceptors).perceptor(*arguments, **more)
    assert found is perceptors[name]
    return name


def test_the_only_perceptor_is_meant_and_a_name_decides():
    assert find({"a": SMALL}) == "a"
    assert find({"a": SMALL, "b": WIDE}, "b") == "b"


def test_the_first_that_is_wide_enough_is_meant():
    assert find({"a": SMALL, "b": WIDE, "c": OTHER}, dim=20) == "b"
    assert find({"a": SMALL, "b": WIDE, "c": OTHER}, "c", dim=20) == "c"


@pytest.mark.parametrize(
    ("perceptors", "arguments", "message"),
    [
        ({}, {}, "the preset has no perceptor"),
        ({}, {"dim": 3}, "the preset has no perceptor"),
        ({"a": SMALL}, {"dim": 3}, "no perceptor has embeddings of 3 numbers"),
        ({"a": SMALL, "b": WIDE}, {}, "which of the perceptors? give 'perceptor': one of a, b"),
        ({"clip": SMALL}, {"name": "clib"}, "there is no perceptor 'clib'; did you mean 'clip'?"),
        ({"a": SMALL}, {"name": "a", "dim": 3}, "perceptor 'a' has embeddings of 12 numbers; 3 are needed"),
    ],
)
def test_where_none_or_several_could_be_meant_a_line_says_so(perceptors, arguments, message):
    with pytest.raises(InputError) as caught:
        find(perceptors, **arguments)
    assert str(caught.value) == message
