import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError
from scipy.signal.windows import gaussian

from artgen.api import InputError
from artgen_losses import Edge, Vignette

SIZE = (20, 30)


def random_picture(seed=0):
    return np.random.default_rng(seed).random((3, *SIZE))


def value(spec, image, env, fake_look):
    image = torch.as_tensor(np.asarray(image), dtype=torch.float32)[None]
    return spec.build(env(*image.shape[-2:]))(fake_look(image)).item()


def gradient(spec, image, env, fake_look):
    image = torch.as_tensor(image, dtype=torch.float32)[None].requires_grad_()
    spec.build(env(*image.shape[-2:]))(fake_look(image)).sum().backward()
    return image.grad[0]


@pytest.fixture
def picture(tmp_path):
    """Writes (H, W) or (3, H, W) in [0, 1] as a PNG."""

    def write(image, name="picture"):
        levels = (np.asarray(image) * 255).round().astype(np.uint8)
        path = tmp_path / f"{name}.png"
        Image.fromarray(levels if levels.ndim == 2 else levels.transpose(1, 2, 0)).save(path)
        return path

    return write


def inside(left, right, top, bottom):
    """(H, W): True where the border is not."""
    mask = np.zeros(SIZE, bool)
    mask[top : SIZE[0] - bottom, left : SIZE[1] - right] = True
    return mask


@pytest.mark.parametrize(
    ("fields", "margins"),
    [
        ({}, (1, 1, 1, 1)),
        ({"thickness": 0.2}, (4, 4, 4, 4)),
        ({"thickness": 3}, (3, 3, 3, 3)),
        ({"margins": (0.1, 0, 5, 1)}, (2, 0, 5, 1)),
        ({"thickness": 0.01}, (1, 1, 1, 1)),
        ({"thickness": 19}, (19, 19, 19, 19)),
    ],
)
def test_the_border_against_numpy(fields, margins, env, fake_look):
    image = random_picture()
    wanted = np.array([1.0, 0.0, 128 / 255])[:, None, None]
    expected = ((image - wanted) ** 2)[:, ~inside(*margins)].mean()
    assert value(Edge(colour="#ff0080", **fields), image, env, fake_look) == pytest.approx(expected, rel=1e-5)


def test_the_whole_picture_is_pulled_too_if_asked(env, fake_look):
    image = random_picture()
    squares = (image - 1) ** 2
    border = squares[:, ~inside(2, 2, 2, 2)].mean()
    for fields, expected in (
        ({"thickness": 2, "whole": 0.3}, border + 0.3 * squares.mean()),
        ({"thickness": 0, "whole": 1}, squares.mean()),
    ):
        assert value(Edge(**fields), image, env, fake_look) == pytest.approx(expected, rel=1e-5)


def test_another_pictures_border_under_a_mask(env, fake_look, picture):
    image, wanted = random_picture(), random_picture(1).round(1)
    mask = np.linspace(0, 1, SIZE[1])[None].repeat(SIZE[0], axis=0)
    mask[:10] = 0
    spec = Edge(image=picture(wanted), mask=picture(mask, "mask"), thickness=4, whole=0.5)
    squares = ((image - (wanted * 255).round() / 255) ** 2).mean(axis=0)
    mask = (mask * 255).round() / 255
    border = np.average(squares, weights=mask * ~inside(4, 4, 4, 4))
    expected = border + 0.5 * np.average(squares, weights=mask)
    assert value(spec, image, env, fake_look) == pytest.approx(expected, rel=1e-4)


def test_only_the_border_is_moved_and_towards_the_colour(env, fake_look):
    pulled = gradient(Edge(colour="black", thickness=0.1), random_picture(), env, fake_look)
    assert (pulled[:, inside(2, 2, 2, 2)] == 0).all()
    assert (pulled[:, ~inside(2, 2, 2, 2)] > 0).all()


def test_a_mask_frees_what_is_black(env, fake_look, picture):
    left = np.zeros(SIZE)
    left[:, :15] = 1
    pulled = gradient(Edge(mask=picture(left), whole=1), random_picture(), env, fake_look)
    assert (pulled[:, :, :15] < 0).all() and (pulled[:, :, 15:] == 0).all()
    turned = gradient(Edge(mask=picture(1 - left, "turned"), invert=True, whole=1), random_picture(), env, fake_look)
    np.testing.assert_array_equal(turned, pulled)


def test_a_mask_that_leaves_nothing_is_refused(env, picture):
    black, middle = picture(np.zeros(SIZE), "black"), picture(inside(5, 5, 5, 5) * 1.0, "middle")
    with pytest.raises(InputError, match=r"edge: .*black\.png: the mask leaves nothing of the picture to judge"):
        Edge(mask=black).build(env(*SIZE))
    with pytest.raises(InputError, match=r"edge: .*middle\.png: the mask leaves nothing of the border to judge"):
        Edge(mask=middle).build(env(*SIZE))
    Edge(mask=middle, thickness=0, whole=1).build(env(*SIZE))


def test_a_border_that_does_not_fit_is_refused(env):
    with pytest.raises(InputError, match="a border of 21 pixels does not fit a canvas 20 pixels high"):
        Edge(thickness=21).build(env(*SIZE))
    with pytest.raises(InputError, match="a border of 31 pixels does not fit a canvas 30 pixels wide"):
        Edge(margins=(0, 31, 0, 0)).build(env(*SIZE))


def test_the_vignette_against_scipy(env, fake_look):
    image = random_picture()
    window = np.outer(gaussian(SIZE[0], 0.2 * SIZE[0]), gaussian(SIZE[1], 0.4 * SIZE[1]))
    expected = (np.abs(image - np.array([0, 1, 0])[:, None, None]) * (1 - window)).mean()
    spec = Vignette(colour="lime", deviation=(0.4, 0.2))
    assert value(spec, image, env, fake_look) == pytest.approx(expected, rel=1e-5)


def test_a_vignette_pulls_more_the_further_out_and_nothing_at_its_centre(env, fake_look):
    spec = Vignette(colour="black", centre=(0.25, 0.75), deviation=(0.2, 0.2))
    pull = gradient(spec, np.full((3, *SIZE), 0.6), env, fake_look).mean(dim=0)
    assert (pull >= 0).all()
    assert divmod(pull.argmin().item(), SIZE[1]) == (14, 7)
    row = pull[14]
    assert (row[8:].diff() > 0).all() and (row[:7].diff() < 0).all()
    assert pull[0, -1] == pull.max()


@pytest.mark.parametrize(
    ("spec", "fields", "message"),
    [
        (Edge, {"colour": "whit"}, "no colour is called 'whit'; did you mean 'white'"),
        (Edge, {"margins": (1, 1, 1, 1), "thickness": 2}, "'margins' replaces 'thickness'"),
        (Edge, {"margins": (0, 0, 0, 0)}, "there is no border"),
        (Edge, {"thickness": 2.5}, "it counts pixels, which come whole"),
        (Edge, {"thickness": -1}, "greater than or equal to 0"),
        (Vignette, {"deviation": (0, 1)}, "greater than 0"),
        (Vignette, {"centre": (2, 0.5)}, "less than or equal to 1"),
    ],
)
def test_mistakes_are_named(spec, fields, message):
    with pytest.raises(ValidationError, match=message):
        spec(**fields)


def test_a_picture_and_a_colour_exclude_each_other(picture):
    with pytest.raises(ValidationError, match="'image' replaces 'colour'"):
        Edge(image=picture(random_picture()), colour="red")
