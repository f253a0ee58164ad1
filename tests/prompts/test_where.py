"""How a prompt's `where` becomes a region."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from artgen.errors import InputError
from artgen.prompts import Where

SIZES = st.tuples(st.integers(3, 40), st.integers(3, 40))
SHARES = {"left": 0.5, "right": 0.5, "top": 0.5, "bottom": 0.5, "centre": 0.5, "top-left": 0.25, "bottom-right": 0.25}


@pytest.mark.parametrize(("place", "share"), SHARES.items())
def test_a_place_covers_its_share_of_the_picture(place, share):
    for size in ((60, 60), (41, 90), (120, 31)):
        region = Where(place=place, soft=0).region(size)
        assert region.shape == size
        assert float(region.mean()) == pytest.approx(share, abs=0.01)
        inverse = Where(place=place, soft=0, invert=True).region(size)
        torch.testing.assert_close(region + inverse, torch.ones(size))


def test_places_lie_where_they_say():
    def middle(place):
        y, x = ndimage.center_of_mass(Where(place=place).region((50, 80)).numpy())
        return (round(float(y), 1), round(float(x), 1))

    assert middle("centre") == (24.5, 39.5)
    assert middle("left")[1] < 25 < 55 < middle("right")[1]
    assert middle("top")[0] < 15 < 35 < middle("bottom")[0]
    assert middle("bottom-left")[0] > 30 and middle("bottom-left")[1] < 25
    assert middle("top-right")[0] < 20 and middle("top-right")[1] > 55


@given(SIZES, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_box_covers_its_area(size, a, b, c, d):
    left, right = sorted((a, b))
    top, bottom = sorted((c, d))
    if right - left < 0.05 or bottom - top < 0.05:
        return
    region = Where(box=(left, top, right, bottom), soft=0).region(size)
    assert float(region.sum()) == pytest.approx((right - left) * (bottom - top) * size[0] * size[1], rel=1e-3)
    assert float(region.min()) >= 0
    assert float(region.max()) <= 1


@pytest.mark.parametrize("soft", [0.05, 0.3, 1])
def test_the_border_fades_like_a_gaussian(soft):
    size = (48, 70)
    hard = Where(box=(0.2, 0.1, 0.75, 0.6), soft=0).region(size).numpy()
    expected = ndimage.gaussian_filter(hard, soft * 48 / 4, mode="nearest", truncate=4)
    np.testing.assert_allclose(Where(box=(0.2, 0.1, 0.75, 0.6), soft=soft).region(size), expected, atol=2e-4)


def test_a_mask_is_read_as_it_is(tmp_path):
    y, x = np.mgrid[0:20, 0:30]
    grey = ((x * 255) // 29).astype("uint8")
    opaque = np.where(y < 10, 255, 0).astype("uint8")
    Image.merge("LA", [Image.fromarray(grey), Image.fromarray(opaque)]).save(tmp_path / "mask.png")
    region = Where(mask=tmp_path / "mask.png").region((20, 30))
    np.testing.assert_allclose(region[:10], grey[:10] / 255, atol=0.01)
    assert float(region[10:].max()) == 0


def test_a_part_without_pixels_is_refused(tmp_path):
    Image.new("L", (8, 8), 0).save(tmp_path / "black.png")
    for where in (Where(mask=tmp_path / "black.png"), Where(box=(0, 0, 1, 1), invert=True)):
        with pytest.raises(InputError, match=r"^where: nothing is left of a picture of 9x7; choose a larger part$"):
            where.region((7, 9))
