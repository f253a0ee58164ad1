"""pytti's animations: how far it moves a picture from frame to frame, by functions of the time in seconds.

In two dimensions (``zoom_2d`` of pytti-core's ``Transforms.py``) the place (x, y) of the new picture comes from
``((width - zoom_x) / width * x, ...)``, turned clockwise by `rotate_2d`, `translate_x` pixels to the left and
`translate_y` down: the picture becomes larger, turns against the clock, and goes right and up.

In three (``zoom_3d``) a place at the depth d, in halves of the height, is a point that is moved by ``(x, -y, z)``
pixels and turned by a quaternion; what a camera with the focal length f = 1 / tan(fov / 2) sees it move by is taken off
the place, without the mean over the picture where `lock_camera` is on. So a thing at d is moved by f x / d, and turned
by f / d of the angle. AdaBins tells depths of 0 to 10 m, which lie between the near and the far plane.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from artgen.importing import Context, Reader, number, shown
from artgen_imports import expressions, warps
from artgen_imports.motion import Motion, say_video

MIDDLE = 0.3
"""The depth that most things in a room have for AdaBins, as a share of its 10 m."""
_STILL_TURN = "[1, 0, 0, 0]"


@dataclass(frozen=True)
class Animation:
    """A film, and how pytti's steps lie in it."""

    motion: Motion
    is_deep: bool
    before: int
    """Steps until the first frame is done."""
    each: int
    """Steps of each frame after it."""

    def frame(self, step: float) -> int:
        """The frame that is drawn at a step."""
        return max(0, 1 + math.floor((step - self.before) / self.each))


def opened(context: Context, steps: int) -> Animation | None:
    """The film that `steps` steps make; None of one picture."""
    reader = context.read("film")
    # Where nothing is quoted, YAML reads pytti's own "off" as false.
    mode = reader.text("animation_mode", "off").lower()
    if mode == "video source":
        say_video(reader, "video_path")
    if mode not in ("2d", "3d"):
        return None
    before, each = (reader.whole(name, usual, 0, 10**6) for name, usual in _STEPS)
    each = max(1, each)
    frames = 1 + max(0, steps - before) // each
    if frames < 2:
        reader.note(f"animation_mode: {mode.upper()} - nothing moves within {steps} steps.")
        return None
    motion = Motion(context, frames, reader.number("frames_per_second", 12, 1, 120))
    motion.film["steps_per_frame"] = each
    return Animation(motion, mode == "3d", max(1, before), each)


_STEPS = (("pre_animation_steps", 100), ("steps_per_frame", 50))


def write(animation: Animation, size: tuple[float, float]) -> None:
    """Write `film`; `size` is that of pytti's own picture, in its pixels."""
    motion = animation.motion
    if animation.is_deep:
        _deep(motion, size)
    else:
        _flat(motion, size)
    motion.edge("infill_mode", "wrap")
    sampling = motion.reader.text("sampling_mode", "bicubic")
    if sampling != "bicubic":
        motion.reader.note(f"sampling_mode: {shown(sampling)} - frames are sampled bicubically here.")
    if motion.reader.raw("reset_lr_each_frame") is False:
        motion.reader.note("reset_lr_each_frame: false - each frame is a run of its own here, which begins anew.")
    motion.write()


def _flat(motion: Motion, size: tuple[float, float]) -> None:
    width, height = size
    numbers = [over_time(motion.reader, motion, name, 0) for name in ("zoom_x_2d", "zoom_y_2d")]
    across, down = (
        [side / max(side / 3, side - value) for value in one] for one, side in zip(numbers, size, strict=True)
    )
    if any(abs(x - y) > 0.002 for x, y in zip(across, down, strict=True)):
        motion.reader.note("zoom_x_2d, zoom_y_2d: zoom is the same in both directions here; their mean.")
    motion.zoom([math.sqrt(x * y) for x, y in zip(across, down, strict=True)])
    x, y = (over_time(motion.reader, motion, name, 0) for name in ("translate_x", "translate_y"))
    motion.pan([-value / width for value in x], [value / height for value in y])
    motion.turn([-value for value in over_time(motion.reader, motion, "rotate_2d", 0)])


def _deep(motion: Motion, size: tuple[float, float]) -> None:
    reader, aspect = motion.reader, size[0] / size[1]
    near, far = (reader.number(name, usual, 0, 1e6) for name, usual in (("near_plane", 1), ("far_plane", 10_000)))
    middle = max(1.0, near + MIDDLE * (far - near))
    depth, focal = middle * 2 / size[1], 1 / math.tan(math.radians(reader.number("field_of_view", 60, 1, 170)) / 2)
    known = {"r": near, "R": far, "mu": middle}
    x, y, z = (over_time(reader, motion, f"translate_{name}", 0, known) for name in ("x", "y", "z_3d"))
    around_x, around_y, around_z = _turns(motion, known)
    motion.zoom([warps.nearer(value * 2 / size[1], focal, depth) for value in z])
    motion.turn([value * focal / depth for value in around_z])
    moves = [-value * focal / (2 * middle * aspect) for value in x], [value * focal / (2 * middle) for value in y]
    if "lock_camera" not in reader or reader.flag("lock_camera"):
        if any(map(any, (*moves, around_x, around_y))):
            reader.note("lock_camera: what pans and tilts all of the picture was taken off there; it is left out here.")
    else:
        motion.pan(*moves)
        motion.tilt(warps.seen(around_y, focal), warps.seen(around_x, focal), aspect)
    motion.deepen()
    if len(motion.camera) > 1:
        reader.note(
            f"depth: AdaBins there, with near_plane {number(near)} and far_plane {number(far)}; another model here. "
            f"The camera's numbers are those of things {number(middle)} pixels away, about where most of a room lies."
        )


def _turns(motion: Motion, known: dict[str, float]) -> tuple[list[float], list[float], list[float]]:
    """Degrees about x, y and z, of the quaternion ``[w, x, y, z]`` at each frame."""
    text = _told(motion.reader, "rotate_3d", _STILL_TURN)
    still = [0.0] * motion.frames
    read = expressions.items(text, frozenset({"t", *known}))
    if read is None or len(read) != 4:
        motion.reader.note(f"rotate_3d: {shown(text)} - is no list of four numbers; nothing turns.")
        return still, still, still
    try:
        parts = [[one({**known, "t": at}) for at in times(motion)] for one in read]
    except expressions.UnreadableError as error:
        motion.reader.note(f"rotate_3d: {shown(text)} - {error}; nothing turns.")
        return still, still, still
    turns = [_degrees(w, (x, y, z)) for w, x, y, z in zip(*parts, strict=True)]
    return [x for x, _, _ in turns], [y for _, y, _ in turns], [z for _, _, z in turns]


def _degrees(real: float, axis: Sequence[float]) -> tuple[float, float, float]:
    length = math.hypot(*axis)
    if not length:
        return 0.0, 0.0, 0.0
    angle = 2 * math.degrees(math.atan2(length, real))
    angle -= 360 * (angle > 180)
    x, y, z = (part / length * angle for part in axis)
    return x, y, z


def over_time(
    reader: Reader, motion: Motion, name: str, default: float, known: dict[str, float] | None = None
) -> list[float]:
    """A setting's value at each frame, of which frame 1 is the first that moves."""
    text = _told(reader, name, str(default))
    try:
        read = expressions.parse(text, frozenset({"t", *(known or {})}))
        return [read({**(known or {}), "t": at}) for at in times(motion)]
    except expressions.UnreadableError as error:
        reader.note(f"{name}: {shown(text)} - {error}; taken as {number(default)}.")
        return [default] * motion.frames


def _told(reader: Reader, name: str, default: str) -> str:
    value = reader.raw(name)
    return default if value is None or value == "" else str(value)


def times(motion: Motion) -> list[float]:
    """The seconds at which pytti asks for the numbers of each frame."""
    return [max(0, frame - 1) / motion.fps for frame in range(motion.frames)]
