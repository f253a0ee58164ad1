import numpy as np
import pytest
import torch
from pydantic import ValidationError
from scipy.optimize import linear_sum_assignment
from skimage import color

from artgen.colours import channels, oklab
from artgen_losses import Palette

NAMES = ("#000000", "#b13e53", "#f4a0a0", "#ffffff")
COLOURS = torch.tensor([channels(name) for name in NAMES])


def picture(*shape, seed=0):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def areas(shares, side=20):
    """A picture of palette colours that take up these shares of it."""
    counts = [round(share * side * side) for share in shares]
    return COLOURS.repeat_interleave(torch.tensor(counts), dim=0).T.reshape(1, 3, side, side)


def value(image, env, fake_look, **fields):
    return Palette(**{"palette": NAMES, **fields}).build(env(*image.shape[-2:]))(fake_look(image))


@pytest.mark.parametrize("space", ["rgb", "oklab"])
def test_the_distance_against_numpy(space, env, fake_look):
    image = picture(2, 3, 7, 9)
    pixels, colours = image.movedim(1, -1), COLOURS
    if space == "oklab":
        pixels, colours = oklab(pixels), oklab(colours)
    distances = np.linalg.norm(pixels.numpy()[..., None, :] - colours.numpy(), axis=-1).min(-1)
    found = value(image, env, fake_look, space=space)
    np.testing.assert_allclose(found, (distances**2).mean(axis=(1, 2)), rtol=1e-4)


def test_oklab_ranks_pictures_as_another_perceptual_space_does(env, fake_look):
    """CIEDE2000 to the nearest colour, by scikit-image."""
    images = picture(30, 3, 1, 1, seed=2)
    found = value(images, env, fake_look).numpy()
    labs = (color.rgb2lab(array.numpy()) for array in (images.movedim(1, -1).reshape(30, 1, 3), COLOURS[None]))
    expected = color.deltaE_ciede2000(*labs).min(axis=1)
    ranks = (np.argsort(np.argsort(row)) for row in (found, expected))
    assert np.corrcoef(*ranks)[0, 1] > 0.7


def test_a_picture_in_palette_colours_costs_nothing(env, fake_look):
    for space in ("rgb", "oklab"):
        assert value(areas((0.1, 0.2, 0.3, 0.4)), env, fake_look, space=space).item() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("image", [picture(1, 3, 8, 8), areas((1, 0, 0, 0), 8), areas((0.5, 0.25, 0.25, 0), 8)])
def test_even_shares_against_the_best_assignment(image, env, fake_look):
    """Scipy gives each colour a quarter of the pixels, at the least cost."""
    points, colours = (oklab(t).numpy() for t in (image[0].movedim(0, -1).reshape(-1, 3), COLOURS))
    costs = ((points[:, None] - colours) ** 2).sum(-1).repeat(16, axis=1)
    rows, columns = linear_sum_assignment(costs)
    found = value(image, env, fake_look, balance=1).item()
    assert found == pytest.approx(costs[rows, columns].mean(), rel=0.12)
    half, none = (value(image, env, fake_look, balance=share).item() for share in (0.5, 0))
    assert half == pytest.approx((found + none) / 2)


def descend(image, loss, fake_look, steps=100):
    behind = torch.logit(image, eps=1e-3).requires_grad_()
    optimiser = torch.optim.Adam([behind], lr=0.05)
    for _ in range(steps):
        optimiser.zero_grad()
        loss(fake_look(behind.sigmoid())).sum().backward()
        assert behind.grad.isfinite().all()
        optimiser.step()
    return behind.detach().sigmoid()


@pytest.mark.parametrize("space", ["rgb", "oklab"])
def test_descent_brings_every_pixel_to_a_palette_colour(space, env, fake_look):
    image = descend(picture(1, 3, 8, 8), Palette(palette=NAMES, space=space).build(env(8, 8)), fake_look)
    distances = (image.movedim(1, -1)[..., None, :] - COLOURS).norm(dim=-1).min(-1).values
    assert distances.mean() < 0.05


def test_balance_brings_in_the_colours_that_are_missing(env, fake_look):
    """Greys go to the nearest colours alone, unless all are to be used alike."""
    start = 0.5 + 0.2 * (picture(1, 3, 8, 8) - 0.5)
    used = []
    for balance in (0, 1):
        loss = Palette(palette=NAMES, balance=balance).build(env(8, 8))
        image = descend(start, loss, fake_look)
        near = (image.movedim(1, -1)[..., None, :] - COLOURS).norm(dim=-1).argmin(-1)
        used.append(np.bincount(near.flatten(), minlength=4).min() / 64)
    assert used[0] == 0
    assert used[1] > 0.2


@pytest.mark.parametrize("fields", [{}, {"balance": 1}, {"space": "rgb", "balance": 0.5}], ids=str)
def test_the_gradient_is_finite_on_flat_pictures(fields, env, fake_look):
    image = torch.cat((torch.zeros(1, 3, 5, 4), torch.ones(1, 3, 5, 4), torch.full((1, 3, 5, 4), 0.5))).requires_grad_()
    value(image, env, fake_look, **fields).sum().backward()
    assert image.grad.isfinite().all()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"palette": "red", "balance": 1}, "this palette has one"),
        ({"balance": 1.5}, "less than or equal to 1"),
        ({"palette": "crimsn"}, "did you mean 'crimson'"),
    ],
)
def test_mistakes_are_named(fields, message):
    with pytest.raises(ValidationError, match=message):
        Palette(**{"palette": NAMES, **fields})
