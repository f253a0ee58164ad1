"""Finishing stages: once, on what a file would hold, in the recipe; and what becomes of a run whose stage fails."""

import json

import pytest
import torch

import artgen as package
from artgen.errors import PresetError
from artgen.preset import loading
from artgen.recipe import metadata
from tests.helpers.pictures import again


@pytest.fixture
def finished(flat):
    """The preset `flat` with two pictures, a stage of its own kind, and a filter."""
    return loading.load(flat, batch=2, finish=[{"type": "doubled"}, {"type": "grey"}])


def test_stages_follow_each_other_and_the_recipe_has_them(finished):
    result = package.run(finished)
    height, width = result.drawing.images.shape[2:]
    assert tuple(result.images.shape) == (2, 3, height, 2 * width)
    assert torch.equal(result.images[:, :1].expand_as(result.images), result.images)
    assert [stage["type"] for stage in result.recipe["preset"]["finish"]] == [
        "artgen-strangers:doubled",
        "artgen-strangers:grey",
    ]
    assert result.drawing.recipe["preset"]["finish"] == []
    assert result.recipe["weights"]["doubled/dust"] == "2" * 64
    assert result.recipe["plugins"] == result.drawing.recipe["plugins"]


def test_the_loop_does_not_see_them(flat, finished):
    plain = package.run(loading.load(flat, batch=2))
    result = package.run(finished)
    assert torch.equal(result.drawing.images, plain.images)
    assert result.losses == plain.losses


def test_a_stage_gets_and_leaves_what_eight_bits_hold(finished):
    levels = package.run(finished).images * 255
    assert torch.equal(levels, levels.round())


def test_a_finished_picture_replays_and_is_the_same_alone(finished, tmp_path):
    result = package.run(finished, out=tmp_path / "run")
    assert again(tmp_path / "run").word == "identical"
    assert again(tmp_path / "run" / "drawing.png").word == "identical"
    alone = package.run(loading.load(finished, batch=1, seed=finished.seed + 1))
    assert torch.equal(alone.images[0], result.images[1])


def test_the_folder_keeps_drawings_and_other_forms(finished, tmp_path):
    result = package.run(finished, out=tmp_path)
    seeds = [finished.seed + i for i in range(2)]
    names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert {"image.png", "image.txt", "drawing.png"} <= names
    assert {f"batch/seed-{seed}{end}" for seed in seeds for end in (".png", ".txt", "-drawing.png")} <= names
    width = finished.size[0]
    assert (tmp_path / "image.txt").read_text() == f"{2 * width} x {finished.size[1]}"
    assert result.files[".txt"][0] == (tmp_path / "image.txt").read_bytes()


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("nan", "returned pixels that are not finite; the picture is as it was before"),
        ("range", "returned pixels from"),
        ("count", r"returned \(1, 2, \d+, \d+\); expected \(2, 3\) x height x width"),
        ("files", r"returned 5 .txt files for 2 pictures"),
        ("kind", "returned Tensor; expected artgen.api.Finished"),
        ("raises", r"ZeroDivisionError: by nothing \(strangers_torch.py:\d+\); the picture is as it was before"),
        ("memory", "out of memory; the picture is as it was before"),
    ],
)
def test_a_stage_that_fails_costs_no_picture(artgen, flat, tmp_path, how, message):
    preset = loading.load(flat, batch=2, finish=[{"type": "grey"}, {"type": "doubled", "how": how}])
    result = package.run(preset, out=tmp_path / "run")
    assert result.failure.startswith("finish 'doubled' (")
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(result.failure)
    assert result.images.shape == result.drawing.images.shape
    assert [stage["type"] for stage in metadata.read(tmp_path / "run")["preset"]["finish"]] == ["artgen-strangers:grey"]
    assert again(tmp_path / "run").word == "identical"
    # The user's own preset still asks for what failed.
    assert [stage.type for stage in loading.load(tmp_path / "run" / "preset.yaml").finish] == ["grey", "doubled"]


def test_alpha_goes_through(flat):
    preset = loading.load(flat, transparent=True, finish=[{"type": "doubled"}])
    result = package.run(preset)
    assert result.alpha.shape[2:] == result.images.shape[2:]
    half = result.alpha.shape[3] // 2
    assert torch.equal(result.alpha[..., :half], result.alpha[..., half:])
    wrong = package.run(loading.load(preset, ["finish.doubled.how=alpha"]))
    assert "returned alpha of" in wrong.failure


def test_what_would_be_too_large_is_a_mistake_in_the_preset(flat):
    with pytest.raises(PresetError, match=r"finish\[9\]: makes a picture of 65536x\d+ pixels; each side is 1 to"):
        loading.load(flat, size="64x8", finish=[{"type": "doubled"}] * 11)


def test_reporters_hear_how_far_a_stage_is(finished):
    class Listening:
        def __init__(self):
            self.heard = []

        def on_start(self, steps): ...
        def on_step(self, event): ...
        def on_end(self, result): ...
        def on_finish(self, title, share):
            self.heard.append((title.partition(" (")[0], share))

    listening = Listening()
    package.run(finished, reporters=[listening])
    assert listening.heard == [("finish 'doubled'", 0.5)]


def test_an_old_recipe_without_stages_is_read(flat, tmp_path):
    package.run(flat, out=tmp_path)
    recipe = json.loads((tmp_path / "recipe.json").read_text())
    del recipe["preset"]["finish"]
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    assert again(tmp_path / "recipe.json").word == "identical"


@pytest.mark.parametrize("kind", ["filters", "losses"])
def test_a_stage_stands_nowhere_else(flat, kind):
    with pytest.raises(PresetError, match=f"{kind}.0.: no {kind[:-1].rstrip('e')}"):
        loading.load(flat, **{kind: [{"type": "doubled"}]})
