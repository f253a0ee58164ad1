"""Noise that a picture can begin with."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from artgen.picture import noise
from artgen.preset.settings.start import StartField
from artgen.rng import Random

CPU = torch.device("cpu")
START = TypeAdapter(StartField)


def begun(start, size=(16, 24), seeds=(5, 6)):
    return START.validate_python(start).pictures(size, Random(seeds, "start", CPU))


@pytest.mark.parametrize("kind", ["perlin", "fractal", "gradient", "snow"])
def test_noise_is_each_picture_s_own_and_comes_again(kind):
    both, alone = begun(kind), begun(kind, seeds=(6,))
    assert torch.equal(both[1], alone[0])
    assert not torch.equal(both[0], both[1])
    assert both.min() >= 0 and both.max() <= 1
    assert abs(both.mean() - 0.5) < 0.2 and both.std() > 0.05


def test_perlin_noise_is_that_of_the_paper():
    """At a lattice point it is 0; between, what the four corners' slopes say, blended by 6t^5 - 15t^4 + 10t^3."""
    random = Random((3,), "start", CPU)
    made = noise.perlin((8, 8), 2, random, "octave 0")[0]
    angle = 2 * np.pi * random.uniform("octave 0", (3, 3, 3))[0].double().numpy()
    slopes = np.stack([np.sin(angle), np.cos(angle)], -1)  # y, x
    for y, x in ((0, 0), (2, 5), (7, 3)):
        place = np.array([(y + 0.5) / 4, (x + 0.5) / 4])
        low, t = np.floor(place).astype(int), place % 1
        fade = 6 * t**5 - 15 * t**4 + 10 * t**3
        value = sum(
            (fade[0] if dy else 1 - fade[0]) * (fade[1] if dx else 1 - fade[1])
            * (slopes[:, low[0] + dy, low[1] + dx] @ (t - (dy, dx)))
            for dy in (0, 1)
            for dx in (0, 1)
        )  # fmt: skip
        np.testing.assert_allclose(made[:, y, x], value, atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 256), st.sampled_from(["perlin", "fractal"]))
def test_noise_fits_any_canvas(height, width, cells, kind):
    made = noise.make(kind, (height, width), cells, Random((1,), "start", CPU))
    assert made.shape == (1, 3, height, width)
    assert made.min() >= 0 and made.max() <= 1


def test_fewer_cells_make_larger_blobs():
    random = Random((1, 2, 3), "start", CPU)
    rough, calm = (noise.make("perlin", (64, 64), cells, random).diff(dim=-1).abs().mean() for cells in (16, 2))
    assert rough > 3 * calm
