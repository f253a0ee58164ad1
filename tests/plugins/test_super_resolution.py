"""Drawing through an upscaler: it shows what the finishing stage would, and hands the gradient on."""

import pytest
import torch
from torch.nn.functional import avg_pool2d, interpolate

from artgen.api import Finished, InputError
from artgen.testing import GeneratorContract
from artgen_evolve import Collage, Evolve
from artgen_pixel import Pixel
from artgen_upscale import SuperResolution, Upscale


class TestSuperResolution(GeneratorContract):
    spec = SuperResolution()


class TestOfAnother(GeneratorContract):
    spec = SuperResolution(of=Pixel(noise=1))


def test_it_shows_what_the_finishing_stage_makes_of_the_small_picture(env):
    spec = SuperResolution(of=Pixel(noise=1))
    drawn = spec.build(env(32, 48, seeds=(3, 4))).draw(0).detach()
    small = env(8, 12, seeds=(3, 4))
    expected = Upscale().build(small)(Finished(spec.of.build(small).draw(0).detach())).image
    torch.testing.assert_close(drawn, expected.clamp(0, 1), atol=1e-5, rtol=0)


def test_the_gradient_goes_through_the_network(env):
    """A step towards a pattern of lines that a canvas four times as coarse cannot draw by itself."""
    lines = (torch.arange(48) // 3 % 2).float().expand(1, 3, 48, 48)
    generator = SuperResolution(learning_rate=0.1, noise=0).build(env(48, 48, steps=40))
    errors = []
    for step in range(40):
        image = generator.draw(step)
        errors.append(float((image.detach() - lines).square().mean()))
        (image - lines).square().mean().backward()
        generator.advance(step)
    squares = interpolate(avg_pool2d(lines, 4), scale_factor=4)
    assert errors[-1] < (squares - lines).square().mean() < 0.98 * errors[0]
    assert not any(part.requires_grad for part in generator._network.parameters())


@pytest.mark.parametrize("size", [(32, 32), (30, 37)], ids=str)
def test_a_start_is_made_small(size, env):
    start = torch.linspace(0.1, 0.9, size[1]).expand(1, 3, *size)
    for spec in (SuperResolution(noise=0), SuperResolution(of=Pixel(noise=0))):
        drawn = spec.build(env(*size, start=start)).draw(0).detach()
        assert (drawn - start).abs().mean() < 0.08


def test_its_recipe_names_the_network_and_whose_it_is(env):
    generator = SuperResolution().build(env(8, 8))
    assert list(generator.weights) == ["upscale/upscaler.safetensors"] and generator.credits


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"of": Evolve()}, "'of': 'evolve' learns by no gradient"),
        ({"of": Pixel(), "noise": 1}, "'noise' is for free colours; 'pixel' in 'of' has its own"),
    ],
)
def test_what_does_not_fit_is_said(settings, said):
    with pytest.raises(ValueError, match=said):
        SuperResolution(**settings)


def test_a_generator_that_takes_no_picture_over_is_told(env):
    generator = SuperResolution(of=Collage()).build(env(8, 8))
    with pytest.raises(InputError, match="'of': the generator 'collage' cannot take a picture over"):
        generator.paint(torch.zeros(1, 3, 8, 8), 0)
