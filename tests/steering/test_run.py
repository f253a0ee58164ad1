"""A run that is steered draws what its recipe says, and can be left, gone on with, and branched from."""

import io
import json

import pytest
import torch
from PIL import Image

import artgen
from artgen.compare.replay import replay
from artgen.engine import checkpoint_file
from artgen.errors import InputError
from artgen.fields.paths import PICTURE
from artgen.steering import SteeredRun, history, told


@pytest.fixture
def preset(flat):
    losses = [{"type": "clip"}, {"type": "smoothness", "weight": 0.1}]
    views = [{"type": "cutouts", "count": 3}]
    return artgen.load(
        {**flat, "steps": 8, "size": 16, "generator": {"type": "pixel"}, "views": views, "losses": losses}
    )


def png(colour, size=16, box=(2, 2, 9, 9)):
    image = Image.new("RGBA", (size, size))
    image.paste(colour, box)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def begun(preset, folder, steps=0):
    run = SteeredRun.begin(preset, folder, lambda line: None)
    taken(run, steps)
    return run


def taken(run, steps):
    for _ in range(steps):
        assert run.advance()


def ended(run):
    while run.advance():
        pass
    return run.finish()


def test_nobody_steers_and_it_is_the_run_that_it_would_be(preset, tmp_path):
    result = ended(begun(preset, tmp_path / "run"))
    straight = artgen.run(preset)
    assert torch.equal(result.images, straight.images)
    assert result.recipe == straight.recipe


@pytest.mark.parametrize(
    "settings",
    [
        {"prompts": "an owl:2 | a cat:0.5"},
        {"prompts": "a cat | a dog | a frog | a cow | a fish | a bee | an ant | a pig | a hen"},
        {"seed": 77},
        {"losses": [{"type": "smoothness", "weight": 2}, {"type": "saturation"}, {"type": "clip", "weight": 0.5}]},
        {"generator": {"type": "pixel", "learning_rate": 0.5}},
    ],
)
def test_a_steered_picture_is_drawn_again_from_its_recipe(preset, tmp_path, settings):
    run = begun(preset, tmp_path / "run", 3)
    assert run.steer(artgen.load(preset, **settings))
    result = ended(run)
    assert not torch.equal(result.images, artgen.run(preset).images)
    assert replay(tmp_path / "run" / PICTURE).word == "identical"


def test_many_touches_and_paint_are_drawn_again_without_the_studio(preset, tmp_path):
    run = begun(preset, tmp_path / "run", 2)
    run.steer(artgen.load(preset, prompts="an owl", seed=9))
    run.paint(png((255, 0, 0, 255)))
    taken(run, 2)
    run.paint(png((0, 0, 255, 128), box=(0, 8, 16, 16)))
    run.steer(artgen.load(run.wanted, overrides=[("prompts", "an owl | a moon:0.5")]))
    taken(run, 1)
    run.steer(artgen.load(run.wanted, overrides=[("seed", 4), ("losses[0].weight", 3)]))
    result = ended(run)
    assert len(result.recipe["inputs"]) == 2
    assert replay(tmp_path / "run" / PICTURE).word == "identical"


def test_paint_is_on_the_picture(preset, tmp_path):
    run = begun(preset, tmp_path / "run", 2)
    run.paint(png((255, 0, 0, 255)))
    drawn = run.advance().image
    assert torch.allclose(
        drawn[:, :, 4:7, 4:7], torch.tensor([1.0, 0, 0])[None, :, None, None].expand(2, 3, 3, 3), atol=0.05
    )


@pytest.mark.parametrize("content", [b"", b"no picture", png((1, 2, 3, 4))[:-30]])
def test_what_is_no_picture_is_refused(preset, tmp_path, content):
    run = begun(preset, tmp_path / "run", 1)
    with pytest.raises(InputError):
        run.paint(content)
    assert run.touches == begun(preset, tmp_path / "other").touches


def test_what_cannot_change_changes_nothing(preset, tmp_path):
    run = begun(preset, tmp_path / "run", 3)
    with pytest.raises(InputError, match=r"^size: cannot change"):
        run.steer(artgen.load(preset, size=24, prompts="an owl"))
    assert torch.equal(ended(run).images, artgen.run(preset).images)


def test_a_generator_that_cannot_paint_is_not_painted_on(preset, tmp_path):
    run = begun(artgen.load(preset, generator={"type": "flat"}), tmp_path / "run", 1)
    with pytest.raises(InputError, match="paint: the generator 'flat' cannot take a picture over"):
        run.paint(png((1, 2, 3, 255)))
    assert run.advance()


def test_a_loss_that_reads_prompts_of_no_weight_refuses_others(preset, tmp_path):
    """The stranger's loss counts them, so that the steps before would be others, too."""
    run = begun(artgen.load(preset, losses=[{"type": "match"}]), tmp_path / "run", 3)
    with pytest.raises(InputError, match="would have begun otherwise"):
        run.steer(artgen.load(run.wanted, prompts="an owl:0.3 | a cat:0.7 | a dog:0.2"))


def test_the_same_again_is_no_touch(preset, tmp_path):
    run = begun(preset, tmp_path / "run", 3)
    assert run.steer(preset) == []
    assert told(run.touches) == []


def test_a_run_that_was_left_is_steered_on(preset, tmp_path):
    def steered(folder, pause):
        run = begun(preset, folder, 2)
        run.steer(artgen.load(preset, prompts="an owl"))
        taken(run, 1)
        if pause:
            run.leave()
            run = SteeredRun.resume(folder, lambda line: None)
            assert (run.steps_done, len(run.touches)) == (3, 2)
        run.steer(artgen.load(run.wanted, seed=8))
        return ended(run)

    one, two = steered(tmp_path / "one", False), steered(tmp_path / "two", True)
    assert torch.equal(one.images, two.images)
    assert told(history.read(tmp_path / "two")) == [
        {"step": 2, "what": ["prompts[0]", "prompts[1]"]},
        {"step": 3, "what": ["seed"]},
    ]


def test_after_the_last_step_only_the_finish_can_change(preset, tmp_path):
    run = begun(preset, tmp_path / "run", 8)
    with pytest.raises(InputError, match="all 8 steps are done; branch from an earlier one"):
        run.steer(artgen.load(preset, prompts="an owl"))
    assert run.steer(artgen.load(preset, finish=[{"type": "upscale", "scale": 2}])) == ["finish[0]"]
    assert ended(run).images.shape[-1] == 32


def test_a_touch_that_no_step_was_drawn_with_is_told_when_it_is_finished(preset, tmp_path):
    told = []
    for name, change in (("one", {"prompts": "an owl"}), ("two", {"finish": [{"type": "upscale", "scale": 2}]})):
        run = SteeredRun.begin(preset, tmp_path / name, told.append)
        taken(run, 3)
        run.steer(artgen.load(preset, **change))
        run.finish()
    late = [line for line in told if "no step followed it" in line]
    assert late == ["prompts[0]: the change at step 3 is not in the picture; no step followed it"]


def test_artgen_goes_on_with_it_as_with_any_run(preset, tmp_path):
    for name in ("one", "two"):
        run = begun(preset, tmp_path / name, 2)
        run.steer(artgen.load(preset, prompts="an owl"))
        taken(run, 1)
        run.leave()
    first = ended(SteeredRun.resume(tmp_path / "one", lambda line: None))
    assert torch.equal(first.images, artgen.resume(tmp_path / "two", note=lambda line: None).images)


def test_killed_in_the_middle_of_a_touch_it_goes_on_as_before(preset, tmp_path, monkeypatch):
    run = begun(preset, tmp_path / "run", 3)

    def killed(self, *arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("artgen.engine.checkpoints.Checkpoints.change", killed)
    with pytest.raises(KeyboardInterrupt):
        run.steer(artgen.load(preset, prompts="an owl"))
    monkeypatch.undo()
    run._kept.close()
    again = SteeredRun.resume(tmp_path / "run", lambda line: None)
    assert (again.steps_done, len(again.touches)) == (3, 1)
    assert torch.equal(ended(again).images, artgen.run(preset).images)


def test_a_branch_begins_as_the_run_was_before_the_step(preset, tmp_path):
    run = begun(preset, tmp_path / "run", 2)
    run.steer(artgen.load(preset, prompts="an owl"))
    taken(run, 3)
    run.steer(artgen.load(run.wanted, seed=8))
    taken(run, 1)
    branch = SteeredRun.branch(tmp_path / "run", 5, tmp_path / "branch", lambda line: None)
    assert (branch.steps_done, branch.wanted.seed) == (5, 5)
    alone = begun(preset, tmp_path / "alone", 2)
    alone.steer(artgen.load(preset, prompts="an owl"))
    assert torch.equal(ended(branch).images, ended(alone).images)
    assert replay(tmp_path / "branch" / PICTURE).word == "identical"


def test_one_can_branch_from_a_finished_run_and_from_its_beginning(preset, tmp_path):
    ended(begun(preset, tmp_path / "run"))
    late = SteeredRun.branch(tmp_path / "run", 6, tmp_path / "late", lambda line: None)
    early = SteeredRun.branch(tmp_path / "run", 0, tmp_path / "early", lambda line: None)
    assert (late.steps_done, early.steps_done) == (6, 0)
    straight = artgen.run(preset).images
    assert torch.equal(ended(late).images, straight)
    assert torch.equal(ended(early).images, straight)


def test_finished_early_it_is_the_picture_of_that_step(preset, tmp_path):
    run = begun(preset, tmp_path / "run", 3)
    run.steer(artgen.load(preset, prompts="an owl"))
    taken(run, 2)
    result = run.finish()
    assert result.recipe["steps_done"] == 5
    assert replay(tmp_path / "run" / PICTURE).word == "identical"
    with pytest.raises(InputError, match="is finished"):
        SteeredRun.resume(tmp_path / "run", print)


@pytest.mark.parametrize("steps", [1, 3, 6, 8])
def test_finished_early_its_other_forms_are_of_the_picture_that_is_kept(preset, tmp_path, steps):
    """And not of what the last gradient has made of the generator since."""
    tiles = {"type": "cells", "kind": "square", "across": 8, "noise": 1}
    preset = artgen.load(preset, size=[32, 16], batch=1, generator=tiles)
    run = begun(preset, tmp_path / "run", min(steps, 2))
    run.export(["sprite.png"])
    run.steer(artgen.load(preset, prompts="an owl"))
    taken(run, steps - min(steps, 2))
    run.leave()
    run = SteeredRun.resume(tmp_path / "run", print)
    assert run.exports == ("sprite.png",)
    assert run.finish().failure is None
    sprite, picture = (Image.open(tmp_path / "run" / name) for name in ("image.sprite.png", PICTURE))
    assert sprite.resize(picture.size, Image.Resampling.NEAREST).tobytes() == picture.convert("RGB").tobytes()


def test_forms_that_cannot_be_are_refused_and_those_before_stay(preset, tmp_path):
    run = begun(preset, tmp_path / "run", 1)
    run.export(["indexed.png"])
    with pytest.raises(InputError, match=r"no exporter of '\.plot\.svg' can write what the generator 'pixel' draws"):
        run.export(["indexed.png", "plot.svg"])
    assert run.exports == ("indexed.png",)
    run.finish()


def test_moments_are_kept_and_thinned_out(preset, tmp_path, monkeypatch):
    monkeypatch.setattr(history, "MOMENTS", 4)
    run = begun(preset, tmp_path / "run", 8)
    found = history.moments(tmp_path / "run")
    assert len(found) == 4
    assert {1, 8} < set(found)
    record = json.loads((history.place(tmp_path / "run", 8) / "run.json").read_text())
    [file] = history.place(tmp_path / "run", 8).glob("*.pt")
    state = checkpoint_file.read(file, checkpoint_file.identity(record), torch.device("cpu"))
    assert state["course"]["steps_done"] == 8
    run.leave()


def test_a_damaged_record_is_told_in_a_line(preset, tmp_path):
    begun(preset, tmp_path / "run", 1).leave()
    (tmp_path / "run" / history.FILE).write_text("{}")
    with pytest.raises(InputError, match=r"steering\.json: is damaged"):
        SteeredRun.resume(tmp_path / "run", print)
