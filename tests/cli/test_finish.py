"""``artgen finish``: stages for a picture that is there, and the recipe that has them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import artgen as package
from artgen.preset import loading
from artgen.recipe import metadata
from tests.helpers.pictures import again


def pixels(path):
    return np.asarray(Image.open(path))


def test_it_makes_what_the_run_would_have_made(artgen, flat, tmp_path):
    package.run(flat, out=tmp_path / "plain")
    whole = loading.load(flat, finish=[{"type": "doubled"}, {"type": "grey"}])
    package.run(whole, out=tmp_path / "whole")
    done = artgen("finish", tmp_path / "plain/image.png", "--with", "doubled", "--with", "grey", code=0)
    made = tmp_path / "plain/image-doubled-grey.png"
    assert done.stdout.strip() == str(made)
    assert np.array_equal(pixels(made), pixels(tmp_path / "whole/image.png"))
    assert metadata.read(made) == metadata.read(tmp_path / "whole/image.png")
    assert made.with_suffix(".txt").read_bytes() == (tmp_path / "whole/image.txt").read_bytes()
    assert again(made).word == "identical"


def test_from_python_it_is_saved_by_name(flat, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    package.run(flat, out=tmp_path / "run")
    made = package.finish("run/image.png", [{"type": "doubled"}])
    assert made.save("new/doubled.png") == Path("new/doubled.png")
    assert pixels("new/doubled.png").shape[1] == 2 * pixels("run/image.png").shape[1]


def test_stages_can_be_added_to_stages(artgen, flat, tmp_path):
    package.run(flat, out=tmp_path / "run")
    artgen("finish", tmp_path / "run/image.png", "--with", "doubled", "--out", "once.png", code=0)
    artgen("finish", "once.png", "--with", "doubled", "--out", "twice.webp", code=0)
    assert pixels(tmp_path / "twice.webp").shape[1] == 4 * pixels(tmp_path / "run/image.png").shape[1]
    assert again(tmp_path / "twice.webp").word == "identical"


def test_a_run_is_finished_anew_from_its_drawing(artgen, flat, tmp_path):
    package.run(loading.load(flat, finish=[{"type": "grey"}]), out=tmp_path / "run")
    artgen("finish", "run", "--with", "doubled", code=0)
    made = tmp_path / "run/doubled.png"
    assert [stage["type"] for stage in metadata.read(made)["preset"]["finish"]] == ["artgen-strangers:doubled"]
    assert again(made).word == "identical"
    # Nothing is replaced without being asked.
    assert artgen("finish", "run", "--with", "doubled", code=0).stdout.strip().endswith("doubled-2.png")


def test_another_picture_of_a_batch_replays(artgen, flat, tmp_path):
    package.run(loading.load(flat, batch=2), out=tmp_path / "run")
    for picture in sorted((tmp_path / "run/batch").iterdir()):
        artgen("finish", picture, "--with", "doubled", "--out", f"made-{picture.stem}.png", code=0)
        assert again(tmp_path / f"made-{picture.stem}.png").word == "identical"


def test_a_picture_without_a_recipe_is_finished_without_one(artgen, tmp_path):
    Image.new("RGBA", (6, 4), (200, 30, 60, 128)).save(tmp_path / "found.png")
    done = artgen("finish", "found.png", "--with", "doubled", "--out", "made.png", code=0)
    assert "carries no artgen recipe, so what is made of it carries no recipe" in done.stderr
    with pytest.raises(metadata.NoRecipe):
        metadata.read(tmp_path / "made.png")
    with Image.open(tmp_path / "made.png") as picture:
        assert (picture.size, picture.mode) == ((12, 4), "RGBA")


def test_a_changed_picture_keeps_no_recipe_that_lies(artgen, made, tmp_path):
    artgen("export", made, "lossy.jpg", code=0)
    done = artgen("finish", "lossy.jpg", "--with", "grey", "--out", "grey.png", code=0)
    assert "has other pixels than its recipe tells of" in done.stderr
    with pytest.raises(metadata.NoRecipe):
        metadata.read(tmp_path / "grey.png")


def test_a_private_picture_stays_private(artgen, made, tmp_path):
    artgen("export", made, "private.png", "--private", code=0)
    artgen("finish", "private.png", "--with", "grey", "--out", "grey.png", code=0)
    content = (tmp_path / "grey.png").read_bytes()
    assert b"a cat" not in content
    assert again(tmp_path / "grey.png", prompts="a cat:1 | a dog:0.5").word == "identical"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--with", "doubld"], "no finish is called 'doubld'; did you mean 'doubled'?"),
        (["--with", "doubled", "--set", "how=badly"], "--set how: "),
        (["--set", "how=well"], "say first of which stage, with --with"),
        (["--with", "grey", "--out", "made.gif"], "cannot be written as '.gif'"),
        (["--with", "doubled", "--set", "how=raises"], "ZeroDivisionError: by nothing"),
    ],
)
def test_a_mistake_is_one_line(artgen, made, words, message):
    done = artgen("finish", made, *words)
    assert done.returncode in (1, 2)
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_picture_that_is_not_there_is_one_line(artgen):
    assert "there is no such file" in artgen("finish", "nowhere.png", "--with", "grey", code=2).stderr
