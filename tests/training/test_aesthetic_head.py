"""The recipe of the embedded head on a handful of shapes: damage, embed, fit, export, read."""

from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from artgen.weights import sha256
from artgen_clip import heads
from training import aesthetic
from training.compose import Sprites

CPU = torch.device("cpu")


def picture() -> torch.Tensor:
    return (
        torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(0)).repeat_interleave(6, 1).repeat_interleave(6, 2)
    )


@pytest.mark.parametrize("kind", aesthetic.DAMAGES)
def test_more_damage_leaves_less(kind: str) -> None:
    image = picture()
    moved = [
        (aesthetic.DAMAGES[kind](image, level, Random(3)).clamp(0, 1) - image).square().mean().item()
        for level in (0.0, 0.3, 1.0)
    ]
    assert moved[0] == pytest.approx(0, abs=1e-6)
    assert moved[0] < moved[1] < moved[2]


def test_shuffled_blocks_are_the_same_blocks() -> None:
    image = torch.rand(3, 48, 48)
    moved = aesthetic.shuffle(image, 1.0, Random(0))
    assert not torch.equal(moved, image)
    assert torch.equal(moved.flatten().sort().values, image.flatten().sort().values)


def test_some_pictures_stay_whole_and_it_repeats_with_the_seed() -> None:
    images = picture().expand(60, -1, -1, -1)
    (first, levels, kinds), (again, _, _) = (aesthetic.spoil(images, Random(1)) for _ in range(2))
    clean = torch.tensor([kind == "clean" for kind in kinds])
    assert torch.equal(first, again)
    assert set(kinds) == {*aesthetic.DAMAGES, "mixed", "clean"}
    assert (first[clean] == images[clean]).all() and (levels[clean] == 0).all()
    assert first.min() >= 0 and first.max() <= 1


def test_ridge_finds_a_linear_truth() -> None:
    generator = torch.Generator().manual_seed(0)
    rows = torch.nn.functional.normalize(torch.randn(4000, 12, generator=generator), dim=1)
    truth = torch.linspace(-1, 1, 12)
    damage = 0.5 + 0.3 * rows @ truth + 0.01 * torch.randn(4000, generator=generator)
    head = aesthetic.fit(aesthetic.Examples(rows, damage, ["noise"] * 4000))
    assert torch.allclose(head.weight, -3 * truth, atol=0.05)
    assert head.bias.item() == pytest.approx(5, abs=0.02)


def test_rank_correlation_against_scipy() -> None:
    draws = np.random.default_rng(0)
    first, second = draws.integers(0, 9, 50), draws.normal(size=50)
    found = aesthetic.spearman(torch.from_numpy(first), torch.from_numpy(second))
    assert found == pytest.approx(spearmanr(first, second).statistic)


def test_the_whole_recipe_writes_a_head_that_the_loss_reads(sprites: Path, tmp_path: Path) -> None:
    model, config = aesthetic.load(aesthetic.GUIDE)
    seen = aesthetic.examples(Sprites(sprites, config.size, CPU), model, config, 60, seed=1)
    assert torch.allclose(seen.rows.norm(dim=1), torch.ones(len(seen.rows)), atol=1e-4)
    head = aesthetic.fit(seen)
    assert aesthetic.report(head, seen).startswith("all: 0.")
    aesthetic.export(head, aesthetic.GUIDE, tmp_path / "cleanness.safetensors")
    read = heads.read(tmp_path / "cleanness.safetensors")
    assert torch.allclose(read(seen.rows), head(seen.rows), atol=1e-5)
    assert len(sha256(tmp_path / "cleanness.safetensors")) == 64
