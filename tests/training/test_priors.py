"""The recipes of the models that draw on a handful of shapes: draw, learn, resume, export, load."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import DDIMScheduler, UNet2DModel, VQModel
from safetensors.torch import load_file

from tests.helpers.paths import ROOT
from training import diffusion, guess, vqgan
from training.compose import Sprites
from training.diffusion import Words
from training.run import Run
from training.studio import Studio

CPU = torch.device("cpu")


def unet_config() -> diffusion.Config:
    shipped = diffusion.read(ROOT / "training" / "diffusion.yaml")
    tiny = {"size": 32, "channels": (32, 32), "attention": (False, True), "batch": 4, "leave_out": ("unseen",)}
    return replace(shipped, **tiny)


def vq_config() -> vqgan.Config:
    shipped = vqgan.read(ROOT / "training" / "vqgan.yaml")
    tiny = {"size": 64, "crop": 32, "channels": (32, 32), "codes": 16, "batch": 4, "leave_out": ("unseen",)}
    return replace(shipped, **tiny, held_out="unseen")


@pytest.fixture(scope="module")
def unet(sprites: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    out, config = tmp_path_factory.mktemp("unet"), unet_config()
    learner = diffusion.Learner(config, Sprites(sprites, config.size, CPU, leave_out=config.leave_out), out, CPU)
    run = Run(learner, out, minutes=60, steps=3)
    run.go(report=1e9, save=1e9)
    return run


@pytest.fixture(scope="module")
def codes(sprites: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Three steps of everything: quantising from the start, and the discriminator too."""
    out, config = tmp_path_factory.mktemp("codes"), replace(vq_config(), quantise_from=0.0, adversary_from=0.0)
    run = Run(vq_learner(config, sprites, out), out, minutes=60, steps=3)
    run.go(report=1e9, save=1e9)
    return run


def vq_learner(config: vqgan.Config, sprites: Path, out: Path) -> vqgan.Learner:
    seen = Sprites(sprites, config.size, CPU, leave_out=config.leave_out)
    return vqgan.Learner(config, seen, Sprites(sprites, config.size, CPU, only=[config.held_out]), out, CPU)


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


def test_diffusers_loads_the_exported_vqgan(codes: Run, tmp_path: Path) -> None:
    vqgan.export(vq_config(), codes.out / "last.pt", tmp_path)
    model = VQModel.from_pretrained(tmp_path, use_safetensors=True)
    table, saved = (m.quantize.embedding.weight for m in (codes.learner.average.model, model))
    assert saved.shape == (16, 8)
    assert torch.allclose(saved, table, atol=0.02)
    assert model(torch.randn(1, 12, 20, 20)).sample.shape == (1, 12, 20, 20)


def test_a_stopped_vqgan_run_goes_on_where_it_was(codes: Run, sprites: Path) -> None:
    learner = vq_learner(vq_config(), sprites, codes.out)
    Run(learner, codes.out, minutes=60).resume(codes.out / "last.pt")
    assert learner.step == 3 and learner.quantising
    for name, value in codes.learner.state()["critic"].items():
        assert torch.equal(value, learner.critic.state_dict()[name])


def test_codes_start_at_encodings_and_dead_ones_move(codes: Run) -> None:
    """A fresh codebook lies within 1/16 of zero; encodings do not."""
    learner = codes.learner
    assert learner.model.quantize.embedding.weight.abs().max() > 1 / 16
    rows = torch.full((5, 8), 3.0)
    dead = torch.zeros(16, dtype=torch.bool)
    dead[[2, 7]] = True
    before = learner.model.quantize.embedding.weight.detach().clone()
    learner._move(dead, rows)
    after = learner.model.quantize.embedding.weight.detach()
    assert torch.equal(after[dead], torch.full((2, 8), 3.0))
    assert torch.equal(after[~dead], before[~dead])


def test_a_posed_drawing_stands_in_the_middle_of_its_ground(sprites: Path) -> None:
    source = Sprites(sprites, 32, CPU)
    images = Studio(source, 1, {"white": 1.0}, posed=True).pictures(30)[0]
    objects = images[(images[:, :, 0, 0] == 1).all(1)]
    assert len(objects) > 15
    assert (objects[:, :, :1] == 1).all() and (objects[:, :, :, -1:] == 1).all(), "a clear margin all around"


@pytest.fixture(scope="module")
def told(codes: Run, sprites: Path) -> tuple[guess.Config, guess.Pairs]:
    config = guess.read(ROOT / "training" / "guess.yaml")
    config = replace(config, size=32, pictures=400, steps=150, width=64, leave_out=("unseen",))
    source = Sprites(sprites, config.size, CPU, leave_out=config.leave_out)
    return config, guess.pairs(source, config, codes.learner.average.model, Words(CPU), config.pictures)


def test_the_first_guess_learns_what_the_text_tells(told: tuple[guess.Config, guess.Pairs]) -> None:
    config, found = told
    seen, unseen = found.split(0.25)
    assert (len(seen.texts), len(unseen.texts)) == (300, 100)
    net = guess.fit(seen, config)
    assert guess.unexplained(net, unseen) < 0.7
    shuffled = guess.Pairs(seen.texts[torch.randperm(300, generator=torch.Generator().manual_seed(0))], seen.latents)
    assert guess.unexplained(guess.fit(shuffled, config), unseen) > 0.9


def test_the_exported_guess_is_the_network_in_halves(told: tuple[guess.Config, guess.Pairs], tmp_path: Path) -> None:
    config, found = told
    net = guess.fit(found, replace(config, steps=20))
    guess.export(net, tmp_path / guess.FILE)
    layers = load_file(tmp_path / guess.FILE)
    rows = found.texts[:5]
    for name in ("0", "2"):
        rows = torch.nn.functional.gelu(rows @ layers[f"{name}.weight"].float().T + layers[f"{name}.bias"].float())
    made = rows @ layers["4.weight"].float().T + layers["4.bias"].float()
    with torch.no_grad():
        assert torch.allclose(made, net(found.texts[:5]), atol=0.02, rtol=0.01)
