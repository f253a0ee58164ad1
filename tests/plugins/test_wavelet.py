"""The wavelet generator: against PyWavelets, in both directions."""

import numpy as np
import pytest
import pywt
import torch

from artgen.api import InputError
from artgen.testing import GeneratorContract
from artgen_wavelet import Wavelet
from artgen_wavelet.drawing import scales
from artgen_wavelet.transform import Transform

CPU = torch.device("cpu")


class TestWavelet(GeneratorContract):
    spec = Wavelet()


def noise(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(7))


def written_for_pywt(coefficients):
    """(C, ...) of one picture, as `pywt.waverec2` takes them."""
    coarse, *levels = (part.double().numpy() for part in coefficients)
    return [coarse, *(tuple(np.moveaxis(level, 1, 0)) for level in levels)]


@pytest.mark.filterwarnings("ignore:Level value of 2 is too high")
@pytest.mark.parametrize("wavelet", ["haar", "db2", "coif2", "bior4.4", "sym5", "dmey"])
@pytest.mark.parametrize("size", [(32, 48), (37, 21)], ids=str)
def test_the_transform_is_that_of_pywavelets(wavelet, size):
    transform, values = Transform(wavelet, 2, size, CPU), noise(2, 3, *size)
    coefficients = transform.coefficients(values)
    expected = pywt.wavedec2(values[1].double().numpy(), wavelet, mode="symmetric", level=2, axes=(-2, -1))
    np.testing.assert_allclose(coefficients[0][1], expected[0], atol=1e-5)
    for level, details in zip(coefficients[1:], expected[1:], strict=True):
        np.testing.assert_allclose(level[1], np.stack(details, axis=1), atol=1e-5)
    # Any coefficients, not only those of a picture.
    changed = [part + noise(*part.shape) for part in coefficients]
    picture = pywt.waverec2(written_for_pywt([part[1] for part in changed]), wavelet, axes=(-2, -1))
    np.testing.assert_allclose(transform.values(changed)[1], picture[:, : size[0], : size[1]], atol=1e-4)


def test_the_inverse_is_differentiated_as_it_is():
    transform = Transform("db2", 2, (11, 9), CPU)
    coefficients = [part.double().requires_grad_() for part in transform.coefficients(noise(1, 1, 11, 9))]
    transform._kernel = transform._kernel.double()
    assert torch.autograd.gradcheck(lambda *parts: transform.values(parts), coefficients)


@pytest.mark.parametrize("size", [(16, 24), (19, 9)], ids=str)
def test_the_drawing_is_the_inverse_transform_of_its_numbers(size, env):
    spec = Wavelet(wavelet="db3", levels=2, sd=1, decay_power=1.3, colours="rgb")
    generator = spec.build(env(*size))
    side = np.sqrt(size[0] * size[1]) / 256
    strengths = [(3 / 8 / share) ** -1.3 * side**-0.3 / 4 for share in (4, 2, 1)]
    numbers = [number[0].detach() * strength for number, strength in zip(generator.numbers, strengths, strict=True)]
    values = pywt.waverec2(written_for_pywt(numbers), "db3", axes=(-2, -1))[:, : size[0], : size[1]]
    assert values.std() > 0.3
    np.testing.assert_allclose(generator.draw(0)[0].detach(), 1 / (1 + np.exp(-values)), atol=1e-4)


def test_levels_weigh_as_natural_pictures_have_them():
    assert scales(3, 1, (256, 256)) == pytest.approx([16 / 3, 8 / 3, 4 / 3, 2 / 3])
    assert scales(1, 0, (512, 512)) == pytest.approx([0.5, 0.5])


def test_a_start_is_drawn_as_it_is(env):
    start = 0.1 + 0.8 * torch.rand(2, 3, 21, 34, generator=torch.Generator().manual_seed(1))
    generator = Wavelet().build(env(21, 34, seeds=(1, 2), start=start))
    torch.testing.assert_close(generator.draw(0).detach(), start, atol=1e-4, rtol=0)


def test_the_band_opens_from_coarse_to_fine(env):
    generator = Wavelet(sd=1, levels=4, band={0: 0.25, "100%": 1}).build(env(64, 64))
    drawn = [generator.draw(step).detach() for step in (0, 5, 9)]
    fine = [(image[..., 1:] - image[..., :-1]).square().mean() for image in drawn]
    assert fine[0] < fine[1] < fine[2]
    before = [number.detach().clone() for number in generator.numbers]
    generator.draw(0).sum().backward()
    generator.advance(0)
    moved = [not torch.equal(was, now) for was, now in zip(before, generator.numbers, strict=True)]
    assert moved == [True, True, False, False, False]


def test_what_an_overlay_leaves_keeps_details_to_come(env):
    generator = Wavelet(sd=1, levels=3, band={0: 0.1, "100%": 1}).build(env(32, 32))
    whole, cover = generator.draw(9).detach(), torch.zeros(1, 1, 32, 32)
    cover[..., 16:] = 1
    generator.paint_over(torch.full((1, 3, 32, 32), 0.5), cover, 0)
    after = generator.draw(9).detach()
    torch.testing.assert_close(after[..., :16], whole[..., :16], atol=1e-4, rtol=0)
    torch.testing.assert_close(after[..., 16:], torch.full((1, 3, 32, 16), 0.5), atol=1e-4, rtol=0)


def test_a_wavelet_that_is_none_is_refused(env, monkeypatch):
    with pytest.raises(ValueError, match="no wavelet is called 'gabor'; choose one such as haar"):
        Wavelet(wavelet="gabor")
    with pytest.raises(InputError, match="knows no wavelet called 'db77'"):
        Wavelet(wavelet="db77").build(env(8, 8))
    monkeypatch.setitem(__import__("sys").modules, "pywt", None)
    with pytest.raises(InputError, match=r'pip install "artgen\[wavelet\]"'):
        Wavelet().build(env(8, 8))
