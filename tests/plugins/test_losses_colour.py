import colorsys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from matplotlib.colors import rgb_to_hsv
from pydantic import ValidationError

from artgen_losses import Colourfulness, Exposure, Range, Saturation

pictures = arrays.arrays(
    np.uint8, st.tuples(st.just(3), st.integers(1, 6), st.integers(1, 6)), elements=st.integers(0, 255)
)


def value(spec, image, fake_look):
    image = torch.as_tensor(np.asarray(image), dtype=torch.float32)
    return spec.build(None)(fake_look(image[None])).item()


def descend(spec, image, fake_look, steps=40, length=0.5):
    """`steps` steps down the gradient, each at most `length` long, inside [0, 1]."""
    loss = spec.build(None)
    for _ in range(steps):
        image = image.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(loss(fake_look(image)).sum(), image)
        image = (image - length * gradient / gradient.norm().clamp(min=1e-9)).clamp(0, 1)
    return image.detach()


def noise(spread=0.1):
    return 0.5 + spread * (torch.rand(1, 3, 12, 12, generator=torch.Generator().manual_seed(0)) - 0.5)


@settings(max_examples=40, deadline=None)
@given(levels=pictures, target=st.floats(0, 1))
def test_saturation_against_matplotlib(fake_look, levels, target):
    image = levels / 255
    hsv = (rgb_to_hsv(image.transpose(1, 2, 0))[..., 1].mean() - target) ** 2
    red, green, blue = image
    alpha, beta = red - (green + blue) / 2, np.sqrt(3) / 2 * (green - blue)
    chroma = (np.hypot(alpha, beta).mean() - target) ** 2
    assert value(Saturation(target=target, measure="hsv"), image, fake_look) == pytest.approx(hsv, abs=1e-5)
    assert value(Saturation(target=target), image, fake_look) == pytest.approx(chroma, abs=1e-5)


@pytest.mark.parametrize("measure", ["chroma", "hsv"])
@pytest.mark.parametrize("target", [0, 0.5, 1])
def test_descent_reaches_the_saturation_asked_for(measure, target, fake_look):
    image = descend(Saturation(target=target, measure=measure), noise(0.4), fake_look, steps=150, length=0.3)
    reached = np.mean([colorsys.rgb_to_hsv(*map(float, pixel))[1] for pixel in image[0].flatten(1).T])
    if measure == "chroma":
        reached = (image[0].std(dim=0, correction=0) * 3 / np.sqrt(2)).mean().item()
    assert reached == pytest.approx(target, abs=0.1)


@settings(max_examples=40, deadline=None)
@given(levels=pictures, target=st.floats(0, 200))
def test_colourfulness_against_the_paper(fake_look, levels, target):
    red, green, blue = levels.astype(float)
    rg, yb = red - green, 0.5 * (red + green) - blue
    m3 = np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean())
    assert value(Colourfulness(), levels / 255, fake_look) == pytest.approx(1 - m3 / 109, abs=1e-4)
    wanted = ((m3 - target) / 109) ** 2
    assert value(Colourfulness(target=target), levels / 255, fake_look) == pytest.approx(wanted, abs=1e-3)


def test_grey_has_no_colourfulness_and_pure_stripes_the_most(fake_look):
    grey = np.random.default_rng(0).random((1, 8, 8)).repeat(3, axis=0)
    assert value(Colourfulness(), grey, fake_look) == pytest.approx(1, abs=1e-4)
    stripes = np.zeros((3, 8, 8))
    stripes[0, :, ::2] = stripes[1:, :, 1::2] = 1  # red and cyan
    assert -1.74 < value(Colourfulness(), stripes, fake_look) < -1.5


def test_descent_makes_noise_colourful_up_to_a_target(fake_look):
    assert value(Colourfulness(), descend(Colourfulness(), noise(), fake_look)[0], fake_look) < 0
    image = descend(Colourfulness(target=45), noise(), fake_look, steps=120, length=0.05)
    assert (1 - value(Colourfulness(), image[0], fake_look)) * 109 == pytest.approx(45, abs=3)


@settings(max_examples=30, deadline=None)
@given(levels=pictures, low=st.floats(0, 0.5), high=st.floats(0.5, 0.99))
def test_range_against_numpy(fake_look, levels, low, high):
    image = levels / 255
    outside = np.maximum(low - image, 0) ** 2 + np.maximum(image - high, 0) ** 2
    assert value(Range(low=low, high=high), image, fake_look) == pytest.approx(outside.mean(), abs=1e-6)


def test_range_moves_only_what_is_outside(fake_look):
    image = torch.tensor([0.0, 0.5, 1.0]).expand(3, 1, 3)[None]
    moved = descend(Range(low=0.1, high=0.8), image, fake_look, steps=60, length=0.02)
    assert moved[0, 0, 0].tolist() == pytest.approx([0.1, 0.5, 0.8], abs=0.02)
    assert moved[0, 0, 0, 1] == 0.5


@pytest.mark.parametrize(
    ("channel", "shares"), [("luma", (0.2126, 0.7152, 0.0722)), ("red", (1, 0, 0)), ("blue", (0, 0, 1))]
)
def test_exposure_against_numpy(channel, shares, fake_look):
    image = np.random.default_rng(1).random((3, 9, 7))
    light = np.tensordot(shares, image, axes=1)
    brightness, contrast = (light.mean() - 0.7) ** 2, (light.std() - 0.1) ** 2
    for given_, expected in (
        ({"brightness": 0.7}, brightness),
        ({"contrast": 0.1}, contrast),
        ({"brightness": 0.7, "contrast": 0.1}, brightness + contrast),
    ):
        assert value(Exposure(channel=channel, **given_), image, fake_look) == pytest.approx(expected, abs=1e-6)


def test_descent_reaches_the_exposure_asked_for(fake_look):
    image = descend(Exposure(brightness=0.3, contrast=0.2), noise(), fake_look, steps=200, length=0.2)[0]
    light = np.tensordot((0.2126, 0.7152, 0.0722), image.numpy(), axes=1)
    assert light.mean() == pytest.approx(0.3, abs=0.02)
    assert light.std() == pytest.approx(0.2, abs=0.02)


def test_a_channel_is_measured_alone(fake_look):
    image = descend(Exposure(brightness=0.9, channel="blue"), noise(), fake_look)
    assert image[0, 2].mean() == pytest.approx(0.9, abs=0.03)
    assert torch.equal(image[0, :2], noise()[0, :2])


@pytest.mark.parametrize(
    ("spec", "fields", "message"),
    [
        (Saturation, {"target": 1.5}, "less than or equal to 1"),
        (Colourfulness, {"target": -1}, "greater than or equal to 0"),
        (Range, {"low": 0.7, "high": 0.2}, "'low' is above 'high'"),
        (Range, {"low": 0, "high": 1}, "every picture is in 0 to 1"),
        (Exposure, {}, "give 'brightness', 'contrast' or both"),
        (Exposure, {"channel": "blue"}, "give 'brightness'"),
    ],
)
def test_mistakes_are_named(spec, fields, message):
    with pytest.raises(ValidationError, match=message):
        spec(**fields)
