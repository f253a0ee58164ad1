import numpy as np
import pytest
import torch

from artgen_fourier import Fourier
from artgen_fourier.drawing import frequencies


def waves(image):
    """The drawing's spectrum before the sigmoid, (3, H, W)."""
    return np.fft.fft2(image[0].detach().double().logit().numpy())


def test_frequencies_against_numpy():
    for size in ((8, 8), (5, 9), (1, 1), (3, 200)):
        expected = np.hypot(np.fft.fftfreq(size[0])[:, None], np.fft.rfftfreq(size[1])[None])
        np.testing.assert_allclose(frequencies(size), expected, atol=1e-6)


@pytest.mark.parametrize("size", [(16, 24), (15, 9)])
def test_the_drawing_is_the_inverse_transform_of_its_amplitudes(size, env):
    spec = Fourier(colours="rgb", sd=1, decay_power=1.3)
    generator = spec.build(env(*size))
    frequency = np.hypot(np.fft.fftfreq(size[0])[:, None], np.fft.rfftfreq(size[1])[None])
    noise = env(*size).random.normal("init", (3, *frequency.shape, 2))[0].double().numpy()
    amplitude = (noise[..., 0] + 1j * noise[..., 1]) * np.maximum(frequency, 1 / max(size)) ** -1.3 / 4
    expected = 1 / (1 + np.exp(-np.fft.irfft2(amplitude, s=size, norm="ortho")))
    np.testing.assert_allclose(generator.draw(0)[0].detach(), expected, atol=1e-5)


def test_the_drawing_is_a_tile(env):
    image = Fourier(sd=2, decay_power=1.5).build(env(64, 64)).draw(0)
    seam = (image[..., -1] - image[..., 0]).abs().mean()
    inside = (image[..., 1:] - image[..., :-1]).abs().mean()
    assert seam < 1.5 * inside


def test_the_band_opens_from_coarse_to_fine(env):
    generator = Fourier(colours="rgb", sd=1, band={0: 0.1, "100%": 1}).build(env(32, 32))
    frequency = np.hypot(np.fft.fftfreq(32)[:, None], np.fft.fftfreq(32)[None])
    reach = []
    for step in (0, 5, 9):
        present = np.abs(waves(generator.draw(step))).max(0) > 1e-3
        reach.append(frequency[present].max() / frequency.max())
    assert reach[0] < 0.15 and reach[0] < reach[1] < reach[2] == 1


def test_waves_outside_the_band_gather_no_momentum(env):
    generator = Fourier(band={0: 0.1, "50%": 1, "curve": "step"}, learning_rate=0.1).build(env(16, 16, steps=40))
    for step in range(20):
        before = generator.state_dict()["parameters"]
        generator.draw(step).square().sum().backward()
        generator.advance(step)
    after = generator.state_dict()["parameters"]
    assert torch.equal(before[-1], after[-1]) and not torch.equal(before[0], after[0])
    generator.draw(20).square().sum().backward()
    generator.advance(20)
    assert 0 < (generator.state_dict()["parameters"][-1] - after[-1]).abs().max() < 0.1001


def test_steeper_decay_is_smoother(env):
    def roughness(power):
        image = Fourier(sd=1, decay_power=power).build(env(64, 64)).draw(0)
        centred = image - image.mean(dim=(2, 3), keepdim=True)
        return (centred[..., 1:] - centred[..., :-1]).square().mean() / centred.square().mean()

    assert roughness(2) < roughness(1) < roughness(0)
