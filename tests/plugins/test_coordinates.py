"""Coordinate networks: against numpy, on every size, and a picture that they learn by heart."""

import numpy as np
import pytest
import torch
from torch.nn.functional import avg_pool2d, interpolate

from artgen.testing import GeneratorContract
from artgen_coordinates import Cppn, Siren
from artgen_coordinates.cppn import FUNCTIONS
from artgen_coordinates.places import folded, places


class TestCppn(GeneratorContract):
    spec = Cppn(width=6, depth=2, fit=20, sketch=16)


class TestSiren(GeneratorContract):
    spec = Siren(width=8, depth=2, fit=20, sketch=16)


EVERY = {
    "cppn": Cppn(width=5, depth=2, activation=tuple(FUNCTIONS), contrast=1),
    "folded": Cppn(width=5, depth=1, folds=5, mirror=True, scale=2, contrast=1),
    "siren": Siren(width=7, depth=2, omega=10, hidden_omega=4, colours="rgb"),
}
every = pytest.mark.parametrize("spec", EVERY.values(), ids=EVERY.keys())


def in_numpy(spec, numbers, height, width):
    """The picture of weights and biases, (H, W, 3)."""
    short = min(height, width) / 2
    x, y = np.meshgrid((np.arange(width) + 0.5 - width / 2) / short, (np.arange(height) + 0.5 - height / 2) / short)
    radius, angle = np.hypot(x, y), np.arctan2(x, -y)  # clockwise from the top
    values = np.stack([x, y], axis=-1)
    if spec.type == "cppn":
        across, up = radius * np.sin(spec.folds * angle), radius * np.cos(spec.folds * angle)
        values = np.sqrt(3) * spec.scale * np.stack([abs(across) if spec.mirror else across, -up, radius], axis=-1)
    shapes = {
        "arctan": np.arctan,
        "square": lambda x: np.arctan(x) ** 2,
        "sine": np.sin,
        "gaussian": lambda x: np.exp(-(x**2) / 2),
        "ridge": np.abs,
    }
    for layer in range(spec.depth + 1):
        weight, bias = (part[0].double().numpy() for part in numbers[2 * layer : 2 * layer + 2])
        values = values @ weight + bias[0]
        if layer < spec.depth and spec.type == "siren":
            values = np.sin((spec.hidden_omega if layer else spec.omega) * values)
        elif layer < spec.depth:
            parts = [(shapes[n](values) - FUNCTIONS[n].mean) / FUNCTIONS[n].deviation for n in spec.activation]
            values = np.concatenate(parts, axis=-1)
    if spec.type == "siren":
        values = spec.hidden_omega * values
    if spec.colours == "decorrelated":
        root = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
        values = values @ (root / np.linalg.norm(root, axis=0).max()).T
    return 1 / (1 + np.exp(-values))


@every
@pytest.mark.parametrize("size", [(9, 14), (12, 5)], ids=str)
def test_the_picture_against_numpy(spec, size, env):
    generator = spec.build(env(*size, seeds=(4,)))
    expected = in_numpy(spec, [number.detach() for number in generator.numbers], *size)
    assert expected.std() > 0.03
    np.testing.assert_allclose(generator.draw(0)[0].detach().permute(1, 2, 0), expected, atol=1e-5)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_activations_keep_the_strength_of_noise(name):
    made = FUNCTIONS[name](torch.randn(200_000, generator=torch.Generator().manual_seed(1)))
    assert abs(made.mean()) < 0.01 and abs(made.std() - 1) < 0.01


@every
def test_a_larger_canvas_has_the_same_picture(spec, env):
    small, large = (spec.build(env(side, side + side // 2)).draw(0).detach() for side in (32, 96))
    assert small.std() > 0.03
    assert (avg_pool2d(large, 3) - small).abs().mean() < 0.01


def test_what_it_learns_on_a_sketch_is_finished_in_full(env):
    fine = Cppn(sketch=16, contrast=1, scale=3).build(env(64, 96, steps=3))
    whole = Cppn(sketch=64, contrast=1, scale=3).build(env(64, 96, steps=3))
    sketch = Cppn(sketch=16, contrast=1, scale=3).build(env(16, 24, steps=3))
    assert torch.equal(fine.draw(3), whole.draw(0))
    assert torch.equal(fine.draw(0), interpolate(sketch.draw(0), (64, 96), mode="bilinear"))


def test_large_pictures_are_drawn_band_by_band(env, monkeypatch):
    whole = Cppn(contrast=1).build(env(20, 30)).draw(10)
    monkeypatch.setattr("artgen_coordinates.drawing.PIXELS", 70)
    torch.testing.assert_close(Cppn(contrast=1).build(env(20, 30)).draw(10), whole, atol=1e-6, rtol=0)


@pytest.mark.parametrize("folds", [1, 2, 3, 6])
def test_folds_go_round_the_middle(folds):
    """A place and the one a fold further are told as the same; its image in a mirror, too, if it is asked for."""
    grid = places((15, 15), slice(None), torch.device("cpu"))
    turn, angle = 2 * np.pi / folds, torch.atan2(grid[0], -grid[1])
    radius = torch.hypot(*grid)
    turned = torch.stack([radius * (angle + turn).sin(), -radius * (angle + turn).cos()])
    torch.testing.assert_close(folded(turned, folds, False), folded(grid, folds, False), atol=1e-4, rtol=0)
    torch.testing.assert_close(folded(grid.flip(2), folds, True), folded(grid, folds, True), atol=1e-4, rtol=0)
    if folds == 1:
        assert torch.allclose(folded(grid, 1, False)[:2], grid, atol=1e-6)


def test_sirens_begin_as_the_paper_says(env):
    """Numbers before each sine are normal, of deviation 1, after the first layer (section 3.2, theorem 1.8)."""
    spec = Siren(width=256, depth=4)
    weights = [part[0].detach() for part in spec.build(env(32, 32)).numbers]
    assert weights[0].abs().max() <= 1 / 2 and weights[0].abs().max() > 0.49
    for weight in weights[2:-2:2]:
        bound = np.sqrt(6 / 256) / 30
        assert weight.abs().max() <= bound and abs(weight.std() - bound / np.sqrt(3)) < 0.01 * bound
    values = torch.rand(400, 2, generator=torch.Generator().manual_seed(2)) * 2 - 1
    for layer in range(3):
        values = (30 * (values @ weights[2 * layer] + weights[2 * layer + 1])).sin()
    before = 30 * (values @ weights[6])
    assert abs(before.std() - 1) < 0.1


def picture(height, width):
    """A disc on two colours, (1, 3, H, W)."""
    y, x = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij")
    ground = torch.where(x < 0.2, 0.2, 0.7).expand(3, -1, -1)
    return torch.where(x**2 + y**2 < 0.4, torch.tensor([0.9, 0.3, 0.1]).view(3, 1, 1), ground)[None]


@pytest.mark.parametrize("spec", [Cppn(depth=4, fit=80), Siren(width=32, depth=3, fit=120)], ids=lambda spec: spec.type)
def test_it_learns_a_start_by_heart(spec, env):
    start = picture(20, 24).expand(2, -1, -1, -1)
    generator = spec.build(env(20, 24, seeds=(1, 2), start=start))
    error = (generator.draw(0).detach() - start).square().mean(dim=(1, 2, 3))
    assert (error < 0.02).all(), error
    alone = spec.build(env(20, 24, seeds=(2,), start=start[1:]))
    torch.testing.assert_close(alone.draw(0)[0], generator.draw(0)[1], atol=1e-3, rtol=0)


def test_an_overlay_is_learnt_from_where_it_is(env):
    generator = Siren(fit=40).build(env(24, 24))
    drawn = generator.draw(0).detach()
    generator.paint(drawn.clone(), 0)
    assert (generator.draw(0) - drawn).abs().max() < 1e-3


@pytest.mark.parametrize(("settings", "said"), [({"activation": ["sine", "sine"]}, "twice"), ({"depth": 0}, "depth")])
def test_what_it_cannot_be_is_said(settings, said):
    with pytest.raises(ValueError, match=said):
        Cppn.model_validate(settings)
