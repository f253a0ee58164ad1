"""The recipe of the embedded VQGAN on a handful of shapes: crop, learn, resume, export, load."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import VQModel
from skimage.color import rgb2hsv

from artgen_drawings.codec import Codec
from tests.helpers.paths import ROOT
from training import alphabet, vqgan
from training.colour_error import hue_error
from training.crops import Crops, turned
from training.drawings import Drawings
from training.run import Run
from training.vgg import Vgg16, distance

CPU = torch.device("cpu")


def small_config() -> vqgan.Config:
    shipped = vqgan.read(ROOT / "training" / "vqgan.yaml")
    tiny = {"crop": 32, "channels": (32, 32), "levels": 3, "dimensions": 4, "batch": 4, "held_out": ("unseen",)}
    return replace(shipped, **tiny, leave_out=("unseen",))


@pytest.fixture(scope="module")
def codes(drawings: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Three steps of everything: rounding from the start, and the discriminator too."""
    out, config = tmp_path_factory.mktemp("codes"), replace(small_config(), round_from=0.0, adversary_from=0.0)
    run = Run(vqgan.Learner(config, Drawings(drawings), out, CPU), out, minutes=60, steps=3)
    run.go(report=1e9, save=1e9)
    return run


def test_crops_show_drawings_of_what_is_not_left_out_and_repeat_with_the_seed(drawings: Path) -> None:
    first, again, other = (Crops(Drawings(drawings), ("unseen",), 64, seed).batch(30) for seed in (1, 1, 2))
    assert first.shape == (30, 3, 64, 64) and first.min() >= 0 and first.max() <= 1
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert (first.flatten(1).std(dim=1) > 0.05).float().mean() > 0.5, "most crops see an edge"
    seen = Crops(Drawings(drawings), ("unseen",), 64, 1)
    assert set(np.searchsorted(seen.bounds, np.random.default_rng(0).random(200))) == set(range(6))


def test_a_turned_colour_keeps_its_brightness_and_comes_back() -> None:
    images = 0.3 + 0.4 * torch.rand(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    angles = torch.tensor([0.0, 0.5, 2.0, 4.0])
    away = turned(images, angles)
    assert torch.equal(away[0], images[0]) and not torch.allclose(away[1], images[1], atol=0.01)
    assert torch.allclose(away.mean(1), images.mean(1), atol=1e-5)
    assert torch.allclose(turned(turned(images, torch.full((4,), 0.4)), torch.full((4,), -0.4)), images, atol=1e-5)


def test_the_codes_are_all_points_of_the_grid_and_the_nearest_is_chosen() -> None:
    codes = vqgan.grid(3, 4)
    assert len(codes) == 81 and len(codes.unique(dim=0)) == 81
    found = torch.randn(2, 4, 5, 5, generator=torch.Generator().manual_seed(0))
    near = vqgan.rounded(found, 3)
    rows = found.movedim(1, -1).flatten(0, 2)
    assert torch.allclose(near.movedim(1, -1).flatten(0, 2), codes[torch.cdist(rows, codes).argmin(1)], atol=1e-6)
    assert torch.allclose(codes[vqgan.numbers(near, 3).flatten()], near.movedim(1, -1).flatten(0, 2), atol=1e-6)


def test_diffusers_loads_the_exported_vqgan(codes: Run, tmp_path: Path) -> None:
    vqgan.export(small_config(), codes.out / "last.pt", tmp_path)
    model = VQModel.from_pretrained(tmp_path, use_safetensors=True)
    assert torch.equal(model.quantize.embedding.weight, vqgan.grid(3, 4)), (
        "halves of a unit are exact in half precision"
    )
    x = torch.rand(1, 3, 32, 48)
    assert torch.allclose(vqgan.redrawn(model, x)[0], vqgan.redrawn(codes.learner.average.model, x)[0], atol=0.02)


def test_codes_that_no_drawing_uses_are_left_out(codes: Run, drawings: Path, tmp_path: Path) -> None:
    config, art = replace(small_config(), levels=5), Drawings(drawings)
    model = vqgan.build(config).eval().requires_grad_(False)
    rows = alphabet.used(model, art, config)
    assert 0 < len(rows) < 625
    fewer = alphabet.pruned(model, config, rows)
    assert torch.equal(fewer.quantize.embedding.weight, vqgan.grid(5, 4)[rows])
    image = art.on_white(np.array([0]))
    folded = torch.nn.functional.pixel_unshuffle(2 * image - 1, config.block)
    asked, left = model.encode(folded).latents.movedim(1, -1), fewer.quantize.embedding.weight
    drawn = Codec(fewer, {}, False, CPU).nearest(model.encode(folded).latents).movedim(1, -1)
    off = (drawn - asked).square().sum(-1).flatten()
    assert torch.allclose(off, torch.cdist(asked.flatten(0, 2), left).amin(1).square(), atol=1e-4)
    fewer.save_pretrained(tmp_path)
    learner = vqgan.Learner(config, art, codes.out, CPU)
    learner.begin_from(tmp_path)
    assert torch.equal(learner.model.quantize.embedding.weight, vqgan.grid(5, 4)), "training has the whole grid again"


def test_a_stopped_vqgan_run_goes_on_where_it_was(codes: Run, drawings: Path) -> None:
    learner = vqgan.Learner(small_config(), Drawings(drawings), codes.out, CPU)
    Run(learner, codes.out, minutes=60).resume(codes.out / "last.pt")
    assert learner.step == 3
    for name, value in codes.learner.state()["critic"].items():
        assert torch.equal(value, learner.critic.state_dict()[name])


def test_it_goes_on_from_exported_weights(codes: Run, drawings: Path, tmp_path: Path) -> None:
    vqgan.export(small_config(), codes.out / "last.pt", tmp_path)
    learner = vqgan.Learner(small_config(), Drawings(drawings), tmp_path, CPU)
    learner.begin_from(tmp_path)
    for one in (learner.model, learner.average.model):
        assert torch.allclose(one.encoder.conv_in.weight, codes.learner.average.model.encoder.conv_in.weight, atol=1e-3)


def test_a_hue_that_turns_is_measured_and_greys_are_not() -> None:
    colours = ((1.0, 0, 0), (1, 0.5, 0), (0.5, 0.5, 0.5))
    red, orange, grey = (torch.tensor(c).view(1, 3, 1, 1).expand(1, 3, 4, 4) for c in colours)
    both = torch.cat([red, grey], 3)
    assert hue_error(both, both) == 0
    assert 10 < hue_error(torch.cat([orange, red], 3), both) < 40
    assert rgb2hsv(orange[0].permute(1, 2, 0).numpy())[0, 0, 0] == pytest.approx(30 / 360)


def test_vgg_is_the_published_one_and_tells_far_from_near() -> None:
    """Three weights that a public repository of Keras' port asserts, in half precision."""
    net = Vgg16("relu4_3")
    assert net.weight1_1.shape == (64, 3, 3, 3) and net.weight4_3.shape == (512, 512, 3, 3)
    image = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    found = net(torch.cat([image, (image + 0.01).clamp(0, 1), 1 - image]))
    assert found["relu4_3"].shape == (3, 512, 4, 4)
    first = {name: value[:1] for name, value in found.items()}
    near, far = ({name: value[i : i + 1] for name, value in found.items()} for i in (1, 2))
    layers = ("relu1_2", "relu4_3")
    assert distance(first, first, layers).item() == 0
    assert distance(near, first, layers) < 0.1 < distance(far, first, layers)
