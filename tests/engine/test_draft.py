"""`draft`: a generator whose first drawing another begins with."""

import pytest
import torch
from PIL import Image

import artgen as package
from artgen.errors import PresetError
from artgen.preset.loading import load, parse
from artgen.recipe import metadata

pytestmark = pytest.mark.filterwarnings("ignore::artgen.deprecation.PresetRemark")

BEFORE = {"type": "pixel", "init": "red", "noise": 0}
AFTER = {"type": "pixel", "noise": 0, "learning_rate": 0}


def preset(**changes):
    data = {
        "generator": AFTER,
        "draft": BEFORE,
        "seed": 3,
        "size": 16,
        "steps": 1,
        "batch": 2,
        "losses": [{"type": "saturation"}],
    }
    return parse({**data, **changes})


def drawn(**changes):
    return package.run(preset(**changes)).images


def test_the_generator_begins_with_the_drafts_first_drawing():
    assert drawn().amax(dim=(0, 2, 3)) == pytest.approx([0.98, 0.02, 0.02], abs=0.01)
    noisy = drawn(draft={**BEFORE, "noise": 1})
    assert not torch.equal(noisy[0], noisy[1])


def test_the_draft_begins_with_the_start():
    assert drawn(start="blue")[0].mean(dim=(1, 2)) == pytest.approx([0.02, 0.02, 0.98], abs=0.01)


def test_a_picture_of_a_batch_has_the_draft_that_it_has_alone():
    rough = {**BEFORE, "noise": 1}
    assert torch.equal(drawn(draft=rough)[1], drawn(draft=rough, seed=4, batch=1)[0])


def test_losses_compare_with_the_draft():
    stay = package.run(preset(generator={**AFTER, "learning_rate": 0.1}, losses=[{"type": "stay"}], steps=2))
    assert stay.images[:, 0].mean() > 0.9


def test_it_is_in_the_recipe_and_replays(artgen, tmp_path):
    preset(batch=1).save(tmp_path / "drafted.yaml")
    artgen("run", "drafted.yaml", "--out", "run", code=0)
    assert metadata.read(tmp_path / "run/image.png")["preset"]["draft"]["init"] == "#ff0000"
    assert "identical" in artgen("replay", "run/image.png", code=0).stdout
    assert Image.open(tmp_path / "run/image.png").getpixel((8, 8))[:3] == (250, 5, 5)


def test_an_extending_preset_takes_it_away(tmp_path):
    preset().save(tmp_path / "base.yaml")
    (tmp_path / "plain.yaml").write_text("extends: base.yaml\ndraft: null\n")
    assert load(tmp_path / "plain.yaml").draft is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"generator": {"type": "collage"}}, "draft: nothing reads it: the generator 'collage' begins in its own way"),
        ({"draft": {"type": "collage"}, "start": "red"}, "start: nothing reads it: the draft 'collage' begins"),
        ({"draft": "vqgan"}, "draft: expected a generator such as {type: vqgan}"),
        ({"draft": {"type": "pixle"}}, "did you mean 'pixel'"),
        ({"draft": {**BEFORE, "noize": 1}}, "draft: there is no setting .noize.; did you mean .noise."),
    ],
)
def test_a_draft_that_cannot_be_is_refused(changes, says):
    with pytest.raises(PresetError, match=says.replace("{", r"\{")):
        preset(**changes)
