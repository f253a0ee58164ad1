"""How colours are written."""

import subprocess
import sys

import pytest
from pydantic import TypeAdapter, ValidationError

from artgen.colours import Colour, PaletteColours

COLOUR = TypeAdapter(Colour)
PALETTE = TypeAdapter(PaletteColours)


def mistakes(value, adapter=PALETTE):
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(value)
    return [error["msg"] for error in caught.value.errors()]


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("crimson", "#dc143c"),
        (" #FA0 ", "#ffaa00"),
        ("xkcd:teal", "#029386"),
        ("teal", "#008080"),  # CSS goes first
        ("Dusty Rose", "#c0737a"),
    ],
)
def test_colours_have_names(written, held):
    assert COLOUR.validate_python(written) == held
    assert COLOUR.validate_python(held) == held


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("crimsn", "no colour is called 'crimsn'; did you mean 'crimson'?"),
        ("xkcd:dusty ros", "no colour is called 'xkcd:dusty ros'; did you mean 'dusty rose'?"),
        ("ff8800", "no colour is called 'ff8800'; did you mean '#ff8800'?"),
        ("#12", "no colour is called '#12'; write #rgb or #rrggbb"),
    ],
)
def test_a_wrong_colour_is_named_with_the_right_one(written, message):
    assert mistakes(written, COLOUR) == [message]


def test_importing_colours_is_light():
    heavy = ["torch", "PIL", "matplotlib", "numpy"]
    program = f"import sys; sys.modules.update(dict.fromkeys({heavy})); import artgen.colours, artgen.colours.notation"
    subprocess.run([sys.executable, "-c", program], check=True)
