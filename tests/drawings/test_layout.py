"""Cutting things out, painting them, and placing them on a canvas."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from artgen_drawings.caption import Caption, Thing
from artgen_drawings.composition import Composition
from artgen_drawings.cutout import bounds, cut, painted
from artgen_drawings.layout import arranged, compose
from artgen_drawings.packing import group, pack, unpack

WHITE = torch.ones(3, 64, 64)


def disc(*colour: float, size: int = 64, radius: float = 0.4) -> torch.Tensor:
    """(4, size, size): an even disc."""
    line = (torch.arange(size) + 0.5) / size - 0.5
    alpha = ((radius - (line[:, None] ** 2 + line[None] ** 2).sqrt()) * size + 0.5).clamp(0, 1)[None]
    return torch.cat([torch.tensor(colour).view(3, 1, 1) * alpha, alpha])


def on_white(rgba: torch.Tensor) -> torch.Tensor:
    return rgba[:3] + 1 - rgba[3:]


def test_what_is_cut_out_of_white_looks_the_same_on_white_and_is_whole_elsewhere() -> None:
    rgba = disc(0.8, 0.4, 0.1)
    mask = torch.nn.functional.avg_pool2d(rgba[3:], 4)[0]
    found = cut(on_white(rgba), mask)
    assert (on_white(found) - on_white(rgba)).abs().max() < 0.02
    assert found[3, 32, 32] == 1 and found[3, 2, 2] == 0
    assert (found[3] - rgba[3]).abs().mean() < 0.03


def test_a_white_thing_is_kept_by_its_mask() -> None:
    rgba = disc(1.0, 1.0, 1.0)
    found = cut(on_white(rgba), torch.nn.functional.avg_pool2d(rgba[3:], 4)[0])
    assert found[3, 32, 32] == 1 and found[3, 2, 2] == 0


@pytest.mark.parametrize("colour", [(0.17, 0.41, 0.87), (0.24, 0.65, 0.28), (0.12, 0.12, 0.14), (0.97, 0.97, 0.97)])
def test_paint_takes_the_colour_and_leaves_the_eyes(colour: tuple[float, float, float]) -> None:
    rgba = disc(0.9, 0.5, 0.1)
    rgba[:3, 28:34, 28:34] = 0.1
    found = painted(rgba, colour)
    assert (found[:3, 20, 32] - torch.tensor(colour)).abs().max() < 0.06
    assert (found[:3, 30, 30] - 0.1).abs().max() < 0.05
    assert torch.equal(found[3], rgba[3])


def test_what_has_the_colour_already_stays() -> None:
    fox = disc(0.93, 0.45, 0.13)
    assert torch.equal(painted(fox, (0.85, 0.16, 0.16)), fox)


def test_grey_things_can_be_painted() -> None:
    found = painted(disc(0.6, 0.6, 0.62), (0.96, 0.51, 0.71))
    assert found[0, 32, 32] > found[1, 32, 32] + 0.3


@pytest.mark.parametrize("size", [(64, 64), (64, 160), (160, 64)])
@pytest.mark.parametrize("relation", ["beside", "above", "on", "before", "inside"])
def test_two_things_are_both_seen_and_within_the_canvas(size: tuple[int, int], relation: str) -> None:
    red, blue = disc(0.9, 0.1, 0.1), disc(0.1, 0.1, 0.9)
    found = compose([red, blue], relation, torch.ones(3, *size))
    assert found.shape == (4, *size) and found.min() >= 0 and found.max() <= 1 + 1e-5
    is_red, is_blue = found[0] - found[2] > 0.5, found[2] - found[0] > 0.5
    assert is_red.sum() > 60 and is_blue.sum() > 60
    assert found[3][is_red | is_blue].min() > 0.5
    for edge in (found[3, 0], found[3, -1], found[3, :, 0], found[3, :, -1]):
        assert edge.max() < 0.5


def test_one_thing_fills_the_canvas_and_takes_its_shape() -> None:
    wide = disc(0.9, 0.1, 0.1)[:, 16:48]
    tall, long = (compose([wide], "beside", torch.ones(3, *size))[3] for size in ((64, 128), (128, 64)))
    assert (tall > 0.5).sum() > 1.5 * (long > 0.5).sum()
    _, _, left, right = bounds(torch.cat([WHITE[:, :64], long[None, :64]]))
    assert right - left > 0.85 * 64


def test_things_beside_each_other_stand_on_one_floor() -> None:
    small = disc(0.1, 0.1, 0.9)[:, 20:44]
    boxes = arranged([1.0, small.shape[2] / small.shape[1]], "beside", 100, 60)
    assert boxes[0].bottom == pytest.approx(boxes[1].bottom)


def test_a_place_has_things_on_its_floor_with_a_shadow() -> None:
    green = torch.tensor([0.5, 0.8, 0.4]).view(3, 1, 1).expand(3, 100, 100)
    found = compose([disc(0.9, 0.1, 0.1)], "beside", green, floor=0.9, shadow=True)
    rows = torch.where((found[3] > 0.5).any(1))[0]
    assert 87 <= int(rows[-1]) <= 91
    assert found[1, 91, 50] < 0.75


@given(st.lists(st.floats(0.2, 5), min_size=1, max_size=6), st.floats(20, 500), st.floats(20, 500))
def test_no_thing_of_a_row_leaves_its_room(aspects: list[float], width: float, height: float) -> None:
    boxes = arranged(aspects, "beside", width, height)
    for box, aspect in zip(boxes, aspects, strict=True):
        assert box.width / box.height == pytest.approx(aspect)
        assert box.left >= -1e-6 and box.left + box.width <= width + 1e-6
        assert box.top >= -1e-6 and box.bottom <= height + 1e-6


@pytest.mark.parametrize("columns", [4, 64, 96, 1344, 7168])
def test_six_bits_tell_a_matrix_to_a_few_per_cent(columns: int) -> None:
    value = torch.randn(9, columns, generator=torch.Generator().manual_seed(1))
    packed, scale = pack(value)
    assert packed.shape == (9, columns * 3 // 4) and scale.shape == (9, columns // group(columns))
    found = unpack(packed, scale)
    assert (found - value).abs().max() <= value.abs().max() / 31
    assert (found - value).square().mean() < 0.002


def test_a_prime_width_is_not_packed() -> None:
    assert group(325) == 0


def test_the_pot_is_for_the_thing_that_its_words_follow() -> None:
    cat, cactus = disc(0.5, 0.2, 0.8), disc(0.2, 0.7, 0.3)
    caption = Caption((Thing("cat"), Thing("cactus")), potted=True)
    found = Composition(caption, (64, 128), torch.Generator().manual_seed(0)).around([cat, cactus])
    clay = (found[0] - found[2] > 0.3) & (found[3] > 0.9)
    assert clay[:, 64:].sum() > 100 and clay[:, :64].sum() == 0
