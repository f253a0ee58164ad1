"""What holds for every generator that optimises a canvas."""

import copy
from functools import partial

import pytest
import torch
from torch.nn.functional import interpolate

from artgen_fourier import Fourier
from artgen_pixel import Pixel

SPECS = {
    "pixel": Pixel(),
    "grid": Pixel(grid=(1, 1), interpolation="bilinear"),
    "palette": Pixel(palette=("red", "#00f", "white")),
    "soft palette": Pixel(palette=("red", "#00f", "white"), softness=0.05),
    "pyramid": Pixel(pyramid=(1, 4, 64), unlock=(0, 0.2, 0.5), interpolation="bicubic", colours="rgb"),
    "adamw": Pixel(optimiser="adamw", decay=0.1),
    "sgd": Pixel(optimiser="sgd", learning_rate={0: 10, "100%": 1}),
    "fourier": Fourier(),
    "fourier band": Fourier(band={0: 0.1, "60%": 1}, decay_power=1.5, colours="rgb"),
}
every = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
sizes = pytest.mark.parametrize("size", [(1, 1), (3, 40), (17, 5)], ids=str)


@every
@sizes
def test_any_size_gives_a_picture_whose_gradient_is_finite(spec, size, env, descend):
    generator = spec.build(env(*size, seeds=(4, 5), steps=6))
    assert generator.steps == 6
    image = descend(generator, torch.ones(2, 3, *size), 6)
    assert image.shape == (2, 3, *size)
    assert image.isfinite().all() and image.min() >= 0 and image.max() <= 1


@every
def test_drawing_twice_gives_the_same(spec, env):
    generator = spec.build(env(9, 7))
    assert torch.equal(generator.draw(3), generator.draw(3))


@every
def test_a_picture_of_a_batch_is_the_picture_alone(spec, env, descend):
    target = torch.linspace(0, 1, 8).expand(3, 8, 8)
    batch = descend(spec.build(env(8, 8, seeds=(3, 7, 11))), target, 10)
    alone = descend(spec.build(env(8, 8, seeds=(7,))), target, 10)
    assert torch.equal(batch[1], alone[0])


@pytest.mark.parametrize("spec", [Pixel(), Fourier()], ids=["pixel", "fourier"])
def test_each_picture_of_a_batch_starts_from_its_own_seed(spec, env):
    first, second = spec.build(env(8, 8, seeds=(3, 7))).draw(0)
    assert (first != second).all()


@every
def test_a_saved_state_goes_on_identically(spec, env, descend, tmp_path):
    target = torch.linspace(0, 1, 8).expand(3, 8, 8)
    first = spec.build(env(8, 8))
    descend(first, target, 5)
    torch.save(first.state_dict(), tmp_path / "state.pt")
    second = spec.build(env(8, 8, seeds=(99,)))
    second.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    assert torch.equal(descend(first, target, 5, start=5), descend(second, target, 5, start=5))


@every
def test_a_saved_state_is_not_moved_by_going_on(spec, env, descend):
    generator = spec.build(env(8, 8))
    descend(generator, torch.ones(3, 8, 8), 2)
    state = generator.state_dict()
    before = copy.deepcopy(state["parameters"])
    descend(generator, torch.ones(3, 8, 8), 3, start=2)
    assert all(torch.equal(a, b) for a, b in zip(before, state["parameters"], strict=True))


@pytest.mark.parametrize("colours", ["rgb", "decorrelated"])
@pytest.mark.parametrize("make", [Pixel, partial(Pixel, pyramid=(2, 4, 8)), Fourier], ids=["pixel", "pyramid", "waves"])
def test_descent_comes_near_to_a_target(make, colours, env, descend):
    spec = make(colours=colours, learning_rate=0.15)
    y, x = torch.meshgrid(torch.linspace(0, 1, 16), torch.linspace(0, 1, 16), indexing="ij")
    target = torch.stack((x, y, 1 - x))[None]
    generator = spec.build(env(16, 16, steps=150))
    start = (generator.draw(0) - target).square().mean().detach()
    assert (descend(generator, target, 150) - target).square().mean() < start / 8


def test_the_learning_rate_may_change_over_the_run(env):
    generator = Pixel(learning_rate={0: 0.1, "50%": 0}, noise=0).build(env(2, 2, steps=11))
    moved = []
    for step in range(11):
        before = generator.draw(step).detach()
        generator.draw(step).sum().backward()
        generator.advance(step)
        moved.append(bool((generator.draw(step) != before).any()))
    assert moved == [True] * 5 + [False] * 6


@pytest.mark.parametrize("optimiser", ["adam", "sgd", "adamw"])
def test_decay_pulls_to_grey(optimiser, env):
    generator = Pixel(init="white", noise=0, decay=1, optimiser=optimiser).build(env(2, 2, steps=20))
    start = generator.draw(0).detach()
    for step in range(20):
        (generator.draw(step).sum() * 0).backward()
        generator.advance(step)
    assert (generator.draw(0) < start).all()
    assert (generator.draw(0) > 0.5).all()


@pytest.mark.parametrize(
    "spec",
    [Pixel(grid=(16, 16)), Pixel(pyramid=(2, 4, 8), interpolation="bicubic"), Fourier(sd=1, decay_power=1.5)],
    ids=["pixel", "pyramid", "waves"],
)
def test_the_same_seed_on_a_larger_canvas_is_the_same_drawing(spec, env):
    small, large = (spec.build(env(side, side)).draw(0).detach() for side in (64, 128))
    shrunk = interpolate(large, (64, 64), mode="area")
    assert torch.corrcoef(torch.stack([small.flatten(), shrunk.flatten()]))[0, 1] > 0.97
