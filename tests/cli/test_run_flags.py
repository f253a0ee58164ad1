"""What `run` takes besides a preset's file: flags for settings, a picture's name after --out, what was made before."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from artgen.cli.pictures.run import run_name
from artgen.recipe import metadata


@pytest.fixture
def mine(tmp_path, flat):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(flat))


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--size", "14"], {"size": [14, 14]}),
        (["--size", "14x9"], {"size": [14, 9]}),
        (["--batch", "3"], {"batch": 3}),
        (["-n", "3"], {"batch": 3}),
        (["--quality", "best"], {"steps": 12}),
        (["--seed", "7"], {"seed": 7, "batch": 2}),
        (["--seed", "7-9"], {"seed": 7, "batch": 3}),
        (["--seed", "7-7"], {"seed": 7, "batch": 1}),
        (["--set", "batch=3", "--seed", "4", "--set", "seed=8"], {"seed": 4, "batch": 3}),
    ],
)
def test_a_flag_is_a_setting(artgen, mine, tmp_path, words, expected):
    artgen("run", "mine.yaml", "--out", "out", *words, code=0)
    preset = metadata.read(tmp_path / "out")["preset"]
    assert {key: preset[key] for key in expected} == expected


def test_a_random_seed_is_another_each_time(artgen, mine, tmp_path):
    for name in ("a", "b"):
        artgen("run", "mine.yaml", "--out", name, "--seed", "random", code=0)
    assert metadata.read(tmp_path / "a")["preset"]["seed"] != metadata.read(tmp_path / "b")["preset"]["seed"]


def test_the_pictures_of_a_range_are_those_of_its_seeds(artgen, mine, tmp_path):
    artgen("run", "mine.yaml", "--out", "range", "--seed", "7-9", code=0)
    artgen("run", "mine.yaml", "--out", "alone", "--seed", "8", "-n", "1", code=0)
    assert (pixels(tmp_path / "range" / "batch" / "seed-8.png") == pixels(tmp_path / "alone" / "image.png")).all()


@pytest.mark.parametrize("name", ["fish.png", "new/fish.webp", "fish.JPG"])
def test_a_picture_s_name_after_out_is_the_picture(artgen, mine, tmp_path, name):
    done = artgen("run", "mine.yaml", "--out", name, code=0)
    assert done.stdout == f"{name}\n"
    assert "the run is in runs/mine-0001\n" in done.stderr
    with Image.open(tmp_path / name) as picture:
        assert picture.size == (12, 10)
    assert metadata.read(tmp_path / name) == metadata.read(tmp_path / "runs" / "mine-0001" / "image.png")
    refused = artgen("run", "mine.yaml", "--out", name, code=2)
    assert refused.stderr == f"{name}: is there already; choose another --out, or say --overwrite\n"
    artgen("run", "mine.yaml", "--out", name, "--overwrite", code=0)
    assert (tmp_path / "runs" / "mine-0002" / "image.png").is_file()


def test_a_run_s_folder_that_is_called_like_a_picture_stays_one(artgen, mine, tmp_path):
    (tmp_path / "old.png").mkdir()
    assert artgen("run", "mine.yaml", "--out", "old.png", code=0).stdout == "old.png/image.png\n"


def test_a_replay_can_be_kept_as_a_picture(artgen, mine, tmp_path):
    artgen("run", "mine.yaml", "--out", "out", code=0)
    artgen("replay", "out", "--out", "again.png", code=0)
    assert (pixels(tmp_path / "again.png") == pixels(tmp_path / "out" / "image.png")).all()


@pytest.mark.parametrize(
    "source", ["out", "out/recipe.json", "out/image.png", "out/batch/seed-6.png", "out/preset.yaml"]
)
def test_what_was_made_is_drawn_again(artgen, mine, tmp_path, source):
    artgen("run", "mine.yaml", "--out", "out", code=0)
    artgen("check", source, code=0)
    artgen("run", source, "--out", "again", code=0)
    assert (pixels(tmp_path / "again" / "image.png") == pixels(tmp_path / "out" / "image.png")).all()
    artgen("run", source, "--out", "other", "--seed", "77", code=0)
    assert metadata.read(tmp_path / "other")["preset"]["seed"] == 77


def test_a_run_whose_picture_tells_nothing_is_drawn_from_the_preset_beside_it(artgen, mine, tmp_path):
    artgen("run", "mine.yaml", "--out", "out", "--no-recipe", code=0)
    artgen("run", "out", "--out", "again", code=0)
    assert (pixels(tmp_path / "again" / "image.png") == pixels(tmp_path / "out" / "image.png")).all()


def test_a_preset_may_be_json(artgen, tmp_path, flat):
    (tmp_path / "mine.json").write_text(json.dumps(flat))
    assert artgen("check", "mine.json", code=0).stdout == "mine.json: ok\n"


def test_a_recipe_by_itself_reads_no_files_elsewhere(artgen, mine, tmp_path):
    artgen("run", "mine.yaml", "--out", "out/deep", code=0)
    recipe = json.loads((tmp_path / "out" / "deep" / "recipe.json").read_text())
    recipe["preset"]["start"] = {"image": "/etc/hostname"}
    (tmp_path / "out" / "deep" / "recipe.json").write_text(json.dumps(recipe))
    for source in ("out/deep/recipe.json", "out/deep"):
        assert "lies outside of the folders" in artgen("run", source, code=2).stderr


@pytest.mark.parametrize(
    ("preset", "name"),
    [
        ("quickstart", "quickstart"),
        ("a/b.yaml", "b"),
        ("runs/heart-0001/image.png", "heart"),
        ("runs/heart-0001/recipe.json", "heart"),
        ("pictures/my-2024.png", "my-2024"),
        ("pictures/heart.png", "heart"),
    ],
)
def test_a_run_is_named_after_what_it_draws(preset, name):
    assert run_name(preset) == name


def test_a_run_again_is_named_as_the_first(tmp_path):
    folder = tmp_path / "heart-0012"
    folder.mkdir()
    assert run_name(str(folder)) == "heart"


def test_the_last_line_says_where_the_others_are(artgen, mine):
    done = artgen("run", "mine.yaml", "--out", "out", "--steps", "1", code=0)
    assert done.stderr.startswith("1 step, loss ")
    assert done.stderr.endswith(", all are in out/batch\n")
    alone = artgen("run", "mine.yaml", "--out", "alone", "-n", "1", code=0)
    assert alone.stderr.startswith("6 steps, loss ") and alone.stderr.endswith(", seed 5\n")


def test_steps_that_the_generator_adds_are_told(artgen, tmp_path):
    done = artgen(
        "run", "pixel", "--out", "out", "-n", "1", "--size", "32", "--steps", "3", "--prompt", "a heart",
        "--set", "generator={type: diffusion, recurrence: 2}", "--set", "losses=[{type: range}]",
        "--set", "views=[]", code=0,
    )  # fmt: skip
    assert "(made of the preset's 3), loss " in done.stderr


def test_a_mistake_is_told_before_torch_is_there(several, mine, tmp_path):
    block = "sys.modules.update(dict.fromkeys(['torch', 'kornia', 'open_clip', 'timm']))"
    (tmp_path / "runs").mkdir()
    Path(tmp_path / "a.txt").touch()
    commands = (
        ("run", "nosuch"),
        ("run", "mine.yaml", "--set", "stepz=1"),
        ("run", "mine.yaml", "--out", "x.gif"),
        ("search", "a cat"),
        ("search", "a cat", "nosuch"),
        ("score", "no.png", "--prompt", "a cat"),
        ("views", "mine.yaml", "--image", "no.png"),
    )
    several(*commands, prelude=block, code=2)


def test_a_run_goes_on_from_its_picture(artgen, tmp_path):
    preset = tmp_path / "small.yaml"
    preset.write_text("extends: pixel\nsteps: 2\nsize: 32\nbatch: 1\nfinish: [{type: pixelate, cells: 2}]\n")
    artgen("run", preset, "--out", "first", code=0)
    artgen("run", "first", "--continue", "--prompt", "a fish", "--out", "second", code=0)
    recipe = json.loads((tmp_path / "second" / "recipe.json").read_text())
    assert recipe["preset"]["start"]["image"].endswith("drawing.png")
    assert [prompt["text"] for prompt in recipe["preset"]["prompts"]] == ["a fish"]


@pytest.mark.parametrize("made", ["pixel", "nowhere"])
def test_a_run_goes_on_from_nothing_else(artgen, made):
    assert "--continue: " in artgen("run", made, "--continue", code=2).stderr
