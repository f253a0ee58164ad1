"""How a prompt's `seen` is written, and what becomes of it."""

import pytest
import torch

import artgen as package
from artgen.errors import PresetError
from artgen.picture import readings
from artgen.preset import loading
from artgen.prompts import Prompt, Seen
from artgen.prompts.seen import BLUR, NAMED
from artgen.prompts.titles import titles, ways
from artgen.recipe import metadata
from artgen.testing import make_image

CLIP = {"losses": [{"type": "clip"}]}
WRITTEN = [
    ("rotate-90", "rotate-90", lambda image: readings.rotate(image, 90)),
    ({"rotate": 270}, "rotate-270", lambda image: readings.rotate(image, 270)),
    ("mirror", "mirror", lambda image: image.flip(-1)),
    ("negative", "negative", lambda image: 1 - image),
    ("far", "far", lambda image: readings.low_pass(image, BLUR)),
    ({"far": 0.1}, "far 0.1", lambda image: readings.low_pass(image, 0.1)),
    ("near", "near", lambda image: readings.high_pass(image, BLUR)),
    ("jigsaw", "jigsaw 4x4", lambda image: readings.jigsaw(image, 4, 4, 0)),
    ({"jigsaw": "2x3", "seed": 7}, "jigsaw 2x3, seed 7", lambda image: readings.jigsaw(image, 2, 3, 7)),
    ("inner-circle", "inner-circle", lambda image: readings.inner_circle(image, 180)),
    ({"inner_circle": -45}, "inner-circle -45", lambda image: readings.inner_circle(image, -45)),
]


@pytest.mark.parametrize(("written", "title", "expected"), WRITTEN, ids=[title for _, title, _ in WRITTEN])
def test_each_way_does_what_it_is_called(written, title, expected):
    prompt = Prompt.model_validate({"text": "an owl", "seen": written})
    (way,) = prompt.seen
    image = make_image()
    assert torch.equal(way(image), expected(image))
    assert prompt.reading == way.title == title
    # As a recipe holds it, it reads back to an equal one.
    assert Prompt.model_validate(prompt.model_dump(mode="json", exclude_none=True)) == prompt


def test_every_name_is_a_way():
    assert {Seen(**settings).title.partition(" ")[0] for settings in NAMED.values()} == set(NAMED)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("rotate-45", "seen: there is no way 'rotate-45' to see a picture; did you mean 'rotate-90'?"),
        ("{rotate: 45}", "seen.rotate: 45 is not one of the choices; choose from"),
        ("{jigsaw: 1x1}", "seen.jigsaw: 1x1 is out of range; 1 to 64 columns and rows, at least 2 tiles in all"),
        ("{jigsaw: four}", "seen.jigsaw: expected columns and rows of tiles, such as 4x4"),
        ("{far: 0}", "seen.far: must be more than 0.0, got 0"),
        ("{mirror: true, negative: true}", "seen: one way to see is one of rotate, mirror, negative, far, near, "),
        ("{mirror: true, seed: 3}", "seen: 'seed' belongs to 'jigsaw'"),
        ("{inner-circle: 90}", "seen: there is no setting 'inner-circle'; did you mean 'inner_circle'?"),
        ("[mirror, rotat-90]", "seen[1]: there is no way 'rotat-90' to see a picture; did you mean 'rotate-90'?"),
        ("[]", "seen: 0 ways after each other; give 1 to 8, or leave 'seen' out"),
    ],
)
def test_a_mistake_has_its_line(tmp_path, written, message):
    lines = f"prompts:\n  - a cat\n  - {{text: an owl, seen: {written}}}\n"
    (tmp_path / "p.yaml").write_text(f"generator: {{type: flat}}\nlosses: [{{type: dark}}]\n{lines}")
    with pytest.raises(PresetError) as refusal:
        loading.load(str(tmp_path / "p.yaml"))
    found = [str(problem) for problem in refusal.value.problems if "seen" in str(problem)]
    assert len(found) == 1 and "p.yaml:5:" in found[0] and f"prompts[1].{message}" in found[0], found


def test_words_that_are_not_about_the_picture_as_it_is_are_no_words_for_a_generator():
    plain, turned = Prompt(text="an owl"), Prompt.model_validate({"text": "an owl", "seen": "mirror"})
    assert (plain.words, plain.wording, plain.reading) == ("an owl", "an owl", "")
    assert (turned.words, turned.wording) == (None, "an owl")


def test_what_is_asked_says_how_it_is_seen():
    prompts = [
        {"text": "a cat"},
        {"text": "an owl", "seen": [{"rotate": 90}, {"negative": True}], "weight": 2},
        {"text": "x", "seen": "a stranger's"},
    ]
    assert [said for _, said in titles({"prompts": prompts})] == ["", "seen rotate-90, then negative, weight 2", ""]
    assert ways({"prompts": prompts}) == ("rotate-90", "negative")
    assert ways({"prompts": prompts[::2]}) == ()


@pytest.mark.parametrize("seen", ["rotate-90", [{"jigsaw": [2, 2], "seed": 1}, "far"]])
def test_a_recipe_holds_it_and_draws_the_same_again(tmp_path, flat, seen):
    whole = {**flat, **CLIP, "size": [16, 12], "batch": 1, "steps": 3, "deterministic": True}
    data = {**whole, "generator": {"type": "pixel"}, "prompts": ["a cat", {"text": "an owl", "seen": seen}]}
    picture = package.run(data, note=lambda line: None).save(tmp_path / "a.png")
    recipe = metadata.read(picture)
    assert recipe["preset"]["prompts"][1]["seen"] and "seen" not in recipe["preset"]["prompts"][0]
    again = package.run(recipe["preset"], note=lambda line: None).save(tmp_path / "b.png")
    assert again.read_bytes() == picture.read_bytes()
    other = package.run({**data, "prompts": ["a cat", "an owl"]}, note=lambda line: None)
    assert not torch.equal(other.images[0], package.run(data, note=lambda line: None).images[0])
