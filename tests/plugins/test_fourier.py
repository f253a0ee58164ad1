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


def numbers(env, size):
    """The random numbers of each wave, (3, H, W // 2 + 1, 2): dealt out by how often it crosses the canvas."""
    down = (np.fft.fftfreq(size[0]) * size[0]).round().astype(int)
    waves = [(i, j) for i in range(size[0]) for j in range(size[1] // 2 + 1)]
    waves.sort(key=lambda wave: (max(abs(down[wave[0]]), wave[1]), down[wave[0]], wave[1]))
    dealt = env(*size).random.normal("init", (len(waves), 3, 2))[0].double().numpy()
    found = np.empty((3, size[0], size[1] // 2 + 1, 2))
    for (i, j), given in zip(waves, dealt, strict=True):
        found[:, i, j] = given
    return found


@pytest.mark.parametrize("size", [(16, 24), (15, 9)])
def test_the_drawing_is_the_inverse_transform_of_its_amplitudes(size, env):
    spec = Fourier(colours="rgb", sd=1, decay_power=1.3)
    generator = spec.build(env(*size))
    frequency = np.hypot(np.fft.fftfreq(size[0])[:, None], np.fft.rfftfreq(size[1])[None])
    noise = numbers(env, size)
    strength = np.maximum(frequency, 1 / max(size)) ** -1.3 * (np.sqrt(size[0] * size[1]) / 256) ** -0.3 / 4
    amplitude = (noise[..., 0] + 1j * noise[..., 1]) * strength
    expected = 1 / (1 + np.exp(-np.fft.irfft2(amplitude, s=size, norm="ortho")))
    np.testing.assert_allclose(generator.draw(0)[0].detach(), expected, atol=1e-5)


@pytest.mark.parametrize("power", [1, 1.4])
def test_a_larger_canvas_has_the_same_waves_and_finer_ones(power, env):
    small, large = (
        waves(Fourier(colours="rgb", sd=0.3, decay_power=power).build(env(side, side)).draw(0)) / side**2
        for side in (32, 48)
    )
    # One row and column less than half: the finest waves of the small canvas stand for two of the large one's each.
    for k in range(-14, 15):
        np.testing.assert_allclose(small[:, k, :15], large[:, k, :15], atol=2e-5)


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
