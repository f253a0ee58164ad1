"""The recipe of the embedded prior on a handful of shapes: stage, encode, learn, resume, export, load."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from training.denoiser import Denoiser, sample

from artgen.weights import read_state
from tests.helpers.paths import ROOT
from training import prior, vqgan
from training.drawings import Drawings
from training.run import Run
from training.staging import Stage, painted


def small_config() -> prior.Config:
    shipped = prior.read(ROOT / "training" / "prior.yaml")
    hands, share = {"flat": ["seen"], "cartoon": ["unseen"]}, {"flat": 1.0, "cartoon": 1.0}
    return replace(shipped, hands=hands, share=share, components=16, width=32, condition=16, blocks=2, batch=16)


@pytest.fixture(scope="module")
def model() -> Any:
    tiny = {"channels": (32, 32), "levels": 3, "dimensions": 4}
    shipped = vqgan.read(ROOT / "training" / "vqgan.yaml")
    return vqgan.build(replace(shipped, **tiny)).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def learnt(drawings: Path, model: Any, tmp_path_factory: pytest.TempPathFactory) -> Run:
    out, config = tmp_path_factory.mktemp("prior"), small_config()
    small = prior.CHUNK
    prior.CHUNK = 24
    try:
        prior.fill(config, Drawings(drawings), model, out, 2)
    finally:
        prior.CHUNK = small
    pool = prior.load_pool(out)
    run = Run(prior.Learner(config, pool, prior.fit_basis(pool, config.components), model, out), out, 60, steps=3)
    run.go(report=1e9, save=1e9)
    return run


def stage(drawings: Path, seed: int) -> Stage:
    config = small_config()
    return Stage(Drawings(drawings), config.hands, config.share, config.kinds, seed)


def test_a_stage_draws_every_kind_and_repeats_with_the_seed(drawings: Path) -> None:
    one, again = stage(drawings, 1), stage(drawings, 1)
    made = [one.picture() for _ in range(150)]
    for (image, text, hand), (same, words, whose) in zip(made, [again.picture() for _ in range(150)], strict=True):
        assert torch.equal(image, same) and (text, hand) == (words, whose)
        assert image.shape == (3, 256, 256) and image.min() >= -1e-4 and image.max() <= 1 + 1e-4
    said = " / ".join(text for _, text, _ in made)
    for part in ("pot", " and ", "on ", "a drawing of", "pink"):
        assert part in said


@pytest.mark.parametrize("kind", ["plain", "painted", "ground", "place", "pot", "several", "landscape"])
def test_each_kind_shows_what_its_caption_says(drawings: Path, kind: str) -> None:
    one = stage(drawings, 3)
    for _ in range(4):
        image, text = getattr(one, f"_{kind}")(one.casts["flat"])
        assert image.shape == (3, 256, 256) and text
        white = (image.amin(0) > 0.98).float().mean()
        assert (white < 0.2) == (kind in ("place", "landscape")) or kind == "ground"


def test_paint_takes_the_colour_and_leaves_white_eyes_alone() -> None:
    rgba = torch.tensor([0.8, 0.4, 0.1, 1.0]).view(4, 1, 1).repeat(1, 8, 8)
    rgba[:3, 2:4, 2:4] = 1.0
    blue = painted(rgba, torch.tensor([0.1, 0.3, 0.9]))
    assert blue[2, 0, 0] > blue[0, 0, 0] + 0.4
    assert (blue[:3, 2:4, 2:4] == 1).all() and torch.equal(blue[3], rgba[3])


def test_a_longer_pool_only_adds(learnt: Run) -> None:
    pool = prior.load_pool(learnt.out)
    assert pool.latents.shape == (48, 4, 64, 64) and pool.latents.abs().max() <= 1
    assert set(pool.hands.tolist()) == {0, 1}


def test_components_restore_what_they_span(learnt: Run) -> None:
    pool = prior.load_pool(learnt.out)
    basis = prior.fit_basis(pool, 40)
    restored = basis.restore(basis.project(pool.latents), pool.latents.shape[1:])
    lost = (restored - pool.latents.float()).square().mean() / pool.latents.float().var()
    assert lost < 0.1


def test_a_stopped_prior_goes_on_where_it_was(learnt: Run) -> None:
    before = learnt.learner
    learner = prior.Learner(small_config(), prior.load_pool(learnt.out), before.basis, before.vqgan, learnt.out)
    Run(learner, learnt.out, minutes=60).resume(learnt.out / "last.pt")
    assert learner.step == 3
    for name, value in learnt.learner.state()["average"].items():
        assert torch.equal(value, learner.average.model.state_dict()[name])


def test_the_exported_prior_draws_as_the_trained_one(learnt: Run, tmp_path: Path) -> None:
    config = small_config()
    prior.export(config, learnt.out / "last.pt", tmp_path)
    state = prior.full(read_state(tmp_path / prior.FILE))
    basis, mean = state.pop("basis"), state.pop("mean")
    assert basis.shape == (16, len(mean))
    model = Denoiser(16, 256, 2, config.width, config.condition, config.blocks)
    model.load_state_dict(state)
    noise, texts = torch.randn(3, 16, generator=torch.Generator().manual_seed(0)), torch.zeros(3, 256)
    for hands in (torch.zeros(3, 2), torch.eye(2)[[0, 1, 1]]):
        drawn = sample(model, noise, texts, hands)
        assert torch.allclose(drawn, sample(learnt.learner.average.model, noise, texts, hands), atol=0.15)


def test_the_sampler_follows_its_noise_where_the_denoiser_knows_the_answer() -> None:
    """A denoiser that always answers one picture is followed to it from any noise."""

    class Knows(Denoiser):
        def forward(self, noisy, time, texts, hands):  # type: ignore[no-untyped-def]
            return torch.full_like(noisy, 0.7)

    found = sample(Knows(5, 4, 2, 8, 8, 1), torch.randn(2, 5), torch.zeros(2, 4), torch.zeros(2, 2))
    assert torch.allclose(found, torch.full((2, 5), 0.7), atol=1e-4)
