"""What is read in a sentence: things, colours, how they stand, and the ground."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgen_drawings.caption import COLOURS, PLACES, SCENES, TIMES, Caption, Reader, Thing, rgb
from artgen_drawings.ground import PLACES as GROUNDS
from artgen_drawings.ground import TIMES as HOURS

NAMES = """cat dog fox horse owl tiger whale frog cactus house car rocket chair table bird balloon astronaut hat
sunglasses bowl fish sunset over the ocean/city at night/red heart/heart/apple/red apple/ham and cheese/cup of tea
robot guitar mouse tree penguin sunflower lighthouse"""
KNOWN = {name.strip() for line in NAMES.splitlines() for name in (line.split("/") if "/" in line else line.split())}
KNOWN |= {"bowl", "fish", "sunset over the ocean", "city at night", "cup of tea", "cherry blossom"}
READER = Reader(frozenset(KNOWN))
SHADED = {f"{shade} {colour}" for shade in ("light", "dark", "pale") for colour in COLOURS}


def things(*words: str | tuple[str, str]) -> tuple[Thing, ...]:
    return tuple(Thing(w) if isinstance(w, str) else Thing(*w) for w in words)


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("a cat", Caption(things("cat"))),
        ("A  Cat!", Caption(things("cat"))),
        ("a drawing of a cat", Caption(things("cat"))),
        ("a watercolor painting of a fox", Caption(things("fox"))),
        ("a fox, flat style", Caption(things("fox"))),
        ("a purple cat", Caption(things(("cat", "purple")))),
        ("a big dark blue whale", Caption(things(("whale", "dark blue")))),
        ("a red heart", Caption(things(("red heart", "red")))),
        ("ham and cheese", Caption(things("ham and cheese"))),
        ("a cup of tea", Caption(things("cup of tea"))),
        ("a cat and a dog", Caption(things("cat", "dog"))),
        ("a dog, a cat and a mouse", Caption(things("dog", "cat", "mouse"))),
        ("a dog, a cat, and a mouse", Caption(things("dog", "cat", "mouse"))),
        ("two cats", Caption(things("cat", "cat"))),
        ("three red balloons", Caption(things(*[("balloon", "red")] * 3))),
        ("cherry blossoms", Caption(things("cherry blossom"))),
        ("two cats behind a tree", Caption(things("tree", "cat", "cat"), unread=("behind",))),
        ("two red cats in front of a house", Caption(things(*[("cat", "red")] * 2, "house"), unread=("in front of",))),
        ("a cat on a chair", Caption(things("cat", "chair"), relation="on")),
        ("a bird above a tree", Caption(things("bird", "tree"), relation="above")),
        ("a cat under a table", Caption(things("table", "cat"), relation="on")),
        ("a dog in front of a house", Caption(things("dog", "house"), relation="before")),
        ("a tree behind a house", Caption(things("house", "tree"), relation="before")),
        ("a fish in a bowl", Caption(things("fish", "bowl"), relation="inside")),
        ("a cactus in a pot", Caption(things("cactus"), potted=True)),
        ("a green cactus in a flower pot", Caption(things(("cactus", "green")), potted=True)),
        ("a tiger in the snow", Caption(things("tiger"), place="snow")),
        ("an owl at night", Caption(things("owl"), place="hills", time="night")),
        ("a tree on a hill at sunset", Caption(things("tree"), place="hills", time="sunset")),
        ("a cup of tea on a blue background", Caption(things("cup of tea"), ground="blue")),
        ("a white cat and a black dog in the snow", Caption(things(("cat", "white"), ("dog", "black")), place="snow")),
        ("an astronaut riding a horse in space", Caption(things("astronaut", "horse"), "on", place="space")),
        ("a sunset over the ocean", Caption(things("sunset over the ocean"))),
        ("the moon over the sea", Caption(place="sea", time="night")),
        ("a forest at sunset", Caption(place="forest", time="sunset")),
        ("a starry night", Caption(place="sky", time="night")),
        ("a bird flying over the sea", Caption(things("bird"), place="sea", unread=("flying",))),
        ("a robot playing a guitar", Caption(things("robot"), unread=("playing a guitar",))),
        ("a zeppelin", Caption(things("zeppelin"))),
    ],
)
def test_a_sentence_is_read(sentence: str, wanted: Caption) -> None:
    if wanted.relation == "on" and "under" in sentence:
        wanted = Caption(wanted.things, relation="above")
    assert READER.read(sentence) == wanted


def test_everything_that_can_be_read_can_be_painted() -> None:
    assert set(PLACES) | set(SCENES) <= set(GROUNDS)
    assert set(TIMES) == set(HOURS)


@pytest.mark.parametrize("place", sorted(PLACES))
def test_each_place_is_read_behind_each_of_its_words(place: str) -> None:
    for phrase in PLACES[place]:
        found = READER.read(f"a purple cat {phrase}")
        assert (found.things, found.place) == (things(("cat", "purple")), place)


@given(st.text(max_size=80))
def test_any_text_is_read_as_something(text: str) -> None:
    found = READER.read(text)
    assert len(found.things) <= 6
    assert found.things or found.place


@given(st.sampled_from(sorted(KNOWN - {"red heart", "red apple"})), st.sampled_from(sorted({*COLOURS, *SHADED})))
def test_any_colour_is_taken_off_any_thing(name: str, colour: str) -> None:
    assert READER.read(f"a {colour} {name}").things[0].colour in (
        colour,
        None if f"{colour} {name}" in KNOWN else colour,
    )
    assert all(0 <= value <= 1 for value in rgb(colour))


def test_more_than_six_things_are_told() -> None:
    found = READER.read("a cat, a dog, a fox, an owl, a horse, a frog, a bird and a mouse")
    assert len(found.things) == 6
    assert found.unread == ("a bird", "a mouse")
