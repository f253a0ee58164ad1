"""Where a camera in a room stands after it has moved: a turn and a way, as twelve numbers.

A pose says of each point, as the new camera has it, where the old one has it: X_old = R X_new + t, [R | t] row by row.
x goes to the right, y down and z ahead, in units of the depth that lies in the middle between near and far. The camera
is a pinhole with the field of view of `artgen.picture.moving`, so that a point lies at f x / z, f y / z of the picture,
in halves of its height.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce

from artgen.picture import moving

Pose = tuple[float, ...]
"""Twelve numbers: three rows of [R | t]."""
STILL: Pose = (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
FOCAL = 1 / math.tan(math.radians(moving.FIELD_OF_VIEW / 2))
"""In halves of the picture's height."""
Vector = tuple[float, float, float]


def of_camera(
    *,
    zoom: float = 1,
    pan: tuple[float, float] = (0, 0),
    turn: float = 0,
    tilt: tuple[float, float] = (0, 0),
    centre: tuple[float, float] = (0, 0),
) -> Pose:
    """The move in a room that does to what lies in the middle depth as `moving.homography` does to all of a picture.

    The camera goes ahead until it is `zoom` times larger, and aside until it is `pan` halves of the height further.
    (A tilt comes before the pan in both; together they agree but for what the tilt makes of the depths.)
    """
    aim = (centre[0] / FOCAL, centre[1] / FOCAL, 1.0)
    cosine, sine = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    spin = _pose((cosine, sine, 0, -sine, cosine, 0, 0, 0, 1), aim)
    there = _pose(moving.STILL, (-aim[0] / zoom, -aim[1] / zoom, -aim[2] / zoom))
    look = _pose(moving.rotation(*tilt), (0, 0, 0))
    aside = _pose(moving.STILL, (pan[0] / FOCAL, pan[1] / FOCAL, 0))
    return product((aside, look, spin, there))


def _pose(turn: moving.Matrix, way: Vector) -> Pose:
    return tuple(number for row in range(3) for number in (*turn[3 * row : 3 * row + 3], way[row]))


def turn_of(pose: Pose) -> moving.Matrix:
    """R, row by row."""
    return tuple(pose[4 * row + column] for row in range(3) for column in range(3))


def way_of(pose: Pose) -> Vector:
    """t: where the new camera is, as the old one has it."""
    return pose[3], pose[7], pose[11]


def product(poses: Iterable[Pose]) -> Pose:
    """One after the other: the first one brings back to the oldest camera."""
    return reduce(_times, poses, STILL)


def _times(one: Pose, other: Pose) -> Pose:
    x, y, z = way_of(other)
    ways = [one[4 * row] * x + one[4 * row + 1] * y + one[4 * row + 2] * z + one[4 * row + 3] for row in range(3)]
    return _pose(moving.product((turn_of(one), turn_of(other))), (ways[0], ways[1], ways[2]))


def inverse(pose: Pose) -> Pose:
    """The way back."""
    turn, (x, y, z) = turn_of(pose), way_of(pose)
    back: moving.Matrix = tuple(turn[3 * row + column] for column in range(3) for row in range(3))
    ways = [-(back[3 * row] * x + back[3 * row + 1] * y + back[3 * row + 2] * z) for row in range(3)]
    return _pose(back, (ways[0], ways[1], ways[2]))


def is_rigid(pose: Pose) -> bool:
    """Whether it is a turn and a way, and nothing is stretched or mirrored."""
    turn = turn_of(pose)
    across = moving.product((turn, tuple(turn[3 * column + row] for row in range(3) for column in range(3))))
    return all(abs(a - b) < 1e-6 for a, b in zip(across, moving.STILL, strict=True)) and moving.determinant(turn) > 0


def rounded(pose: Pose) -> Pose:
    """With nine digits, as recipes hold it; one that is next to nothing is 0."""
    return tuple(float(f"{round(number, 12):.9g}") + 0.0 for number in pose)


def flat(pose: Pose, distance: float) -> moving.Matrix:
    """The homography of a wall that stands across the new camera's view: K (R + t n^T / distance) K^-1."""
    wall = list(turn_of(pose))
    for row, way in enumerate(way_of(pose)):
        wall[3 * row + 2] += way / distance
    lens, back = (FOCAL, 0, 0, 0, FOCAL, 0, 0, 0, 1), (1 / FOCAL, 0, 0, 0, 1 / FOCAL, 0, 0, 0, 1)
    # Not made normal, because the sign says whether the wall is before the old camera.
    return moving.product((lens, tuple(wall), back))
