"""How Disco Diffusion and Deforum move the last frame, as a camera of ours does.

In two dimensions by OpenCV: ``warpPerspective(image, getRotationMatrix2D(centre, angle, zoom) @ shift)``, a picture
that is first shifted by pixels, then turned against the clock and made larger. The camera goes the other way.

In three dimensions (Disco's ``disco_xform_utils.py``, whose `transform_image_3d` Deforum has taken over), each place
(x, y) of the picture, in [-1, 1], is a point at its depth z. It is turned, shifted by ``[-x, y, -z] / 200`` and seen by
a camera with the focal length 1 / tan(fov / 2); what it moves by is taken off the place. So to first order, of a thing
at the depth z, with the focal length f: a shift by x moves the camera f x / (400 z) widths to the right, one by y as
many heights up, one by z ahead; `rotation_3d_y` looks to the right, `rotation_3d_x` up, and `rotation_3d_z` turns the
picture against the clock, f / z times as far as it says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from artgen.importing import number
from artgen_imports.motion import VIEW, Motion

UNIT = 1 / 200
MIDDLE = 2.0
"""The depth at which most of a picture lies for AdaBins and MiDaS as both programs mix them."""
NEAR = 0.05


def flat(motion: Motion, size: tuple[int, int], flips: bool = False) -> None:
    """The camera of an animation in two dimensions."""
    width, height = size
    motion.zoom(motion.numbers("zoom", 1))
    x, y = (motion.numbers(name, 0) for name in ("translation_x", "translation_y"))
    motion.pan([-value / width for value in x], [-value / height for value in y])
    motion.turn([-value for value in motion.numbers("angle", 0)])
    if flips:
        motion.reader.note("The perspective flips are not read; see 'tilt_x' and 'tilt_y' of the camera.")


def deep(motion: Motion, size: tuple[int, int], view: float, squeezed: bool, depth: float = MIDDLE) -> None:
    """The camera of an animation in three dimensions.

    Args:
        motion: the film.
        size: width and height.
        view: its camera's field of view, in degrees.
        squeezed: whether its camera knows the picture's aspect, as Deforum's does.
        depth: of what its numbers are those.
    """
    focal, aspect = 1 / math.tan(math.radians(view) / 2), size[0] / size[1]
    wide = aspect if squeezed else 1
    x, y, z = (motion.numbers(f"translation_{axis}", 0) for axis in "xyz")
    around_x, around_y, around_z = (motion.numbers(f"rotation_3d_{axis}", 0) for axis in "xyz")
    # Where their camera knows the aspect, it goes ahead less far across than down.
    motion.zoom([math.sqrt(nearer(value, focal / wide, depth) * nearer(value, focal, depth)) for value in z])
    share = focal * UNIT / (2 * depth)
    motion.pan([value * share / wide for value in x], [-value * share for value in y])
    motion.turn([-value * focal / depth for value in around_z])
    motion.tilt(seen(around_y, focal * aspect / wide), seen(around_x, focal), aspect)
    if motion.camera:
        motion.reader.note(
            f"The camera's numbers are those of things at a depth of {number(depth)}, about where most of a picture "
            f"lies there, seen at {number(view)} degrees; a camera here sees 40, and its room has a 'relief'."
        )


def nearer(ahead: float, focal: float, depth: float) -> float:
    """How many times larger what lies at `depth` becomes."""
    left = max(NEAR * depth, depth - ahead * UNIT)
    return 1 / max(1 / 3, 1 - focal * (1 / left - 1 / depth))


def seen(degrees: Sequence[float], focal: float) -> list[float]:
    """By how many degrees our camera turns to see things move as far."""
    tangents = (math.tan(math.radians(min(60.0, max(-60.0, value)))) for value in degrees)
    return [math.degrees(math.atan(tangent * focal * VIEW)) for tangent in tangents]
