"""Moves of a camera, by an independent geometry."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from skimage.transform import ProjectiveTransform, warp

from artgen.picture import moving

MOVES = st.fixed_dictionaries(
    {},
    optional={
        "zoom": st.floats(0.5, 2),
        "pan": st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)),
        "turn": st.floats(-180, 180),
        "tilt": st.tuples(st.floats(-10, 10), st.floats(-10, 10)),
        "centre": st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
    },
)


def _array(matrix):
    return np.array(matrix).reshape(3, 3)


@given(MOVES, MOVES)
def test_moves_are_matrices(one, other):
    first, second = moving.homography(**one), moving.homography(**other)
    both = _array(first) @ _array(second)
    assert _array(moving.product((first, second))) == pytest.approx(both, abs=1e-9)
    assert moving.determinant(first) == pytest.approx(np.linalg.det(_array(first)), abs=1e-9)
    back = np.linalg.inv(_array(first))
    assert _array(moving.inverse(first)) == pytest.approx(back / back[2, 2], abs=1e-6)


def test_directions_are_those_that_are_said():
    """The source of the middle of the right edge, or of the centre."""
    x, y = moving.source(moving.homography(zoom=2), 1, 0)
    assert (x, y) == pytest.approx((0.5, 0))
    # Clockwise: what is at the right now was at the top.
    assert moving.source(moving.homography(turn=90), 1, 0) == pytest.approx((0, -1))
    assert moving.source(moving.homography(pan=(0.5, 0.25)), 0, 0) == pytest.approx((0.5, 0.25))
    # Five degrees of a camera that sees forty from top to bottom.
    shift = math.tan(math.radians(5)) / math.tan(math.radians(20))
    assert moving.source(moving.homography(tilt=(5, 0)), 0, 0) == pytest.approx((shift, 0))
    assert moving.source(moving.homography(tilt=(0, 5)), 0, 0) == pytest.approx((0, -shift))
    assert moving.source(moving.homography(zoom=3, turn=40, centre=(0.2, -0.4)), 0.2, -0.4) == pytest.approx(
        (0.2, -0.4)
    )


def _smooth(height=40, width=56):
    rows, columns = np.mgrid[0:height, 0:width]
    waves = [np.sin(rows / 9 + columns / 11), np.cos(rows / 7), np.sin(columns / 8)]
    return np.stack(waves, axis=-1) / 2 + 0.5


@pytest.mark.parametrize(
    "move", [{"zoom": 1.3}, {"turn": 25}, {"pan": (0.3, -0.2)}, {"tilt": (6, -4)}, {"zoom": 0.9, "turn": -10}]
)
@pytest.mark.parametrize(("edge", "mode"), [("extend", "edge"), ("mirror", "symmetric"), ("wrap", "wrap")])
def test_pixels_are_those_of_scikit_image(move, edge, mode):
    picture, matrix = _smooth(), moving.homography(**move)
    height, width = picture.shape[:2]
    # From pixels to halves of the height, and back.
    to_places = np.array([[2 / height, 0, (1 - width) / height], [0, 2 / height, (1 - height) / height], [0, 0, 1]])
    there = np.linalg.inv(to_places) @ _array(matrix) @ to_places
    expected = warp(picture, ProjectiveTransform(there), order=3, mode=mode, clip=True)
    image = torch.from_numpy(picture).permute(2, 0, 1)[None].float()
    image = torch.cat((image, torch.ones_like(image[:, :1])), dim=1)
    made = moving.moved(image, matrix, edge)[0, :3].permute(1, 2, 0).numpy()
    # Another cubic kernel (Catmull-Rom's there a spline): the inside to a part in two hundred, edges nearly.
    assert np.abs(made - expected)[6:-6, 6:-6].mean() < 0.005


def test_what_does_not_move_stays():
    image = torch.rand(2, 4, 9, 14, generator=torch.Generator().manual_seed(1))
    assert moving.moved(image, moving.STILL) == pytest.approx(image, abs=1e-5)


def test_what_is_made_small_is_averaged():
    """A chequerboard from afar is grey, and no moire."""
    board = (torch.arange(64)[:, None] + torch.arange(64)) % 2
    image = board.float()[None, None].expand(1, 3, -1, -1)
    small = moving.moved(image, moving.homography(zoom=0.25), "extend")
    assert small[0, 0, 28:36, 28:36] == pytest.approx(torch.full((8, 8), 0.5), abs=0.05)


def test_outside_may_be_nothing_and_the_border_fades():
    image = torch.ones(1, 4, 40, 40)
    alpha = moving.moved(image, moving.homography(zoom=0.5), fade=0.2, outside=0)[0, 3]
    assert alpha[:8].max() == 0
    assert alpha[20, 20] == pytest.approx(1, abs=1e-4)
    middle = alpha[20, 10:20]
    assert (middle[1:] >= middle[:-1] - 1e-3).all()
    assert middle[0] < 0.3
