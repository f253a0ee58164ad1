"""A preset that makes a film: how long it is, how its camera moves, and what each frame keeps of the last.

::

    film:
      seconds: 6
      fps: 12
      steps_per_frame: 4
      camera: {zoom: 1.3, turn: {0: 5, 50%: -5}}
      loop: true
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from artgen.fields.block import Block
from artgen.fields.moments import Timeline
from artgen.fields.paths import InputFile
from artgen.fields.schedules import Schedule, Within
from artgen.fields.widgets import Point, Slider
from artgen.picture import moving, poses
from artgen.preset.settings.depth import DepthField

MAX_FRAMES = 100_000
MOST_BETWEEN = 60
LEAD = 0.4
_STILL = Schedule.constant(0)
_ONE = Schedule.constant(1)


class Camera(Block):
    """How the camera moves between two frames; every number is a rate, for one second, and may change over the film."""

    zoom: Annotated[Schedule, Within(gt=0, le=1000), Slider(0.5, 2, scale="log")] = _ONE
    """How many times larger things become in a second; less than 1 moves away from them."""
    pan_x: Annotated[Schedule, Within(ge=-100, le=100), Slider(-0.5, 0.5)] = _STILL
    """How many widths of the picture the camera moves to the right in a second."""
    pan_y: Annotated[Schedule, Within(ge=-100, le=100), Slider(-0.5, 0.5)] = _STILL
    """How many heights of the picture the camera moves down in a second."""
    turn: Annotated[Schedule, Within(ge=-36000, le=36000), Slider(-90, 90, unit="°")] = _STILL
    """Degrees by which the picture turns clockwise in a second."""
    tilt_x: Annotated[Schedule, Within(ge=-360, le=360), Slider(-45, 45, unit="°")] = _STILL
    """Degrees by which the camera looks further to the right in a second, as one with a view of 40 degrees does."""
    tilt_y: Annotated[Schedule, Within(ge=-360, le=360), Slider(-45, 45, unit="°")] = _STILL
    """Degrees by which the camera looks further up in a second."""
    centre: Annotated[tuple[float, float], Point()] = (0.5, 0.5)
    """The place that stays under zoom and turn: shares of the width and the height, from the upper left."""
    edge: Literal["mirror", "extend", "wrap"] = "mirror"
    """What comes in from outside: the picture mirrored, its edge extended, or its other side."""
    depth: DepthField | None = None
    """How far each place is away: floor, tunnel, a picture (white is near), or a model. The camera then goes through
    the room, ahead by `zoom` and aside by `pan_x` and `pan_y`; the numbers are those of things in the middle."""

    def matrix(self, frame: int, timeline: Timeline, aspect: float, share: float = 1) -> moving.Matrix:
        """The move that leads to `frame`, from 1 on, or a share of it; `aspect` is the pictures' width over height."""
        return moving.homography(**self._move(frame, timeline, aspect, share))

    def pose(self, frame: int, timeline: Timeline, aspect: float, share: float = 1) -> poses.Pose:
        """The same where there is `depth`."""
        return poses.of_camera(**self._move(frame, timeline, aspect, share))

    def _move(self, frame: int, timeline: Timeline, aspect: float, share: float) -> moving.CameraMove:
        seconds = share / timeline.fps
        at = {
            name: getattr(self, name).at_frame(frame, timeline) * seconds
            for name in ("pan_x", "pan_y", "turn", "tilt_x", "tilt_y")
        }
        return {
            "zoom": self.zoom.at_frame(frame, timeline) ** seconds,
            "pan": (2 * at["pan_x"] * aspect, 2 * at["pan_y"]),
            "turn": at["turn"],
            "tilt": (at["tilt_x"], at["tilt_y"]),
            "centre": ((2 * self.centre[0] - 1) * aspect, 2 * self.centre[1] - 1),
        }

    def between(self, first: int, last: int, timeline: Timeline, aspect: float) -> moving.Matrix:
        """All the moves that lead from frame `first` to frame `last`, as one."""
        return moving.product(self.matrix(frame, timeline, aspect) for frame in range(first + 1, last + 1))

    def way(self, first: int, last: int, timeline: Timeline, aspect: float) -> poses.Pose:
        """The same where there is `depth`."""
        return poses.product(self.pose(frame, timeline, aspect) for frame in range(first + 1, last + 1))


class Film(Block):
    """A film: a row of pictures, each of which begins with the one before, as the camera has moved meanwhile."""

    seconds: Annotated[float, Field(gt=0, le=36_000), Slider(1, 60, unit="s")]
    """How long it is."""
    fps: Annotated[float, Field(gt=0, le=120), Slider(1, 60)] = 12
    """Frames in a second."""
    hold: Annotated[int, Field(ge=1, le=120), Slider(1, 8)] = 1
    """For how many frames each picture is shown; 2 is what animators call on twos."""
    between: Annotated[int, Field(ge=0, le=MOST_BETWEEN), Slider(0, 8)] = 0
    """How many pictures are put between two that are drawn: both as the camera has them there, one fading into the
    other. Only the film's file shows them; what is drawn at 6 frames in a second and has 3 between is shown at 24."""
    bpm: Annotated[float, Field(gt=0, le=1000), Slider(40, 240)] | None = None
    """Beats in a minute, for moments such as 8b."""
    song: Annotated[InputFile | None, Field(exclude=True)] = None
    """What is heard, in the film's file; by default the first song that a number follows. No recipe names it."""
    first_steps: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """How many steps the first picture takes; default: the preset's `steps`."""
    steps_per_frame: Annotated[Schedule, Within(ge=1, le=1_000_000), Slider(1, 50)] = Schedule.constant(5)
    """How many steps each picture after it takes; a fraction is rounded."""
    keep: Annotated[Schedule, Within(gt=0, le=1)] = _ONE
    """How much of the last picture the next one begins with; the rest is the preset's `start` or `draft`."""
    camera: Camera = Camera()
    """How the camera moves."""
    loop: bool = False
    """true: its end leads into its beginning, in pictures and in numbers."""
    lead: Annotated[float, Field(gt=0, le=1)] = LEAD
    """Of a loop: the share of it, at its end, in which it goes back to its first frame."""

    def misfits(self) -> Iterator[str]:
        if self.count > MAX_FRAMES:
            yield f"{self.count} pictures are too many; at most {MAX_FRAMES}"
        if self.lead != LEAD and not self.loop:
            yield "'lead' belongs to 'loop: true'"
        if self.between and self.hold > 1:
            yield "'hold' shows a picture again where 'between' puts others; give one of them"
        if self.between and self.camera.depth and self.camera.depth.model:
            yield "'between' needs depths that do not come from a model, which sees only frames"
        if self.count < 2:
            yield "a film has two pictures at least; give more 'seconds' or 'fps', or less 'hold'"

    @property
    def count(self) -> int:
        """How many pictures are drawn."""
        return round(self.seconds * self._drawn)

    @property
    def timeline(self) -> Timeline:
        """How the pictures that are drawn lie in time."""
        lead = max(1, round(self.lead * self.count)) if self.loop else 0
        return Timeline(self.count, self._drawn, self.bpm, lead)

    @property
    def _drawn(self) -> float:
        """How many pictures are drawn for a second."""
        return self.fps / (self.hold * (self.between + 1))
