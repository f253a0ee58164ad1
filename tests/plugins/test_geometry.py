"""Pictures lie in drawings where they lay in their files: nothing is moved, stretched or measured in two ways."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from artgen.api import Schedule
from artgen.testing import make_env
from artgen_cutouts.erasing import blur as blur_of_views
from artgen_diffusion.prompted import StableDiffusion
from artgen_filters import Blur, Pixelate
from artgen_filters.adjust import blur as blur_of_masks
from artgen_losses.blurring import blur as blur_of_losses
from artgen_pixel import Pixel


class Lossless:
    """An autoencoder that keeps every pixel."""

    def __init__(self, factor):
        self.factor, self.channels = factor, 3 * factor**2

    def encode(self, image):
        return torch.nn.functional.pixel_unshuffle(image, self.factor)

    def decode(self, latents):
        return torch.nn.functional.pixel_shuffle(latents, self.factor)


def model(canvas, factor=8):
    made = StableDiffusion.__new__(StableDiffusion)
    made.autoencoder, made._canvas = Lossless(factor), canvas
    made._size = tuple(-(-side // factor) * factor for side in canvas)
    return made


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 41), st.integers(1, 41))
def test_latents_give_back_the_picture_where_it_was_on_any_canvas(height, width):
    stable = model((height, width))
    image = torch.rand(1, 3, height, width)
    latents = stable.latents(image)
    assert latents.shape[1:] == stable.shape
    for _ in range(3):
        assert torch.equal(stable.show(latents), image)
        latents = stable.latents(stable.show(latents))


def test_the_border_of_a_picture_goes_on_outside_of_the_canvas():
    stable = model((30, 41))
    image = torch.rand(1, 3, 30, 41)
    padded = stable.padded(image)
    assert padded.shape[-2:] == (32, 48)
    assert torch.equal(padded[..., 1:31, 3:44], image)
    assert torch.equal(padded[..., 1:31, 0], image[..., 0])
    assert torch.equal(padded[..., 1:31, 47], image[..., 40])


still = {"colours": "rgb", "noise": 0, "learning_rate": 0}


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(20, 47), st.integers(20, 47))
def test_a_symmetric_start_stays_symmetric_on_any_grid(columns, rows, height, width):
    corner = torch.rand(1, 3, height, width) * 0.9 + 0.05
    start = (corner + corner.flip(-1) + corner.flip(-2) + corner.flip(-1, -2)) / 4
    drawn = (
        Pixel(grid=(columns, rows), **still)
        .build(make_env(size=(height, width), seeds=(3,), start=start))
        .draw(0)
        .detach()
    )
    # The middle of an odd canvas may lie on the border of two cells, and belongs to one of them.
    for axis, side in ((-1, width), (-2, height)):
        apart = (drawn - drawn.flip(axis)).abs().movedim(axis, 0)
        keep = [place for place in range(side) if 2 * place + 1 != side]
        middle = [place for place in keep if ((2 * place + 1) * (columns if axis == -1 else rows)) % (2 * side)]
        assert not middle or float(apart[middle].max()) < 1e-4


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 20), st.integers(20, 47), st.integers(20, 47))
def test_cells_of_the_generator_are_those_of_the_filter(cells, height, width):
    env = make_env(size=(height, width), seeds=(3,))
    pixelate = Pixelate(cells=cells).build(env)
    rows, columns = pixelate._grid
    start = torch.rand(1, 3, height, width) * 0.9 + 0.05
    env = make_env(size=(height, width), seeds=(3,), start=start)
    drawn = Pixel(grid=(columns, rows), **still).build(env).draw(0).detach()
    edges = [(drawn.diff(dim=axis).abs().sum(dim=(0, 1, -1 if axis == -2 else -2)) > 1e-6) for axis in (-1, -2)]
    known = pixelate(start, 0)
    wanted = [(known.diff(dim=axis).abs().sum(dim=(0, 1, -1 if axis == -2 else -2)) > 1e-6) for axis in (-1, -2)]
    assert all(torch.equal(one, other) for one, other in zip(edges, wanted, strict=True))


BLURS = {
    "the filter": lambda image, share: Blur(sigma=Schedule.constant(share)).build(env_of(image))(image, 0),
    "a mask's feather": blur_of_masks,
    "a loss": blur_of_losses,
    "cutouts": lambda image, share: blur_of_views(image, share, torch.ones(1)),
}


def env_of(image):
    return make_env(size=tuple(image.shape[-2:]), seeds=(3,))


@pytest.mark.parametrize("size", [(96, 96), (64, 160), (160, 64)])
@pytest.mark.parametrize("name", BLURS)
def test_a_blur_is_a_deviation_as_a_share_of_the_shorter_side(name, size):
    if name == "cutouts" and size[0] != size[1]:
        pytest.skip("views are squares")
    share = 0.05
    point = torch.zeros(1, 3, *size)
    point[..., size[0] // 2, size[1] // 2] = 1
    spread = BLURS[name](point, share)[0, 0].double().numpy()
    for axis in (0, 1):
        profile = spread.sum(axis=1 - axis)
        places = np.arange(len(profile)) - len(profile) // 2
        deviation = np.sqrt((profile * places**2).sum() / profile.sum())
        # A kernel is cut off at three deviations, which takes 1.3 % of it.
        assert deviation == pytest.approx(share * min(size), rel=0.02)
