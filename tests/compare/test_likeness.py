"""How alike two pictures are, against kornia, published colours and what eyes would say."""

import re

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.color import lab2rgb

from artgen.compare import likeness
from artgen.errors import InputError


@pytest.fixture
def pair():
    """A noisy picture, and the same with more noise: (3, 37, 52)."""
    draws = np.random.default_rng(0)
    one = draws.random((3, 37, 52))
    return one, (one + draws.normal(0, 0.1, one.shape)).clip(0, 1)


def plain(colour, alpha=None, size=(13, 17)):
    """(3 or 4, H, W) of one colour."""
    layers = colour if alpha is None else (*colour, alpha)
    return torch.tensor(layers).view(-1, 1, 1).expand(-1, *size)


# Those of the test data of Sharma, Wu & Dalal (2005), table 1, that sRGB has.
@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
        ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
        ((90.9257, -0.5406, -0.9208), (88.6381, -0.8985, -0.7239), 1.5381),
    ],
)
def test_colour_differences_are_those_that_were_published(one, two, expected):
    pair = [torch.from_numpy(lab2rgb(lab)).view(3, 1, 1) for lab in (one, two)]
    assert likeness.colour_differences(*pair).item() == pytest.approx(expected, abs=2e-4)


def test_pictures_differ_as_kornia_and_torch_say(pair):
    from kornia.metrics import ssim

    found = likeness.compare(*pair)
    one, two = (torch.from_numpy(picture).float().double() for picture in pair)
    structure = float(ssim(one[None], two[None], 11, eps=0, padding="valid").mean())
    assert found.ssim == pytest.approx(structure, abs=1e-9)
    assert found.mean_difference == pytest.approx(float((one - two).abs().mean()), abs=1e-6)
    assert found.max_difference == pytest.approx(float((one - two).abs().max()), abs=1e-6)
    assert 0 < found.delta_e < found.delta_e_95
    assert not found.identical and found.perceptor is None


@pytest.mark.parametrize("pixels", [1, 52 * 4, 52 * 13])
def test_strips_are_compared_as_the_whole(pair, pixels, monkeypatch):
    whole = likeness.compare(*pair)
    monkeypatch.setattr(likeness, "_AT_ONCE", pixels)
    strips = likeness.compare(*pair)
    assert strips.ssim == pytest.approx(whole.ssim, abs=1e-12)
    assert (strips.delta_e, strips.delta_e_95) == (whole.delta_e, whole.delta_e_95)


@pytest.mark.parametrize("size", [(1, 1), (2, 9), (6, 40), (11, 11)])
def test_small_pictures_can_be_compared(size):
    black, white = plain((0.0, 0.0, 0.0), size=size), plain((1.0, 1.0, 1.0), size=size)
    same, other = likeness.compare(black, black), likeness.compare(black, white)
    assert (same.identical, same.ssim, same.delta_e) == (True, 1, 0)
    assert other.ssim < 0.01
    assert (other.delta_e, other.delta_e_95) == pytest.approx((100, 100), abs=0.01)
    assert (other.mean_difference, other.max_difference) == (1, 1)


def test_a_level_is_the_smallest_difference_of_files():
    levels = np.full((9, 9, 3), 100, np.uint8)
    one = Image.fromarray(levels)
    levels[4, 4, 0] += 1
    found = likeness.compare(one, Image.fromarray(levels))
    assert not found.identical
    assert found.max_difference == pytest.approx(1 / 255)
    assert found.delta_e_95 == 0 < found.delta_e


def test_what_is_clear_differs_where_it_shows():
    white, clear = plain((1.0, 1.0, 1.0)), plain((1.0, 1.0, 1.0), alpha=0.0)
    found = likeness.compare(white, clear)
    assert found.delta_e == pytest.approx(100, abs=0.01)
    hidden = likeness.compare(clear, plain((0.0, 0.3, 1.0), alpha=0.0))
    assert hidden.delta_e == 0 and not hidden.identical


def test_a_perceptor_sees_what_is_clear_over_both_grounds():
    half = plain((0.5, 0.5, 0.5), alpha=0.5)
    seen = []
    found = likeness.compare(half, half, lambda one, two: seen.append(float(one.mean())) or 0.25)
    assert found.perceptor == 0.25
    assert seen == pytest.approx([0.75, 0.25])


def test_pictures_of_two_sizes_are_refused():
    with pytest.raises(InputError, match="have different sizes, 17x13 and 3x2; only those of one size"):
        likeness.compare(plain((0.5, 0.5, 0.5)), plain((0.5, 0.5, 0.5), size=(2, 3)))


def test_it_says_all_in_one_line(pair):
    line = str(likeness.compare(*pair, closeness=lambda one, two: 0.5))
    assert re.fullmatch(
        r"SSIM 0\.9\d+, delta-E \d+\.\d\d \(95 % within \d+\.\d\d\), "
        r"difference 0\.0\d+ \(at most 0\.\d+\), perceptor 0\.5000",
        line,
    )
    assert str(likeness.compare(pair[0], pair[0])) == "identical pixels"


def test_a_heat_map_is_brightest_where_colours_differ_most(tmp_path):
    one = torch.zeros(3, 40, 40)
    two = one.clone()
    two[:, :20, :20] = 1
    likeness.save_heat_map(tmp_path / "heat.png", likeness.colour_differences(one, two))
    heat = np.asarray(Image.open(tmp_path / "heat.png").convert("L")).astype(float)
    assert heat.shape[1] == 320 and heat.shape[0] > 320
    assert heat[:160, :160].min() > 200 > 10 > heat[161:320, :320].max()


def test_a_heat_map_of_a_large_picture_shows_the_one_pixel_that_differs(tmp_path, monkeypatch):
    monkeypatch.setattr(likeness, "_LARGEST", 40)
    differences = np.zeros((150, 90), np.float32)
    differences[149, 89] = 5
    likeness.save_heat_map(tmp_path / "heat.png", differences)
    heat = np.asarray(Image.open(tmp_path / "heat.png").convert("L"))
    # Squares of 4 pixels make 38 x 23 of them, each drawn as 8 x 8 pixels.
    drawn = heat[: 38 * 8, (320 - 23 * 8) // 2 :][:, : 23 * 8]
    assert drawn[-8:, -8:].min() > 200 and (drawn > 200).sum() == 64
