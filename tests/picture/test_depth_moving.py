"""Cameras in a room, by an independent geometry."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from kornia.geometry.depth import warp_frame_depth

from artgen.picture import depth_moving, moving, poses

FOCAL = 1 / math.tan(math.radians(20))
RATES = st.fixed_dictionaries(
    {},
    optional={
        "zoom": st.floats(0.9, 1.5),
        "pan": st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)),
        "turn": st.floats(-180, 180),
        "tilt": st.tuples(st.floats(-10, 10), st.floats(-10, 10)),
        "centre": st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
    },
)
MOVES = [
    {"zoom": 1.1},
    {"pan": (0.1, -0.06)},
    {"turn": 12},
    {"tilt": (3, -2)},
    {"zoom": 0.9, "turn": 7, "centre": (0.3, 0.1)},
]


def _matrix(pose):
    return np.vstack([np.array(pose).reshape(3, 4), [0, 0, 0, 1]])


def _picture(height=24, width=32):
    rows, columns = np.mgrid[0:height, 0:width]
    waves = [np.sin(rows / 5 + columns / 7), np.cos(rows / 4), np.sin(columns / 5)]
    made = torch.from_numpy(np.stack(waves) / 2.5 + 0.5).float()[None]
    return torch.cat((made, torch.ones_like(made[:, :1])), dim=1)


@given(RATES, RATES)
@settings(max_examples=30)
def test_poses_are_rigid_matrices(one, other):
    first, second = poses.of_camera(**one), poses.of_camera(**other)
    assert _matrix(poses.product((first, second))) == pytest.approx(_matrix(first) @ _matrix(second), abs=1e-9)
    assert _matrix(poses.inverse(first)) == pytest.approx(np.linalg.inv(_matrix(first)), abs=1e-9)
    assert poses.is_rigid(poses.rounded(first))
    assert not poses.is_rigid((2, *first[1:]))
    assert not poses.is_rigid(tuple(-number for number in first))


@pytest.mark.parametrize("move", MOVES)
def test_what_is_all_in_the_middle_moves_as_a_flat_picture_does(move):
    """Of a wall across the view; a turned camera sees the same wall at other depths."""
    picture, middle = _picture(), torch.ones(24, 32, dtype=torch.float64)
    pose, matrix = poses.of_camera(**move), moving.homography(**move)
    after = depth_moving.seen_from(middle, pose, "mirror")
    if "tilt" not in move:
        assert after.numpy() == pytest.approx(np.full((24, 32), move.get("zoom", 1)), abs=1e-9)
        assert moving.normal(poses.flat(pose, 1 / move.get("zoom", 1))) == pytest.approx(matrix, abs=1e-9)
    made = depth_moving.moved(picture, middle, after, pose)
    assert (made - moving.moved(picture, matrix)).abs().max() < (0.02 if "tilt" in move else 1e-4)


@given(RATES, st.floats(0.05, 1))
@settings(max_examples=20, deadline=None)
def test_pixels_come_from_where_a_pinhole_camera_saw_them(move, relief):
    """A picture whose colours say the place of each pixel, through numpy's own pinhole."""
    height, width = 20, 28
    x, y = moving.places((height, width))
    near = depth_moving.plane("floor", (height, width), 0.2)
    after = depth_moving.disparity(near, relief)
    pose = poses.of_camera(**move)
    rays = np.stack([x.numpy() / FOCAL, y.numpy() / FOCAL, np.ones((height, width))]) / after.numpy()
    points = np.einsum("ij,jhw->ihw", _matrix(pose)[:3, :3], rays) + _matrix(pose)[:3, 3, None, None]
    expected = points[:2] * FOCAL / points[2]
    places = torch.stack((x, y, x, y)).float()[None] / 4 + 0.5
    made = depth_moving.moved(places, None, after, pose, "extend")[0, :2].numpy() * 4 - 2
    # To a tenth of a pixel, as near as cubic sampling comes, but at the border.
    inside = (np.abs(expected[0]) < width / height - 0.25) & (np.abs(expected[1]) < 0.75) & (points[2] > 0.01)
    assert np.abs(made - expected).max(axis=0)[inside].max(initial=0) < 0.01


def test_it_is_the_warp_of_kornia():
    """Which samples linearly, between the centres of the pixels, and knows no edges."""
    picture = _picture(33, 45)
    after = depth_moving.disparity(depth_moving.plane("tunnel", (33, 45), 0), 0.7)
    pose = poses.of_camera(zoom=1.05, pan=(0.1, 0.05), turn=3)
    focal = FOCAL * 33 / 2
    camera = torch.tensor([[focal, 0, 22], [0, focal, 16], [0, 0, 1]], dtype=torch.float64)
    theirs = warp_frame_depth(
        picture.double(), (1 / after)[None, None], torch.from_numpy(_matrix(pose))[None], camera[None]
    )
    ours = depth_moving.moved(picture, None, after, pose)
    assert (theirs - ours)[..., 4:-4, 4:-4].abs().mean() < 0.003
    assert (theirs - ours)[..., 4:-4, 4:-4].abs().max() < 0.03


def test_near_things_move_further_by_the_ratio_of_the_depths():
    """Three bars, near, in the middle and far; the camera goes aside by four pixels of the middle."""
    near = torch.tensor([1.0, 0.5, 0.0], dtype=torch.float64).repeat_interleave(8)[:, None].expand(24, 32)
    picture = torch.zeros(1, 4, 24, 32)
    picture[..., 16] = 1
    picture[:, 3] = 1
    before = depth_moving.disparity(near, 0.5)
    pose = poses.of_camera(pan=(2 * 4 / 24, 0))
    after = depth_moving.seen_from(before, pose, "mirror")
    made = depth_moving.moved(picture, before, after, pose)[0, 0]
    assert [int(made[row].argmax()) for row in (4, 12, 20)] == [10, 12, 14]
    assert made[[4, 12, 20], [10, 12, 14]] == pytest.approx(torch.ones(3), abs=1e-4)


def test_what_was_hidden_is_filled_with_what_is_far_there():
    """A red thing before a blue wall; the camera goes to the right, and the thing to the left."""
    near = torch.zeros(24, 32, dtype=torch.float64)
    near[8:16, 12:20] = 1
    picture = torch.zeros(1, 4, 24, 32)
    picture[:, 3] = 1
    picture[:, 0] = near.float()
    picture[:, 2] = 1 - near.float()
    before, pose = depth_moving.disparity(near, 0.5), poses.of_camera(pan=(2 * 6 / 24, 0))
    after = depth_moving.seen_from(before, pose, "mirror")
    made = depth_moving.moved(picture, before, after, pose)[0]
    thing = (made[0] > 0.5).nonzero()
    # By nine pixels, where the wall goes by three.
    assert (int(thing[:, 1].min()), int(thing[:, 1].max())) == (3, 10)
    assert made[0, 8:16, 12:].max() < 0.05
    assert made[2, 8:16, 12:].min() > 0.95
    assert made[3].min() == 1


def test_planes_are_those_that_are_said():
    floor = depth_moving.plane("floor", (20, 30), 0.5)
    assert floor[:10].max() == 0
    assert floor[:, 3] == pytest.approx(torch.linspace(-0.95, 0.95, 20, dtype=torch.float64).clamp(min=0))
    tunnel = depth_moving.plane("tunnel", (21, 31), 0)
    assert tunnel[10, 15] == 0
    assert tunnel[0, 0] == pytest.approx(tunnel[20, 30])
    assert 0.9 < tunnel.max() <= 1
    # Of a tunnel that the camera goes ahead in, all of the wall grows by what its own depth says, and no hole opens.
    whole = torch.ones(2, 4, 21, 31)
    disparities = depth_moving.disparity(tunnel, 1)
    assert depth_moving.moved(whole, None, disparities, poses.of_camera(zoom=1.1)).min() > 0.999


def test_holes_take_the_means_around_them():
    image, shown = torch.full((2, 3, 17, 11), 0.3), torch.ones(17, 11, dtype=torch.bool)
    shown[4:12, 2:8] = False
    image[..., 4:12, 2:8] = 9
    even = torch.ones(17, 11, dtype=torch.float64)
    assert depth_moving.filled(image, shown, even) == pytest.approx(torch.full_like(image, 0.3), abs=1e-5)
    # All around is nearer: then that has to do.
    deep = even.where(shown, 0.2)
    assert depth_moving.filled(image, shown, deep) == pytest.approx(torch.full_like(image, 0.3), abs=1e-5)
    assert depth_moving.filled(image, ~torch.zeros_like(shown), even) is image


def test_behind_a_thing_its_row_goes_on():
    """A fir before a ridge and the sky; beside it, where it stood, there is ridge up to the ridge's height."""
    near = torch.zeros(24, 32, dtype=torch.float64)
    near[12:] = 0.5
    near[4:, 14:18] = 1
    before, pose = depth_moving.disparity(near, 0.8), poses.of_camera(pan=(2 * 4 / 24, 0))
    after = depth_moving.seen_from(before, pose, "extend")
    # The fir has gone from 14..17 by seven pixels, the ridge by four, the sky by one.
    assert after[4:, 7:11] == pytest.approx(torch.full((20, 4), 1.8, dtype=torch.float64))
    assert after[12:, 11:] == pytest.approx(torch.full((12, 21), 1.0, dtype=torch.float64))
    assert after[:12, 11:] == pytest.approx(torch.full((12, 21), 0.2, dtype=torch.float64))
