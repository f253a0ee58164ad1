"""Resampling, against Pillow and the papers."""

import numpy as np
import pytest
import torch
from PIL import Image

from artgen_upscale.resampling import cubic, lanczos, resized, rows


def noise(height, width):
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("size", [(31, 47), (20, 90)], ids=str)
def test_lanczos_is_pillows_away_from_borders(size):
    image = 0.25 + 0.5 * noise(60, 80)
    found = resized(image, size, kernel=lanczos)[0, 0]
    as_float = Image.fromarray(image[0, 0].numpy(), mode="F")
    expected = np.asarray(as_float.resize(size[::-1], Image.Resampling.LANCZOS))
    np.testing.assert_allclose(found[6:-6, 8:-8], expected[6:-6, 8:-8], atol=1e-4)


def test_the_cubic_is_that_of_mitchell_and_netravali():
    values = cubic(torch.tensor([0.0, 1, -1, 2, 3], dtype=torch.float64))
    torch.testing.assert_close(values, torch.tensor([8 / 9, 1 / 18, 1 / 18, 0, 0], dtype=torch.float64))


@pytest.mark.parametrize("size", [(33, 50), (101, 64)], ids=str)
def test_a_slope_stays_a_slope(size):
    across = torch.linspace(0.1, 0.9, 80).expand(1, 3, 60, 80)
    made = resized(across, size)[0, 0]
    steps = made[:, 10:-10].diff(dim=1)
    torch.testing.assert_close(steps, torch.full_like(steps, 0.8 / 79 * 80 / size[1]), atol=2e-4, rtol=0)


def test_an_edge_hardly_rings():
    edge = (torch.arange(64) >= 32).float().mul(0.6).add(0.2).expand(1, 3, 64, 64)
    made = resized(edge, (40, 40))
    assert made.max() < 0.8 + 0.02 and made.min() > 0.2 - 0.02


def test_a_part_is_made_as_the_whole_is():
    whole, part = rows(100, 37, 0, 37), rows(100, 37, 20, 30)
    for number in range(10):
        row = torch.zeros(200)
        row[50 + part.first : 50 + part.stop] = part.weights[number]
        row[50 + whole.first : 50 + whole.stop] -= whole.weights[20 + number]
        assert row.abs().max() < 1e-6


def test_beyond_the_border_it_goes_on_at_the_other_side():
    image = noise(30, 40)
    rolled = resized(image.roll((9, 12), (2, 3)), (20, 30), wrap=True)
    torch.testing.assert_close(rolled, resized(image, (20, 30), wrap=True).roll((6, 9), (2, 3)), atol=1e-5, rtol=0)
