"""What can be known of a recipe before anything is drawn: that it can never come out, and that it asks for much."""

import json

import pytest
from PIL import Image

from artgen.compare import replay
from artgen.errors import InputError
from artgen.planning import cost
from artgen.preset import loading
from artgen.recipe import metadata
from artgen.recipe import model as recipe
from tests.helpers.paths import ROOT
from tests.helpers.pictures import rewritten

PICTURES = sorted(path for path in (ROOT / "gallery").glob("*.png") if not path.stem.endswith("-progress"))


def refusal(source):
    with pytest.raises(InputError) as refused:
        replay.plan(source)
    return str(refused.value).removeprefix(f"{source}: ")


def test_a_picture_that_the_batch_does_not_have(made):
    rewritten(made, lambda found: found.update(picture=5))
    assert refusal(made) == "is picture 5 of a batch of 2; the recipe is damaged"


@pytest.mark.parametrize("name", ["x.png", "x.webp", "x.jpg"])
def test_a_picture_of_another_size(made, tmp_path, name):
    with Image.open(made) as picture:
        larger = picture.resize((24, 20))
    larger.save(tmp_path / name, **metadata.options(tmp_path / name, metadata.read(made)))
    assert refusal(tmp_path / name) == (
        "is 24x20 pixels large, but its recipe draws 12x10; it was cut or scaled afterwards"
    )


@pytest.mark.parametrize("name", ["x.png", "x.webp"])
def test_a_picture_that_moves(made, tmp_path, name):
    """Its first frame may be the right one, and what is seen another."""
    with Image.open(made) as picture:
        options = metadata.options(tmp_path / name, metadata.read(made))
        picture.save(tmp_path / name, **options, save_all=True, append_images=[Image.new("RGB", picture.size, "red")])
    assert refusal(tmp_path / name) == "is animated, which no picture of artgen's is; it was changed afterwards"


def test_a_picture_that_cannot_be_decoded(made):
    made.write_bytes(made.read_bytes()[:-40])
    assert refusal(made).startswith("no picture that can be read")


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_the_gallery_is_replayed_unasked(path, monkeypatch):
    assert replay.plan(path).objections == ""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"steps": 1_000_000}, "times what is run unasked"),
        ({"views": [{"type": "corners", "count": 4096}]}, "GB of memory"),
        ({"views": [{"type": "cutouts", "count": {"0": 1, "50%": 4096}}]}, "GB of memory"),
        ({"views": [{"type": "corners", "count": 512}] * 8, "size": [64, 64], "steps": 100}, "run unasked, needs"),
        ({"losses": [{"type": "match"}] * 250, "steps": 8000}, "times what is run unasked"),
        ({"size": [4096, 4096], "batch": 8, "steps": 1}, "needs about 14 GB of memory"),
        ({"size": [2048, 2048], "batch": 4, "steps": 200}, "takes 3.4 times what is run unasked"),
    ],
)
def test_what_is_much_work_is_asked_about(artgen, tmp_path, made, settings, said):
    found = metadata.read(made)
    found["preset"].update({"size": [8, 8], **settings})
    (tmp_path / "x.json").write_text(recipe.to_json(found))
    done = artgen("replay", "x.json", code=2)
    assert said in done.stderr
    assert done.stderr.endswith("; say --yes to run it\n")
    with pytest.raises(InputError, match="say long=True to run it"):
        replay.replay(tmp_path / "x.json")


def test_what_downloads_weights_is_asked_about(artgen, made, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(made.parent / "empty"))
    monkeypatch.delenv("ARTGEN_OFFLINE", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    hub = {"type": "diffusion", "model": "owner/name"}
    rewritten(made, lambda found: found["preset"].update(generator=hub))
    assert replay.plan(made).objections == "downloads owner/name"
    monkeypatch.setenv("ARTGEN_OFFLINE", "1")
    assert replay.plan(made).objections == ""


def test_the_work_of_the_pixel_preset_is_what_the_docstring_says():
    assert round(cost.work(loading.load("pixel", finish=[])) / 1e6) == 71


def test_a_recipe_alone_has_no_size_to_compare(made, tmp_path):
    (tmp_path / "x.json").write_text(json.dumps({**metadata.read(made), "pixels": None}))
    assert replay.plan(tmp_path / "x.json").picture is None
