"""The recipe of the embedded prior on a handful of shapes: encode, learn, resume, refine, export, load."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from artgen.weights import read_state
from artgen_drawings.denoiser import Denoiser, sample
from artgen_drawings.packing import unpacked
from tests.helpers.paths import ROOT
from training import prior, refiner, things, vqgan
from training.drawings import Drawings
from training.run import Run


def small_config() -> prior.Config:
    shipped = prior.read(ROOT / "training" / "prior.yaml")
    hands, share = {"flat": ["seen"], "cartoon": ["unseen"]}, {"flat": 1.0, "cartoon": 1.0}
    # Twelve drawings span no more than twelve components.
    return replace(shipped, hands=hands, share=share, components=12, width=32, condition=16, blocks=2, batch=16)


@pytest.fixture(scope="module")
def model() -> Any:
    tiny = {"channels": (32, 32), "levels": 3, "dimensions": 4}
    shipped = vqgan.read(ROOT / "training" / "vqgan.yaml")
    return vqgan.build(replace(shipped, **tiny)).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def known(drawings: Path, model: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path, config = tmp_path_factory.mktemp("things") / "things.npz", small_config()
    things.collect(Drawings(drawings), config.hands, config.share, model, path)
    return path


@pytest.fixture(scope="module")
def learnt(known: Path, model: Any) -> Run:
    config, learnt = small_config(), things.load(known)
    learner = prior.Learner(config, learnt, prior.fit_basis(learnt, 12), model, known.parent)
    run = Run(learner, known.parent, 60, steps=3)
    run.go(report=1e9, save=1e9)
    return run


def test_things_are_encoded_with_mask_name_and_hand(known: Path) -> None:
    found = things.load(known)
    assert found.latents.shape == (12, 4, 64, 64) and found.latents.abs().max() <= 1
    assert found.masks.shape == (12, 64, 64) and found.masks.max() <= 1
    assert found.hands.tolist() == [0] * 6 + [1] * 6
    assert found.weights.sum() == pytest.approx(1)
    assert found.flat.shape == (12, 5 * 64 * 64)
    assert found.texts.shape[:2] == (6, things.TOLD)
    assert found.texts.float().square().mean(-1).sub(1).abs().max() < 0.01


def test_a_thing_is_moved_to_the_middle_and_enlarged() -> None:
    small = torch.zeros(4, 256, 256)
    small[:, 10:190, 20:100] = 1
    found = things.posed(small)
    rows, columns = (torch.where(found[3].amax(side) > 0.5)[0] for side in (1, 0))
    assert int(rows[-1] - rows[0]) + 1 == pytest.approx(things.ZOOM * 180, abs=3)
    assert int(rows[0] + rows[-1]) == pytest.approx(255, abs=2)
    assert int(columns[0] + columns[-1]) == pytest.approx(255, abs=2)
    assert (found[:3] <= found[3:]).all()


def test_titles_are_read_for_the_everyday_thing_in_them() -> None:
    known = {"tree": ["tree", "leafy tree"], "mobile phone": ["mobile phone", "phone"]}
    assert things.last_known("cartoon tree", known) == "tree"
    assert things.last_known("mobile phone off", known) == "mobile phone"
    assert things.last_known("busy mom with a tree and pets", known) == ""


def test_components_restore_what_they_span(known: Path) -> None:
    found = things.load(known)
    basis = prior.fit_basis(found, 11)
    lost = (basis.restore(basis.project(found.flat)) - found.flat).square().mean() / found.flat.var()
    assert lost < 0.01


def test_a_stopped_prior_goes_on_where_it_was(learnt: Run, known: Path) -> None:
    before = learnt.learner
    learner = prior.Learner(small_config(), things.load(known), before.basis, before.vqgan, learnt.out)
    Run(learner, learnt.out, minutes=60).resume(learnt.out / "last.pt")
    assert learner.step == 3
    for name, value in learnt.learner.state()["average"].items():
        assert torch.equal(value, learner.average.model.state_dict()[name])


@pytest.fixture(scope="module")
def refined(learnt: Run, known: Path, model: Any) -> Run:
    config = small_config()
    network, basis = prior.denoiser(config, things.load(known), learnt.out / "last.pt")
    out = learnt.out / "refiner"
    out.mkdir()
    run = Run(refiner.Learner(refiner.Rough(config, things.load(known), network, basis), model, out), out, 60, steps=2)
    run.go(report=1e9, save=1e9)
    return run


def test_a_refiner_begins_by_changing_nothing_and_is_shown_pairs(refined: Run) -> None:
    rough, true = refined.learner.rough.pairs(4)
    assert rough.shape == true.shape == (4, 5, 64, 64)
    fresh = refiner.Refiner(5, 8, 2)
    torch.nn.init.zeros_(fresh.leave.bias)
    assert torch.equal(fresh(rough), rough)


def test_the_exported_prior_draws_as_the_trained_one(learnt: Run, refined: Run, drawings: Path, tmp_path: Path) -> None:
    config = small_config()
    prior.export(config, learnt.out / "last.pt", refined.out / "last.pt", Drawings(drawings), tmp_path)
    state = unpacked(read_state(tmp_path / prior.FILE))
    basis, mean = state.pop("basis"), state.pop("mean")
    assert basis.shape == (12, len(mean))
    exported, weights = prior.exported(tmp_path / prior.FILE)
    flat = things.load(learnt.out / "things.npz").flat
    again, first = exported.project(flat), learnt.learner.basis.project(flat)
    assert torch.allclose(again, first, atol=0.1 * float(first.std())), "training goes on in the same components"
    assert weights.keys() == learnt.learner.model.state_dict().keys()
    model = Denoiser(12, 256, 2, config.width, config.condition, config.blocks)
    model.load_state_dict({k.removeprefix("denoiser."): v for k, v in state.items() if k.startswith("denoiser.")})
    noise, texts = torch.randn(3, 12, generator=torch.Generator().manual_seed(0)), torch.zeros(3, 256)
    for hands in (torch.zeros(3, 2), torch.eye(2)[[0, 1, 1]]):
        drawn = sample(model, noise, texts, hands)
        assert torch.allclose(drawn, sample(learnt.learner.average.model, noise, texts, hands), atol=0.3)


def test_the_sampler_follows_its_noise_where_the_denoiser_knows_the_answer() -> None:
    """A denoiser that always answers one picture is followed to it from any noise."""

    class Knows(Denoiser):
        def forward(self, noisy, time, texts, hands):  # type: ignore[no-untyped-def]
            return torch.full_like(noisy, 0.7)

    found = sample(Knows(5, 4, 2, 8, 8, 1), torch.randn(2, 5), torch.zeros(2, 4), torch.zeros(2, 2))
    assert torch.allclose(found, torch.full((2, 5), 0.7), atol=1e-4)
