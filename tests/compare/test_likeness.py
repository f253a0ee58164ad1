"""How alike two pictures are, against scikit-image and against what eyes would say."""

import re

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import structural_similarity

from artgen.compare import likeness
from artgen.compare.ciede2000 import ciede2000
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


# The first seven and the last of the test data of Sharma, Wu & Dalal (2005), table 1.
@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 3.1571, -77.2803), (50, 0, -82.7485), 2.8615),
        ((50, 2.8361, -74.0200), (50, 0, -82.7485), 3.4412),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
        ((50, -1.1848, -84.8006), (50, 0, -82.7485), 1.0000),
        ((50, -0.9009, -85.5211), (50, 0, -82.7485), 1.0000),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_colour_differences_are_those_that_were_published(one, two, expected):
    found = ciede2000(torch.tensor(one).double(), torch.tensor(two).double())
    assert float(found) == pytest.approx(expected, abs=5e-5)


def test_any_colours_differ_as_scikit_image_says():
    draws = np.random.default_rng(1)
    one, two = (draws.uniform((0, -120, -120), (100, 120, 120), (20_000, 3)) for _ in range(2))
    two[:2000, 1:] = 0  # greys have no hue
    found = ciede2000(torch.from_numpy(one), torch.from_numpy(two)).numpy()
    np.testing.assert_allclose(found, deltaE_ciede2000(one, two), atol=1e-9)


def test_pictures_differ_as_scikit_image_says(pair):
    found = likeness.compare(*pair)
    one, two = (picture.transpose(1, 2, 0) for picture in pair)
    colours = deltaE_ciede2000(rgb2lab(one), rgb2lab(two))
    structure = structural_similarity(
        one, two, channel_axis=2, data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    assert found.ssim == pytest.approx(structure, abs=1e-5)
    assert found.delta_e == pytest.approx(colours.mean(), abs=1e-3)
    assert found.delta_e_95 == pytest.approx(np.quantile(colours, 0.95), abs=1e-3)
    assert found.mean_difference == pytest.approx(np.abs(one - two).mean(), abs=1e-6)
    assert found.max_difference == pytest.approx(np.abs(one - two).max(), abs=1e-6)
    assert not found.identical and found.perceptor is None


def test_a_tall_picture_is_compared_in_strips(pair):
    one, two = (np.tile(picture, (1, 15, 1)) for picture in pair)
    expected = structural_similarity(
        *(picture.transpose(1, 2, 0) for picture in (one, two)),
        channel_axis=2,
        data_range=1,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    assert one.shape[1] > 2 * 256
    assert likeness.compare(one, two).ssim == pytest.approx(expected, abs=1e-5)


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
