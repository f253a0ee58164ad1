"""Evolution: against the library it goes by, a target it can reach, and what it may be of."""

import cmaes
import numpy as np
import pytest
import torch

import artgen
from artgen.api import InputError
from artgen.testing import GeneratorContract, small_preset
from artgen.testing.checks import reloaded
from artgen_evolve import SHEETS, Collage, Evolve
from artgen_evolve.collage import NUMBERS, SIZE, STRETCH
from artgen_fourier import Fourier
from artgen_pixel import Pixel
from artgen_vqgan import Vqgan


class TestEvolve(GeneratorContract):
    spec = Evolve(**Evolve.example)


class TestFull(GeneratorContract):
    spec = Evolve(of=Pixel(grid=(1, 1)), search="full")
    sizes = ((24, 32), (1, 1))


class TestCollage(GeneratorContract):
    spec = Collage(edge=0.2)


def judge(generator, step, target=0.9):
    """One step towards a grey; the totals, (candidates, B)."""
    tried = [generator.draw_candidate(step, candidate) for candidate in range(generator.candidates)]
    totals = torch.stack([(image - target).square().mean(dim=(1, 2, 3)) for image in tried])
    generator.compared(step, totals)
    generator.advance(step)
    return totals


@pytest.mark.parametrize(("search", "kind"), [("separable", cmaes.SepCMA), ("full", cmaes.CMA)])
def test_it_asks_and_tells_as_the_library_does(env, search, kind):
    """A grid of one cell a pixel shows the numbers that were asked for."""
    spec = Evolve(of=Pixel(colours="rgb", noise=1), population=6, sigma=0.5, search=search)
    made = env(2, 3, seeds=(4,))
    generator = spec.build(made)
    start = spec.of.build(made).numbers[0].detach().flatten().double().numpy()
    seed = int(made.random.uniform("seed", ()).double().item() * 2**24)
    library = kind(start, 0.5, seed=seed, population_size=6)
    for step in range(3):
        asked = [library.ask() for _ in range(6)]
        for candidate, numbers in enumerate(asked):
            shown = generator.draw_candidate(step, candidate).double().numpy().flatten()
            np.testing.assert_allclose(shown, 1 / (1 + np.exp(-numbers)), atol=1e-6)
        totals = judge(generator, step)
        library.tell([(numbers, total) for numbers, total in zip(asked, totals[:, 0].tolist(), strict=True)])
    np.testing.assert_allclose(generator.draw(3).numpy().flatten(), 1 / (1 + np.exp(-library.mean)), atol=1e-6)


def test_it_comes_to_a_target_without_a_gradient(env):
    generator = Evolve(of=Pixel(grid=(2, 2), noise=1)).build(env(8, 8, seeds=(1, 2), steps=120))
    before = (generator.draw(0) - 0.9).abs().amax(dim=(1, 2, 3))
    for step in range(120):
        judge(generator, step)
    assert before.min() > 0.2
    assert (generator.draw(120) - 0.9).abs().max() < 0.02


def test_a_population_grows_with_the_numbers_unless_it_is_given(env):
    assert Evolve(of=Pixel(grid=(4, 4))).build(env(8, 8)).candidates == 4 + int(3 * np.log(48))
    assert Evolve(of=Pixel(grid=(4, 4)), population=9).build(env(8, 8)).candidates == 9


@pytest.mark.parametrize("inner", [Pixel(palette=("red", "blue")), Fourier(), Vqgan(), Collage()], ids=lambda s: s.type)
def test_it_moves_the_numbers_of_any_canvas(env, inner):
    generator = Evolve(of=inner, population=4, sigma=1).build(env(32, 32, seeds=(1, 2)))
    first, second = (generator.draw_candidate(0, candidate) for candidate in (0, 1))
    assert first.shape == (2, 3, 32, 32) and not first.requires_grad
    assert (first != second).flatten(1).any(dim=1).all()
    assert torch.equal(generator.draw(0), inner.build(env(32, 32, seeds=(1, 2))).draw(0).detach())


def test_numbers_are_kept_within_their_bounds(env):
    codes = Vqgan().build(env(32, 32))
    low, high = codes.numbers[0].amin(), codes.numbers[0].amax()
    codes.put_numbers([torch.full_like(codes.numbers[0], 1e9)])
    assert codes.numbers[0].max() < 1e3
    assert codes.numbers[0].min() >= high > low


def test_a_checkpoint_goes_on_though_the_start_was_another(env):
    """As on another machine, where the numbers that it began with come out otherwise in the last bits."""
    straight, first = (Evolve(**Evolve.example).build(env(12, 12)) for _ in range(2))
    for step in range(6):
        judge(straight, step)
    for step in range(3):
        judge(first, step)
    second = Evolve(**Evolve.example).build(env(12, 12))
    second._start += 1e-3
    second.load_state_dict(reloaded(first.state_dict()))
    for step in range(3, 6):
        judge(second, step)
    assert torch.equal(second.draw(6), straight.draw(6))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (Evolve(of=Pixel(), search="full"), "'search: full' is for at most 1000 numbers, and 'pixel' has 1200"),
        (Evolve(of=Evolve()), "the generator 'evolve' has no numbers that evolution could move"),
    ],
    ids=["too many", "no numbers"],
)
def test_what_it_cannot_move_is_said_in_a_line(env, spec, message):
    with pytest.raises(InputError, match=message):
        spec.build(env(20, 20))


def test_whose_weights_the_generator_within_uses_is_recorded():
    recipe = artgen.run(
        small_preset(
            steps=1,
            generator={"type": "evolve", "of": {"type": "vqgan"}, "population": 4},
            losses=[{"type": "smoothness"}],
        )
    ).recipe
    assert recipe["weights"] and recipe["preset"]["generator"]["of"]["type"] == "vqgan"
    assert recipe["libraries"]["cmaes"]


def test_a_run_is_made_again_from_its_recipe():
    preset = small_preset(
        generator={"type": "evolve", "of": {"type": "collage", "sheets": 3}, "population": 5},
        losses=[{"type": "saturation"}],
        filters=[{"type": "palette", "palette": ["red", "white"]}],
        batch=2,
    )
    first = artgen.run(preset)
    again = artgen.run(first.recipe["preset"])
    assert torch.equal(first.images, again.images)
    assert len(first.losses["total"]) == 8


def leaf(env, **numbers):
    """A leaf alone in the middle: (1, 3, 64, 64)."""
    generator = Collage(
        sheets=1, palette=("white", "black"), ground="black", largest=0.5, smallest=0.5, shadow=0
    ).build(env(64, 64))
    sheet = torch.zeros(1, 1, NUMBERS)
    sheet[..., -3:] = 9
    for place, value in ((SIZE, numbers.get("size", 0)), (STRETCH, numbers.get("stretch", 0))):
        sheet[..., place] = value
    generator.put_numbers([sheet])
    return generator.draw(0).detach()


def test_a_leaf_of_zeros_is_a_disc(env):
    rows, columns = np.mgrid[:64, :64] + 0.5
    distance = np.hypot(rows - 32, columns - 32)
    drawn = leaf(env)[0, 0].numpy()
    assert (drawn[distance < 15] > 0.99).all() and (drawn[distance > 17] == 0).all()
    assert drawn.sum() == pytest.approx(np.pi * 16**2, rel=0.01)


def test_a_stretched_leaf_keeps_its_area_and_a_grown_one_does_not(env):
    assert leaf(env, stretch=0.7).sum() == pytest.approx(leaf(env).sum().item(), rel=0.02)
    assert leaf(env, size=1).sum() > 1.5 * leaf(env).sum()


def test_paper_has_the_colours_of_the_palette_alone(env):
    drawn = Collage(shadow=0).build(env(48, 48)).draw(0)[0].detach()
    bought = torch.tensor([[int(sheet[i : i + 2], 16) / 255 for i in (1, 3, 5)] for sheet in SHEETS])
    near = torch.cdist(drawn.flatten(1).T, bought).amin(dim=1)
    assert (near < 1e-3).float().mean() > 0.75  # all but the edges
    assert len(drawn.flatten(1).T[near < 1e-3].unique(dim=0)) > 2


def test_it_is_drawn_small_while_it_grows_and_finished_in_full(env):
    generator = Collage(sketch=16).build(env(64, 64))
    whole = Collage().build(env(64, 64)).draw(10)
    growing, finished = generator.draw(3), generator.draw(10)
    assert torch.equal(finished, whole)
    small = torch.nn.functional.interpolate(finished, (16, 16), mode="area")
    assert (torch.nn.functional.interpolate(growing, (16, 16), mode="area") - small).abs().mean() < 0.05
    assert not torch.equal(growing, finished)
