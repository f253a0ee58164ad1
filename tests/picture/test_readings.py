"""Other ways to read a picture, against numpy and scipy."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from artgen.errors import RunError
from artgen.picture import readings
from artgen.testing import make_image

SIZES = ((24, 32), (9, 7), (1, 5), (1, 1))


def numbers(size, batch=2):
    """(B, 3, H, W) in which every pixel is another number."""
    count = batch * 3 * size[0] * size[1]
    return (torch.arange(count, dtype=torch.float32) / count).reshape(batch, 3, *size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_turn_is_clockwise_and_is_turned_back(size, angle):
    image = numbers(size)
    turned = readings.rotate(image, angle)
    # numpy turns from the first axis to the second: from down to right, which is against the clock.
    np.testing.assert_array_equal(turned, np.rot90(image, -angle // 90, axes=(2, 3)))
    assert torch.equal(readings.rotate(turned, 360 - angle), image)


def test_what_is_on_top_comes_to_the_right():
    image = torch.zeros(1, 3, 4, 6)
    image[:, :, 0] = 1
    assert readings.rotate(image, 90)[:, :, :, -1].all() and readings.rotate(image, 90).sum() == 18


@pytest.mark.parametrize("blur", [0.03, 0.2, 0.5])
def test_far_is_a_gaussian_and_near_the_rest(blur):
    image = make_image().detach()
    expected = [
        ndimage.gaussian_filter(plane, blur * 24, mode="nearest", truncate=4) for plane in image.flatten(0, 1).numpy()
    ]
    far = readings.low_pass(image, blur)
    np.testing.assert_allclose(far.flatten(0, 1), np.stack(expected), atol=2e-4)
    near = readings.high_pass(image, blur)
    torch.testing.assert_close(near, (image - far + 0.5).clamp(0, 1))
    inside = (image - far).abs() < 0.5
    torch.testing.assert_close((near + far - 0.5)[inside], image[inside])


def test_a_waves_contrast_falls_as_the_gaussian_says():
    cycles, side = 6, 96
    wave = 0.5 + 0.4 * torch.cos(torch.arange(side) * 2 * torch.pi * cycles / side).expand(1, 3, side, side)
    seen = readings.low_pass(wave, 0.03)[..., 20:76]
    # The transform of a Gaussian of deviation s is exp(-2 (pi s f)^2).
    assert float(seen.max() - 0.5) / 0.4 == pytest.approx(np.exp(-2 * (np.pi * 0.03 * cycles) ** 2), abs=0.01)


@pytest.mark.parametrize(
    ("size", "columns", "rows"), [((24, 32), 4, 3), ((8, 8), 2, 2), ((6, 4), 1, 3), ((5, 9), 9, 5)]
)
def test_a_jigsaw_moves_every_tile_and_no_pixel_is_lost(size, columns, rows):
    image = numbers(size)
    mixed = readings.jigsaw(image, columns, rows, seed=3)
    order = readings.tile_order(columns * rows, 3).tolist()
    height, width = size[0] // rows, size[1] // columns

    def tile(picture, number):
        y, x = number // columns * height, number % columns * width
        return picture[:, :, y : y + height, x : x + width]

    assert sorted(order) == list(range(columns * rows))
    for place, origin in enumerate(order):
        assert place != origin and torch.equal(tile(mixed, place), tile(image, origin))
    # Put back by the inverse order, it is what it was.
    back = torch.empty_like(image)
    for place, origin in enumerate(order):
        tile(back, origin).copy_(tile(mixed, place))
    assert torch.equal(back, image)


def test_a_jigsaws_order_is_its_seeds_and_no_runs():
    torch.manual_seed(1)
    first = readings.tile_order(16, 0).tolist()
    # Kept here, because prints are cut by it: it may never change.
    assert first == FIRST
    assert first != readings.tile_order(16, 1).tolist()


FIRST = [7, 2, 12, 14, 13, 4, 15, 11, 5, 6, 0, 9, 3, 10, 8, 1]


def test_a_jigsaw_of_a_side_that_does_not_divide_is_brought_to_one_that_does():
    image = make_image(size=(25, 31)).detach()
    mixed = readings.jigsaw(image, 4, 4, 0)
    fitted = torch.nn.functional.interpolate(image, (28, 32), mode="bilinear", antialias=True)
    assert torch.equal(mixed, readings.jigsaw(fitted, 4, 4, 0)) and mixed.shape == (2, 3, 28, 32)


@pytest.mark.parametrize("size", [(24, 32), (9, 7), (8, 9)])
@pytest.mark.parametrize("angle", [180, 90, -90, 37])
def test_the_disc_turns_and_nothing_around_it(size, angle):
    image = make_image(size=size).detach()
    seen = readings.inner_circle(image, angle).numpy()
    y, x = (np.arange(side) + 0.5 - side / 2 for side in size)
    inside = np.hypot(y[:, None], x) < 0.4 * min(size)
    np.testing.assert_array_equal(seen[:, :, ~inside], image.numpy()[:, :, ~inside])
    turn = np.radians(angle)
    down, across = np.meshgrid(y, x, indexing="ij")
    places = [
        np.cos(turn) * down - np.sin(turn) * across + size[0] / 2 - 0.5,
        np.cos(turn) * across + np.sin(turn) * down + size[1] / 2 - 0.5,
    ]
    expected = [ndimage.map_coordinates(plane, places, order=1) for plane in image.flatten(0, 1).numpy()]
    np.testing.assert_allclose(seen.reshape(6, *size)[:, inside], np.stack(expected)[:, inside], atol=1e-4)


def test_a_half_turn_of_the_disc_is_undone_by_another():
    image = numbers((24, 31))
    assert torch.equal(readings.inner_circle(readings.inner_circle(image, 180), 180), image)


def test_a_clockwise_disc_brings_the_top_to_the_right():
    image = torch.zeros(1, 3, 20, 20)
    image[:, :, :10] = 1
    seen = readings.inner_circle(image, 90)
    assert seen[0, 0, 10, 15] == pytest.approx(1, abs=1e-4) and seen[0, 0, 9, 4] == pytest.approx(0, abs=1e-4)


WAYS = {
    "turned": lambda image: readings.rotate(image, 90),
    "far": lambda image: readings.low_pass(image, 0.1),
    "near": lambda image: readings.high_pass(image, 0.1),
    "jigsaw": lambda image: readings.jigsaw(image, 2, 3, 0),
    "disc": lambda image: readings.inner_circle(image, 30),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_gradient_is_the_reading_s_own(way):
    image = (0.3 + 0.4 * torch.rand(1, 3, 5, 4, dtype=torch.float64)).requires_grad_()
    assert torch.autograd.gradcheck(way, image, eps=1e-6, atol=1e-5)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_picture_of_a_batch_is_read_as_alone(way):
    image = make_image(3).detach()
    whole = way(image)
    assert all(torch.equal(whole[i], way(image[i : i + 1])[0]) for i in range(3))
    assert float(whole.min()) >= -1e-6 and float(whole.max()) <= 1 + 1e-6


@pytest.mark.parametrize("made", [torch.zeros(2, 1, 4, 4), torch.zeros(1, 3, 4, 4), torch.zeros(2, 3, 0, 4)])
def test_a_change_that_gives_no_picture_is_refused(made):
    with pytest.raises(RunError, match=r"^a change of the picture returned .*; expected \(2, 3, h, w\)$"):
        readings.changed(torch.zeros(2, 3, 4, 4), lambda image: made)
