"""A run from preset to folder, through the command line."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

import artgen as package
from artgen.preset import loading
from artgen.recipe import metadata


def panels(count):
    """The height of a plot of so many curves: 1.6 inches each and 0.6 more, 110 pixels an inch."""
    return round(110 * (1.6 * count + 0.6))


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB"))


@pytest.fixture
def saved(tmp_path, flat):
    loading.parse(flat).save(tmp_path / "mine.yaml")
    return tmp_path / "mine.yaml"


def test_the_run_folder_holds_everything(artgen, saved, tmp_path):
    done = artgen("run", "mine.yaml", "--out", "out", code=0)
    assert done.stdout.strip() == "out/image.png"
    out = tmp_path / "out"
    made = sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file())
    assert made == [
        "batch/seed-5.png",
        "batch/seed-6.png",
        "image.png",
        "losses.json",
        "losses.png",
        "preset.yaml",
        "progress.png",
        "recipe.json",
        "sheet.png",
    ]
    assert pixels(out / "image.png").shape == (10, 12, 3)
    strip = pixels(out / "progress.png")
    assert strip.shape[1] > 5 * strip.shape[0]
    assert set(json.loads((out / "losses.json").read_text())) == {"match", "dark", "total"}
    assert pixels(out / "losses.png").shape[0] == panels(3)


def test_the_picture_is_the_best_of_the_batch(artgen, saved, tmp_path, flat):
    artgen("run", "mine.yaml", "--out", "out", code=0)
    result = package.run(flat)
    best = tmp_path / "out" / "batch" / f"seed-{5 + result.best}.png"
    assert (pixels(tmp_path / "out" / "image.png") == pixels(best)).all()
    assert result.scores[result.best] == min(result.scores)


def test_runs_without_out_get_new_folders(artgen, saved, tmp_path):
    first, second = (artgen("run", "mine.yaml", "-q", code=0).stdout.strip() for _ in range(2))
    assert first == "runs/mine-0001/image.png"
    assert second == "runs/mine-0002/image.png"


def test_a_picture_is_never_overwritten_unasked(artgen, saved, tmp_path):
    artgen("run", "mine.yaml", "--out", "out", "--seed", 1, code=0)
    before = (tmp_path / "out" / "image.png").read_bytes()
    done = artgen("run", "mine.yaml", "--out", "out", "--seed", 2, code=2)
    assert done.stderr.strip() == "out: already holds a picture; choose another --out, or say --overwrite"
    assert (tmp_path / "out" / "image.png").read_bytes() == before
    artgen("run", "mine.yaml", "--out", "out", "--seed", 2, "--overwrite", code=0)
    assert (tmp_path / "out" / "image.png").read_bytes() != before


def test_the_same_seed_gives_the_same_bytes(artgen, saved, tmp_path):
    for name in ("a", "b"):
        artgen("run", "mine.yaml", "--out", name, code=0)
    for name in ("image.png", "progress.png", "losses.png", "preset.yaml"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
    artgen("run", "mine.yaml", "--out", "c", "--seed", 9, code=0)
    assert (tmp_path / "c" / "image.png").read_bytes() != (tmp_path / "a" / "image.png").read_bytes()


def test_the_picture_carries_its_recipe_and_runs_again(artgen, saved, tmp_path, flat):
    artgen("run", "mine.yaml", "--out", "a", code=0)
    made = metadata.read(tmp_path / "a" / "image.png")
    assert made["preset"]["seed"] == 5
    assert made["plugins"] == {"artgen-strangers": "1.0"}
    assert made["libraries"]["torch"] == torch.__version__.partition("+")[0]
    assert loading.parse(made["preset"]) == loading.parse(flat)
    artgen("run", "a/image.png", "--out", "b", code=0)
    assert (tmp_path / "a" / "image.png").read_bytes() == (tmp_path / "b" / "image.png").read_bytes()


def test_prompt_and_set_reach_the_picture(artgen, saved, tmp_path):
    artgen("run", "mine.yaml", "--out", "a", "--prompt", "a: tree | sky:0.1", "--set", "steps=3", code=0)
    made = metadata.read(tmp_path / "a" / "image.png")["preset"]
    assert [prompt["text"] for prompt in made["prompts"]] == ["a: tree", "sky"]
    assert made["steps"] == 3


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("nan", "loss 'misbehave' (artgen-strangers 1.0) is nan, nan at step 3; expected a finite number"),
        ("shape", "loss 'misbehave' (artgen-strangers 1.0) returned (2, 3, 10, 12); expected () or (2,)"),
        ("gradient", "loss 'misbehave' (artgen-strangers 1.0) has a gradient that is not finite at step 3"),
    ],
)
def test_a_loss_that_goes_wrong_is_named_and_the_last_good_picture_kept(artgen, saved, tmp_path, how, reason):
    losses = f"losses=[{{type: match}}, {{type: misbehave, how: {how}, weight: 0.1}}]"
    done = artgen("run", "mine.yaml", "--out", "out", "--set", losses, code=1)
    assert f"{reason}; out/image.png is the last good picture" in done.stderr
    assert pixels(tmp_path / "out" / "image.png").shape == (10, 12, 3)
    assert metadata.read(tmp_path / "out" / "image.png")["steps_done"] == 3


def test_a_run_that_fails_before_its_first_picture_leaves_nothing(artgen, saved, tmp_path):
    losses = "losses=[{type: match}, {type: misbehave, at_step: 0}]"
    done = artgen("run", "mine.yaml", "--out", "out", "--set", losses, code=1)
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_ctrl_c_saves_what_there_is(artgen, saved, tmp_path):
    losses = "losses=[{type: match}, {type: misbehave, how: interrupt, at_step: 3, weight: 0.1}]"
    done = artgen("run", "mine.yaml", "--out", "out", "--set", losses, code=130)
    assert "interrupted after 4 steps; out/image.png is what there is" in done.stderr
    made = metadata.read(tmp_path / "out" / "image.png")
    assert made["steps_done"] == 4


def test_a_reporter_that_raises_is_named_once_and_dropped(artgen, saved, tmp_path):
    done = artgen("run", "mine.yaml", "--out", "out", "--set", "reporters=[{type: clumsy}]", code=0)
    dropped = "reporter 'clumsy' (artgen-strangers 1.0) is dropped: ValueError: I never work"
    assert done.stderr.count("clumsy") == 1
    assert dropped in done.stderr.replace("\n", " ")


def test_filters_change_the_picture(artgen, saved, tmp_path):
    artgen("run", "mine.yaml", "--out", "out", "--set", "filters=[{type: grey}]", code=0)
    picture = pixels(tmp_path / "out" / "image.png").astype(int)
    assert np.ptp(picture, axis=2).max() == 0


def test_an_unwritable_place_is_named(artgen, saved, tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    done = artgen("run", "mine.yaml", "--out", "taken/out", code=2)
    assert done.stderr.startswith("taken/out: cannot be made (Not a directory)")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "carries no artgen recipe"),
        ("{", "the recipe in this picture is damaged"),
        ("[]", "the recipe in this picture is damaged"),
        ('{"format": 1}', "the recipe in this picture is damaged"),
        ('{"format": 99, "preset": {}}', "has format 99"),
        ('{"format": 1, "preset": {"steps": "many"}}', "steps: expected a whole number, got 'many'"),
        (json.dumps({"format": 1, "preset": {"about": "x" * (1 << 21)}}), "its recipe is larger than 1 MiB"),
    ],
)
def test_a_strange_recipe_is_refused_in_one_line(artgen, tmp_path, text, message):
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    if text is not None:
        info.add_itxt(metadata.KEY, text)
    Image.new("RGB", (4, 4)).save(tmp_path / "x.png", pnginfo=info)
    done = artgen("run", "x.png", "--out", "out", code=2)
    assert message in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_no_png_is_refused(artgen, tmp_path):
    (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n but not really")
    assert "x.png: this picture carries no artgen recipe" in artgen("run", "x.png", code=2).stderr
