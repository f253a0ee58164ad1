"""What moves in other programs' animations as a `film`: their numbers for a frame become rates for a second."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from artgen.importing import Context, Reader, number, shown
from artgen_imports import expressions, keyframes

MOST_FRAMES = 20_000
MOST_BETWEEN = 60
NEAREST, FURTHEST = 3.0, 1000.0
"""How many times larger things may become from one drawing to the next, and in a second."""
PAN, TILT = 0.25, 0.4
"""Shares of the width or height, and of half of them, by which a camera may move on from one drawing to the next."""
VIEW = math.tan(math.radians(20))
"""Of a camera of ours, which sees 40 degrees from top to bottom."""
MODEL = "depth-anything/Depth-Anything-V2-Small-hf"
EDGES = {
    "wrap": "wrap",
    "mirror": "mirror",
    "reflection": "mirror",
    "reflect": "mirror",
    "replicate": "extend",
    "border": "extend",
    "smear": "extend",
}


def say_video(reader: Reader, name: str) -> None:
    """That the frames of a video lead the animation, whose path stands under `name`."""
    video = shown(reader.text(name)) or "a video"
    reader.note(
        f"animation_mode: {reader.text('animation_mode')} - its frames begin with those of {video}, one by one."
    )
    reader.note("That is no film of a camera: see 'start: {video: FILE}', and 'film' for how long.")


class Motion:
    """A film in the making: its length, and the camera's numbers over it.

    Args:
        context: the import; notes stand above `film`.
        frames: how many frames the animation has, those between drawings among them.
        fps: of them in a second.
        every: 3 where every third frame is drawn.
    """

    def __init__(self, context: Context, frames: int, fps: float, every: int = 1) -> None:
        self.context, self.reader = context, context.read("film")
        self.fps, self.frames = fps, min(frames, MOST_FRAMES)
        self.every = max(1, min(every, MOST_BETWEEN + 1, self.frames // 2))
        self.camera: dict[str, Any] = {}
        self.film: dict[str, Any] = {}
        self._is_cut = False
        if frames > MOST_FRAMES:
            self.reader.note(f"{frames} frames are more than are imported; the first {MOST_FRAMES} of them.")

    @property
    def drawn(self) -> int:
        """How many frames are drawn."""
        return max(2, round(self.frames / self.every))

    def place(self, frame: float) -> int:
        """Which drawing a frame is, or comes before."""
        return round(frame / self.every)

    def numbers(self, name: str, default: float, reader: Reader | None = None, **values: float) -> list[float]:
        """A setting's value at each frame."""
        reader = reader or self.reader
        text = reader.raw(name)
        if text is None or str(text).strip() == "":
            return [default] * self.frames
        try:
            return keyframes.parse(text, self.frames, {"max_f": float(self.frames), **values})
        except expressions.UnreadableError as error:
            reader.note(f"{name}: {shown(text)} - {error}; taken as {number(default)}.")
            return [default] * self.frames

    def chosen(self, values: Sequence[float]) -> Any:
        """The values of the frames that are drawn, as a number over the film."""
        last = len(values) - 1
        return self._written([values[min(last, place * self.every)] for place in range(self.drawn)])

    def zoom(self, values: Sequence[float]) -> None:
        """How many times larger things become from frame to frame."""
        most = min(NEAREST ** (1 / self.every), FURTHEST ** (1 / self.fps))
        kept = self._within("zoom", values, 1 / NEAREST ** (1 / self.every), most)
        self._put("zoom", kept, 1, lambda value: value**self.fps)

    def pan(self, x: Sequence[float], y: Sequence[float]) -> None:
        """How far the camera moves to the right and down from frame to frame, in widths and heights."""
        for name, values in (("pan_x", x), ("pan_y", y)):
            most = min(PAN / self.every, 100 / self.fps)
            self._put(name, self._within(name, values, -most, most), 0, lambda value: value * self.fps)

    def turn(self, values: Sequence[float]) -> None:
        """Degrees by which the picture turns clockwise from frame to frame."""
        most = min(180 / self.every, 36000 / self.fps)
        self._put("turn", self._within("turn", values, -most, most), 0, lambda value: value * self.fps)

    def tilt(self, x: Sequence[float], y: Sequence[float], aspect: float) -> None:
        """Degrees by which the camera looks further to the right and up from frame to frame."""
        for name, values, share in (("tilt_x", x, min(1.0, aspect)), ("tilt_y", y, 1.0)):
            most = min(math.degrees(math.atan(TILT * share * VIEW)) / self.every, 360 / self.fps)
            self._put(name, self._within(name, values, -most, most), 0, lambda value: value * self.fps)

    def edge(self, name: str, usual: str) -> None:
        """What comes in from outside, by the program's word for it."""
        word = self.reader.text(name, usual).lower() or usual
        if word not in EDGES:
            self.reader.note(f"{name}: {shown(word)} - not here; the picture's edge is extended.")
        self.camera["edge"] = EDGES.get(word, "extend")

    def deepen(self, model: str = MODEL) -> None:
        """Give the camera a room to go through: as a model sees it, or a tunnel, which needs none."""
        self.camera["depth"] = "tunnel" if self.context.embedded else {"model": model}

    def write(self) -> None:
        """Write `film`; nothing is said of a camera that stands still."""
        made: dict[str, Any] = {"seconds": number(self.frames / self.fps), "fps": number(self.fps)}
        if self.every > 1:
            made |= self._pause()
        moving = {name: value for name, value in self.camera.items() if name not in ("edge", "depth")}
        camera = {"camera": self.camera} if moving else {}
        self.context.put("film", {**made, **self.film, **camera})

    def _pause(self) -> dict[str, int]:
        """What fills the frames between drawings: a model of depth sees only frames, so none is put between them."""
        if not isinstance(self.camera.get("depth"), dict):
            return {"between": self.every - 1}
        self.reader.note(
            f"hold: frames between drawings were moved on there; a model of depth knows only drawings. With 'depth: "
            f"tunnel' or a picture of depths, 'between: {self.every - 1}' moves on, too."
        )
        return {"hold": self.every}

    def _put(self, name: str, values: Sequence[float], still: float, turn: Callable[[float], float]) -> None:
        if any(abs(value - still) > 1e-9 for value in values):
            # What is drawn next is moved on by what all the frames up to it are.
            self.camera[name] = self._written(keyframes.averaged(values, self.every), turn)

    def _written(self, values: Sequence[float], turn: Callable[[float], float] = lambda value: value) -> Any:
        made = keyframes.written(values, turn)
        count = len(made.get("each", made)) if isinstance(made, dict) else 1
        if keyframes.MOST_VALUES == count < len(values) and not self._is_cut:
            self._is_cut = True
            self.reader.note(f"Numbers that are computed are written down for {count} frames; the last one then stays.")
        return made

    def _within(self, name: str, values: Sequence[float], low: float, high: float) -> list[float]:
        kept = [min(high, max(low, value)) for value in values]
        if kept != list(values):
            bounds = f"{number(low)} to {number(high)}"
            self.reader.note(f"{name}: moves faster than can be followed; kept within {bounds} from frame to frame.")
        return kept
