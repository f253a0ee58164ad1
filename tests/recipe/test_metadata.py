"""The recipe in a picture: its formats, its canonical text, and what is refused."""

import json

import pytest
from PIL import Image, PngImagePlugin

import artgen as package
from artgen.errors import InputError
from artgen.recipe import metadata, saving
from artgen.recipe import model as recipe
from tests.helpers.paths import DATA
from tests.helpers.pictures import again

OLD = sorted((DATA / "recipes").glob("format-*"))


def test_a_recipe_as_large_as_a_house_is_refused(artgen, tmp_path):
    text = PngImagePlugin.PngInfo()
    text.add_itxt(metadata.KEY, json.dumps({"format": 2, "preset": {"about": "x" * 100_000_000}}))
    Image.new("RGB", (4, 4)).save(tmp_path / "x.png", pnginfo=text)
    done = artgen("replay", "x.png", code=2)
    assert done.stderr.startswith("x.png: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.name)
def test_recipes_of_every_format_are_read_for_ever(path):
    found = metadata.read(path)
    assert found["format"] == recipe.FORMAT
    verdict = again(path)
    # On another kind of CPU the last bits may be others, and a recipe alone has only their hash.
    assert verdict.word != "different" or (verdict.likeness is None and verdict.causes)


def test_there_is_a_file_of_each_format():
    assert {path.stem for path in OLD} == {f"format-{number}" for number in range(1, recipe.FORMAT + 1)}


def test_the_canonical_text_is_one_for_equal_recipes(made):
    found = metadata.read(made)
    assert recipe.to_json(found) == recipe.to_json(dict(reversed(found.items())))
    with Image.open(made) as picture:
        assert picture.text[metadata.KEY] == recipe.to_json(found)


def test_pixels_are_hashed_as_they_are_shown(made):
    import hashlib

    with Image.open(made) as picture:
        assert hashlib.sha256(picture.tobytes()).hexdigest() == metadata.read(made)["pixels"]


def test_a_picture_of_another_kind_is_not_written(tmp_path, flat):
    result = package.run(flat)
    with pytest.raises(InputError, match=r"cannot be written as '\.gif'; choose \.png"):
        saving.save(tmp_path / "x.gif", result.images[0], result.recipe)
    assert not list(tmp_path.iterdir())
