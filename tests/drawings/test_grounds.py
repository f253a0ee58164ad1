"""Grounds are drawn exactly: any place, any time, any canvas, the same bytes for the same chances."""

import pytest
import torch
import torch.nn.functional as F

from artgen_drawings import ground

EACH = [(place, time) for place in ground.PLACES for time in ground.TIMES]


def painted(place, time, size, seed=0):
    return ground.paint(place, time, size, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("place", "time"), EACH)
def test_each_place_is_painted_at_each_time_on_odd_canvases(place, time):
    for size in ((65, 129), (129, 43)):
        image = painted(place, time, size)
        assert image.shape == (3, *size)
        assert image.dtype == torch.float32
        assert image.device.type == "cpu"
        assert torch.isfinite(image).all()
        assert image.min() >= 0
        assert image.max() <= 1
        assert image.std() > 0.02


def test_a_size_is_height_and_width_and_kept_to_the_pixel():
    assert painted("meadow", "day", (257, 511)).shape == (3, 257, 511)
    assert painted("city", "night", (511, 257)).shape == (3, 511, 257)
    assert painted("sea", "storm", (1, 1)).shape == (3, 1, 1)


@pytest.mark.parametrize("place", ground.PLACES)
def test_the_same_state_paints_the_same_bytes_and_another_seed_another_picture(place):
    first = painted(place, "day", (96, 96))
    assert torch.equal(first, painted(place, "day", (96, 96)))
    assert (first - painted(place, "day", (96, 96), seed=1)).abs().mean() > 0.005


def test_one_number_is_drawn_so_that_what_follows_does_not_depend_on_the_place():
    after = []
    for place in ("sky", "city"):
        rng = torch.Generator().manual_seed(3)
        ground.paint(place, "day", (32, 32), rng)
        after.append(torch.rand(4, generator=rng))
    assert torch.equal(*after)


@pytest.mark.parametrize(("place", "time"), EACH)
def test_a_larger_picture_is_the_same_one_but_sharper(place, time):
    for size in ((64, 64), (48, 144), (144, 48)):
        small = painted(place, time, size)
        large = F.avg_pool2d(painted(place, time, (size[0] * 2, size[1] * 2))[None], 2)[0]
        assert (small - large).abs().mean() < 0.008


@pytest.mark.parametrize("place", ground.PLACES)
def test_a_sunset_is_warmer_than_day_and_a_night_is_darker(place):
    day, sunset, night = (
        torch.stack([painted(place, time, (64, 64), seed) for seed in range(6)]) for time in ("day", "sunset", "night")
    )
    assert _warmth(sunset) > _warmth(day)
    assert night.mean() < day.mean()


def _warmth(images):
    return (images[:, 0] - images[:, 2]).mean()


def test_the_middle_is_calm_so_that_a_thing_can_stand_there():
    for place in ground.PLACES:
        image = painted(place, "day", (128, 128))
        steps = (image[:, 40:116, 45:83].diff(dim=2)).abs().mean()
        assert steps < 0.03, place


def test_what_is_unknown_is_said_with_the_names_that_are_known():
    rng = torch.Generator()
    with pytest.raises(ValueError, match="place of a ground: 'moor' is none of meadow, hills"):
        ground.paint("moor", "day", (8, 8), rng)
    with pytest.raises(ValueError, match="time of day: 'noon' is none of day, sunset, night, storm"):
        ground.paint("sea", "noon", (8, 8), rng)
    with pytest.raises(ValueError, match="no pixels"):
        ground.paint("sea", "day", (0, 8), rng)
    with pytest.raises(ValueError, match="is none of"):
        ground.floor("moor")


def test_a_thing_stands_low_and_floats_in_the_middle():
    for place in ground.PLACES:
        height = ground.floor(place)
        assert height == 0.5 if place in ground.FLOATING else 0.7 < height < 0.95


def test_an_even_ground_has_one_colour():
    image = ground.plain(torch.tensor([0.2, 1.5, 0.4]), (3, 5))
    assert image.shape == (3, 3, 5)
    assert torch.equal(image[:, 1, 2], torch.tensor([0.2, 1.0, 0.4]))
    assert image.flatten(1).std(dim=1).max() == 0


def test_a_flowerpot_stands_in_the_lower_part_of_its_square_and_hides_a_stem():
    pot = ground.flowerpot(200, None, torch.Generator().manual_seed(0))
    assert pot.shape == (4, 200, 200)
    colour, cover = pot[:3], pot[3]
    assert cover[:118].max() == 0
    assert cover[122:190, 80:120].min() == 1
    assert cover[:, :40].max() == 0
    assert (colour <= cover + 1e-6).all()
    left, right, height = ground.rim()
    assert cover[round(height * 200) + 3, round(left * 200) : round(right * 200)].min() == 1


def test_a_flowerpot_takes_a_colour_and_is_terracotta_without_one():
    blue = ground.flowerpot(64, torch.tensor([0.2, 0.4, 0.9]), torch.Generator().manual_seed(0))
    clay = ground.flowerpot(64, None, torch.Generator().manual_seed(0))
    assert blue[2].sum() > blue[0].sum()
    assert clay[0].sum() > clay[2].sum()
    assert torch.equal(clay, ground.flowerpot(64, None, torch.Generator().manual_seed(0)))
