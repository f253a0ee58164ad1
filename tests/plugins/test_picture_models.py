"""Folders that hold a pixel-space model, and those that do not: one clear line each."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from artgen.api import InputError
from artgen.preset import loading
from artgen.testing import make_env
from artgen_diffusion import Diffusion, models

WEIGHTS = "diffusion_pytorch_model.safetensors"


def draw(folder, **settings):
    return Diffusion(model=str(folder), **settings).build(make_env(size=(16, 16), seeds=(1,))).draw(0)


def edit(path, **changes):
    """A JSON file with some settings changed, and those that are None left out."""
    config = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({key: value for key, value in config.items() if value is not None}))


def test_both_layouts_and_half_precision_are_read(picture_model):
    pipeline, flat = picture_model(), picture_model(flat=True)
    state = load_file(flat / WEIGHTS)
    save_file({name: values.half() for name, values in state.items()}, flat / WEIGHTS)
    torch.testing.assert_close(draw(flat), draw(pipeline), atol=1e-3, rtol=0)


def test_the_names_of_older_models_are_understood(picture_model):
    """google/ddpm-cifar10-32 and its like were published before the attention's layers got their present names."""
    folder = picture_model()
    expected, file = draw(folder), folder / "unet" / WEIGHTS
    names = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    state = load_file(file)
    for today, once in names.items():
        state = {name.replace(f".{today}.", f".{once}."): values for name, values in state.items()}
    assert any("proj_attn" in name for name in state)
    torch.save(state, file.with_suffix(".bin"))
    file.unlink()
    assert torch.equal(draw(folder), expected)


def test_the_recipe_knows_the_weights(picture_model):
    folder = picture_model()
    generator = Diffusion(model=str(folder)).build(make_env())
    digest = models.load(str(folder), print).weights[f"{folder.name}/{WEIGHTS}"]
    assert generator.weights == {f"{folder.name}/{WEIGHTS}": digest}
    assert len(digest) == 64


def truncate(folder):
    file = folder / "unet" / WEIGHTS
    file.write_bytes(file.read_bytes()[:2000])


def pickled(folder):
    (folder / "unet" / WEIGHTS).unlink()
    torch.save({"a": torch.nn.Linear(2, 2)}, folder / "unet" / "diffusion_pytorch_model.bin")


BROKEN = {
    "truncated": (truncate, "is no complete safetensors file"),
    "more than weights": (pickled, "asks for 'torch.nn.modules.linear.Linear' to be run"),
    "no weights": (lambda f: (f / "unet" / WEIGHTS).unlink(), "has no weights"),
    "no config": (lambda f: (f / "unet" / "config.json").unlink(), "has no config.json"),
    "bad config": (lambda f: (f / "unet" / "config.json").write_text("{"), "cannot be read as JSON"),
    "a list": (lambda f: (f / "unet" / "config.json").write_text("[]"), "is no configuration; expected a JSON object"),
    "no scheduler": (lambda f: (f / "scheduler" / "scheduler_config.json").unlink(), "has no scheduler_config.json"),
    "conditional": (
        lambda f: edit(f / "unet" / "config.json", _class_name="UNet2DConditionModel"),
        "its network is UNet2DConditionModel, not a UNet2DModel; for Stable Diffusion there is 'type: latent_diff",
    ),
    "autoencoder": (lambda f: edit(f / "unet" / "config.json", _class_name="VQModel"), "its network is VQModel"),
    "latent": (lambda f: (f / "vqvae").mkdir(), "draws codes for its vqvae, not pixels"),
    "classes": (lambda f: edit(f / "unet" / "config.json", num_class_embeds=10), "must be told a class"),
    "channels": (lambda f: edit(f / "unet" / "config.json", in_channels=4), "takes 4 channels and gives 3"),
    "blocks": (lambda f: edit(f / "unet" / "config.json", down_block_types=["Odd"]), "diffusers cannot build this"),
    "other size": (lambda f: edit(f / "unet" / "config.json", layers_per_block=2), "these weights do not fit config"),
    "no size": (lambda f: edit(f / "unet" / "config.json", sample_size=None), "give a 'resolution'"),
    "other scheduler": (
        lambda f: edit(f / "scheduler" / "scheduler_config.json", beta_schedule=None, _class_name="EDMEuler"),
        "the model's scheduler is EDMEuler, which has no table of betas",
    ),
}


@pytest.mark.parametrize(("harm", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_model_is_told_in_one_line(harm, message, picture_model):
    folder = picture_model()
    harm(folder)
    with pytest.raises(InputError) as caught:
        draw(folder)
    assert message in str(caught.value)
    assert str(folder) in str(caught.value) or "scheduler is" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_model_without_a_size_takes_the_presets(picture_model):
    folder = picture_model()
    edit(folder / "unet" / "config.json", sample_size=None)
    generator = Diffusion(model=str(folder), resolution=8).build(make_env(size=(16, 16)))
    assert generator.state_dict()["sample"].shape == (2, 3, 8, 8)


def test_the_command_says_it_in_one_line(picture_model, artgen, tmp_path, flat):
    folder = picture_model()
    harm, message = BROKEN["truncated"]
    harm(folder)
    loading.parse({**flat, "generator": {"type": "diffusion", "model": str(folder)}}).save(tmp_path / "mine.yaml")
    done = artgen("run", "mine.yaml", code=2)
    assert message in done.stderr
    assert done.stderr.startswith("generator 'diffusion' (artgen ")
    assert len(done.stderr.splitlines()) == 1


def test_a_preset_runs_and_its_picture_replays(picture_model, artgen, tmp_path, flat):
    folder = picture_model()
    generator = {"type": "diffusion", "model": str(folder), "recurrence": 2}
    loading.parse({**flat, "generator": generator}).save(tmp_path / "mine.yaml")
    first, second = tmp_path / "first", tmp_path / "second"
    artgen("run", "mine.yaml", "--out", first, code=0)
    refused = artgen("run", first / "image.png", "--out", second, code=2)
    assert "outside of the folders that a stranger's recipe may read" in refused.stderr
    artgen("run", first / "image.png", "--out", second, "--allow", folder, code=0)
    assert (second / "image.png").read_bytes() == (first / "image.png").read_bytes()
