"""The recipe of the diffusion model on a handful of shapes: draw, learn, resume, export, load."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import DDIMScheduler, UNet2DModel

from tests.helpers.paths import ROOT
from training import diffusion
from training.compose import Sprites
from training.run import Run
from training.studio import Studio

CPU = torch.device("cpu")


def unet_config() -> diffusion.Config:
    shipped = diffusion.read(ROOT / "training" / "diffusion.yaml")
    tiny = {"size": 32, "channels": (32, 32), "attention": (False, True), "batch": 4, "leave_out": ("unseen",)}
    return replace(shipped, **tiny)


@pytest.fixture(scope="module")
def unet(sprites: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    out, config = tmp_path_factory.mktemp("unet"), unet_config()
    learner = diffusion.Learner(config, Sprites(sprites, config.size, CPU, leave_out=config.leave_out), out, CPU)
    run = Run(learner, out, minutes=60, steps=3)
    run.go(report=1e9, save=1e9)
    return run


def test_the_studio_draws_clean_pictures_that_repeat_with_the_seed(sprites: Path) -> None:
    source = Sprites(sprites, 32, CPU)
    (first, told), (again, same), (other, _) = (Studio(source, seed).pictures(20) for seed in (1, 1, 2))
    assert first.shape == (20, 3, 32, 32) and len(told) == 20 and all(told)
    assert first.min() >= 0 and first.max() <= 1
    assert torch.equal(first, again) and told == same
    assert not torch.equal(first, other)
    assert (first[:, :, 0, 0] == 1).all(1).float().mean() > 0.4, "most grounds are white"


def test_the_studio_draws_no_sprite_without_colours_of_its_own(sprites: Path) -> None:
    source = Sprites(sprites, 32, CPU)
    source.tint = source.concept != 0
    told = Studio(source, 1).pictures(30)[1]
    assert any("red heart" in text for text in told)
    assert not any("banana" in text or "tree" in text for text in told if "heart" in text)


def test_a_stopped_diffusion_run_goes_on_where_it_was(unet: Run, sprites: Path) -> None:
    config = unet_config()
    learner = diffusion.Learner(config, Sprites(sprites, config.size, CPU), unet.out, CPU)
    resumed = Run(learner, unet.out, minutes=60)
    resumed.resume(unet.out / "last.pt")
    assert learner.step == 3 and resumed.spent == pytest.approx(unet.spent)
    for name, value in unet.learner.state()["model"].items():
        assert torch.equal(value, learner.model.state_dict()[name])


def test_diffusers_loads_the_exported_diffusion_model(unet: Run, tmp_path: Path) -> None:
    diffusion.export(unet_config(), unet.out / "last.pt", tmp_path, 256)
    model = UNet2DModel.from_pretrained(tmp_path, use_safetensors=True)
    assert DDIMScheduler.from_pretrained(tmp_path).config.prediction_type == "v_prediction"
    x, condition = torch.randn(2, 12, 16, 16), torch.zeros(2, 256)
    with torch.no_grad():
        saved = model(x, 500, class_labels=condition).sample
        trained = unet.learner.average.model(x, 500, class_labels=condition).sample
    assert saved.shape == x.shape
    assert torch.allclose(saved, trained, atol=0.05)


def test_text_and_its_absence_draw_differently(unet: Run) -> None:
    with_text, without = (unet.learner.sample(["a red heart"], 0, scale, steps=2) for scale in (3.0, 0.0))
    assert with_text.shape == (1, 3, 32, 32)
    assert not torch.equal(with_text, without)


def test_a_posed_drawing_stands_in_the_middle_of_its_ground(sprites: Path) -> None:
    source = Sprites(sprites, 32, CPU)
    images = Studio(source, 1, {"white": 1.0}, posed=True).pictures(30)[0]
    objects = images[(images[:, :, 0, 0] == 1).all(1)]
    assert len(objects) > 15
    assert (objects[:, :, :1] == 1).all() and (objects[:, :, :, -1:] == 1).all(), "a clear margin all around"
