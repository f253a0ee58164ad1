"""What a picture says in XMP of where it comes from, read by Pillow."""

import hashlib

import pytest
from PIL import Image

import artgen as package
from artgen.recipe import metadata
from artgen.recipe.source_type import source_type
from artgen.version import own_version
from tests.helpers.pictures import again

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SUFFIXES = (".png", ".webp", ".jpg")
WORDS = (b"http://ns.adobe.com/xap", b"adobe:ns:meta", b"iptc", b"artgen")
"""What no file has that says nothing: the names of XMP and of IPTC, and of the program."""


def said(path):
    """The properties in a file's XMP, by their names without namespaces."""
    with Image.open(path) as picture:
        found = picture.getxmp()
    return found["xmpmeta"]["RDF"]["Description"] if found else {}


@pytest.fixture
def drawn(flat):
    """A preset in which no trained model takes part, whose generator begins with any picture."""
    kept = {key: flat[key] for key in ("seed", "size", "steps")}
    return {**kept, "generator": {"type": "pixel"}, "losses": [{"type": "saturation"}]}


@pytest.fixture
def photograph(tmp_path):
    """A JPEG with the XMP of another program."""
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">somebody</x:xmpmeta>'
    Image.new("RGB", (12, 10), "teal").save(tmp_path / "photograph.jpg", xmp=packet)
    return tmp_path / "photograph.jpg"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_says_it(tmp_path, flat, suffix):
    path = package.run(flat).save(tmp_path / f"x{suffix}")
    assert said(path)["DigitalSourceType"] == f"{IPTC}trainedAlgorithmicMedia"
    assert said(path)["CreatorTool"] == f"artgen {own_version()}"
    assert again(path).word == "identical"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_two_runs_write_the_same_bytes(tmp_path, flat, suffix):
    first, second = (package.run(flat).save(tmp_path / f"{name}{suffix}") for name in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_no_pixel_is_another(tmp_path, flat):
    plain, telling = ({**flat, "recipe": wish} for wish in ("none", "full"))
    with (
        Image.open(package.run(plain).save(tmp_path / "plain.png")) as one,
        Image.open(package.run(telling).save(tmp_path / "telling.png")) as other,
    ):
        assert one.tobytes() == other.tobytes()
        assert hashlib.sha256(other.tobytes()).hexdigest() == metadata.read(tmp_path / "telling.png")["pixels"]


@pytest.mark.parametrize(
    ("layers", "term"),
    [({}, "algorithmicMedia"), ({"start": {"colour": "red"}}, "algorithmicMedia"), ({"start": "PHOTO"}, "composite")],
)
def test_a_formula_is_no_trained_model(tmp_path, drawn, photograph, layers, term):
    layers = {key: str(photograph) if value == "PHOTO" else value for key, value in layers.items()}
    path = package.run({**drawn, **layers}).save(tmp_path / "x.png")
    assert said(path)["DigitalSourceType"] == IPTC + term


@pytest.mark.parametrize("recipe", ["full", "private"])
@pytest.mark.parametrize("layer", ["start", "overlay"])
def test_a_picture_that_is_drawn_on_is_part_of_it(tmp_path, flat, photograph, layer, recipe):
    preset = {**flat, "generator": {"type": "pixel"}, layer: {"image": str(photograph)}, "recipe": recipe}
    path = package.run(preset).save(tmp_path / "x.png")
    assert said(path)["DigitalSourceType"] == f"{IPTC}compositeWithTrainedAlgorithmicMedia"
    assert b"somebody" not in path.read_bytes()


def test_weights_are_a_trained_model_without_any_perceptor():
    weights = {"vqgan": "0" * 64}
    assert source_type({"preset": {}, "weights": weights}) == f"{IPTC}trainedAlgorithmicMedia"


@pytest.mark.parametrize("layer", ["a text", ["a", "list"], {"image": ""}, 7, None])
def test_a_strangers_layers_may_be_anything(layer):
    recipe = {"preset": {"start": layer, "overlay": layer}, "weights": {}}
    assert source_type(recipe) == f"{IPTC}algorithmicMedia"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_recipe_none_says_nothing_at_all(tmp_path, flat, suffix):
    path = package.run({**flat, "recipe": "none"}).save(tmp_path / f"x{suffix}")
    assert not [word for word in WORDS if word in path.read_bytes()]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("source", SUFFIXES)
def test_an_export_without_recipe_says_nothing_at_all(artgen, tmp_path, flat, source, suffix):
    path = package.run(flat).save(tmp_path / f"x{source}")
    artgen("export", path, f"plain{suffix}", "--no-recipe", code=0)
    assert not [word for word in WORDS if word in (tmp_path / f"plain{suffix}").read_bytes()]


@pytest.mark.parametrize("name", ["x.webp", "x.jpg"])
def test_pillow_is_told_to_write_no_packet_that_it_has_read(name, tmp_path):
    assert metadata.options(tmp_path / name, None)["xmp"] == b""


def test_what_came_before_says_it_once_it_is_exported(artgen, tmp_path, made):
    Image.open(made).save(tmp_path / "old.png", pnginfo=_only_recipe(made))
    assert not said(tmp_path / "old.png")
    artgen("export", "old.png", "new.webp", code=0)
    assert said(tmp_path / "new.webp")["DigitalSourceType"] == f"{IPTC}trainedAlgorithmicMedia"


def _only_recipe(path):
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    with Image.open(path) as picture:
        text.add_text(metadata.KEY, picture.text[metadata.KEY])
    return text


@pytest.mark.parametrize("wish", ["full", "none"])
def test_a_runs_folder_says_it_of_every_picture_of_the_run(tmp_path, flat, wish):
    package.run({**flat, "recipe": wish}, out=tmp_path / "run")
    pictures = [tmp_path / "run" / name for name in ("image.png", "sheet.png", "progress.png")]
    pictures += (tmp_path / "run" / "batch").iterdir()
    assert len(pictures) == 5
    assert [bool(said(path)) for path in pictures] == [wish == "full"] * 5


def test_of_a_strangers_picture_nothing_is_said(tmp_path, photograph):
    made = package.finish(photograph, [{"type": "pixelate", "cells": 4}], note=lambda line: None)
    path = made.save(tmp_path / "finished.webp")
    assert not [word for word in (*WORDS, b"somebody") if word in path.read_bytes()]
