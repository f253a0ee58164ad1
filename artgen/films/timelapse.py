"""The growth of one picture as a film: a reporter that keeps some of the steps, and writes them at the end."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from artgen.api import Result, StepEvent
from artgen.fields.paths import RUN_FILE
from artgen.files import atomic_path, write_text
from artgen.films.formats.encoding import best_format, encode
from artgen.picture import decoding, images
from artgen.picture.hashing import pixel_hash
from artgen.recipe.saving import visible_part
from artgen.results import picture_tensor
from artgen.video.ffmpeg import GET_IT

NAME = "timelapse"
"""What the film is called in the folder of a run, before its suffix."""
FOLDER = ".timelapse"
"""Where its frames are kept in the folder of the run, until it is finished."""
MOST_FRAMES = 240
LONG, SHORT = 30, 6
"""Frames in a second: of a run of many steps, and of one of few."""
GROWTH = 5
"""Seconds that the growth of a short run takes."""
HELD = 1.5
"""Seconds for which the finished picture is shown."""
SMALLEST, LARGEST = 256, 1024
"""The longer side of a frame, in pixels: smaller pictures are enlarged by a whole number, larger ones are reduced."""
_OWNER = "run.sha256"
"""The file that says of which run the frames are."""


class Timelapse:
    """A reporter that keeps frames of a run in its folder, at most `MOST_FRAMES` of each picture of the batch.

    A run that is resumed goes on with the frames that it has kept; those of another run are taken away.
    """

    def __init__(self, run: Path) -> None:
        self.run, self.folder = run, run / FOLDER
        self.moments: list[int] = []

    @staticmethod
    def is_kept(run: Path) -> bool:
        """Whether a run in this folder was stopped that makes one."""
        identity, owner = _identity(run), run / FOLDER / _OWNER
        return bool(identity) and owner.is_file() and owner.read_bytes() == identity.encode()

    def on_start(self, steps: int) -> None:
        count = min(steps, MOST_FRAMES)
        self.moments = sorted({round(i * (steps - 1) / max(1, count - 1)) for i in range(count)})
        if not self.is_kept(self.run):
            shutil.rmtree(self.folder, ignore_errors=True)
            write_text(self.folder / _OWNER, _identity(self.run))

    def on_step(self, event: StepEvent) -> None:
        if event.step not in self.moments:
            return
        for i, image in enumerate(event.image):
            with atomic_path(self._frame(i, event.step)) as temporary:
                _sized(images.to_pil(image)).save(temporary, format="PNG", compress_level=1)

    def on_end(self, result: Result) -> None:
        """Nothing: the film is written by `write`, after the picture."""

    def _frame(self, picture: int, step: int) -> Path:
        return self.folder / f"{picture}-{step:07}.png"

    def write(self, result: Result, note: Callable[[str], None] = print) -> Path | None:
        """Write the film of the best picture, MP4 or WebP without ffmpeg, and take the frames away; its path.

        Of a run that was stopped and can be resumed there is none yet, which is noted.

        Raises:
            InputError: if it cannot be written; the frames are then left.
        """
        if result.interrupted:
            note(f"{self.run}: the timelapse is written when the run is resumed and finished")
            return None
        due = [step for step in self.moments if step < result.steps_done]
        grown = [file for step in due if (file := self._frame(result.best, step)).is_file()]
        if len(grown) < len(due):
            note(f"{self.run}: {len(due) - len(grown)} of the timelapse's {len(due)} frames are not there")
        if not grown:
            return None
        fps = round(min(LONG, max(SHORT, len(grown) / GROWTH)))
        last = self._last(result, grown[-1])
        suffix = best_format()
        if suffix != ".mp4":
            note(f"no ffmpeg on the PATH writes H.264, so that the timelapse is a WebP; get it by {GET_IT}")
        told = visible_part(result.recipe, pixel_hash(result.image))
        film = encode(
            [*grown, *[last] * round(HELD * fps)], self.run / f"{NAME}{suffix}", fps=fps, recipe=told, note=note
        )
        shutil.rmtree(self.folder, ignore_errors=True)
        return film

    def _last(self, result: Result, grown: Path) -> Path:
        """The finished picture in the size of the frames; where it has another shape, the drawing it was made of."""
        file = self.folder / "last.png"
        size = decoding.size(grown)
        finished = _flat(result)
        if result.drawing is not None and abs(finished.width * size[1] / (finished.height * size[0]) - 1) > 0.01:
            finished = _flat(result.drawing)
        with atomic_path(file) as temporary:
            _resized(finished, size).save(temporary, format="PNG")
        return file


def _flat(result: Result) -> Image.Image:
    return images.to_pil(images.on_white(picture_tensor(result, result.best)))


def _sized(picture: Image.Image) -> Image.Image:
    """In the size of a frame."""
    longer = max(picture.size)
    if longer > LARGEST:
        return _resized(picture, tuple(max(1, round(side * LARGEST / longer)) for side in picture.size))
    return _resized(picture, tuple(side * max(1, SMALLEST // longer) for side in picture.size))


def _resized(picture: Image.Image, size: tuple[int, ...]) -> Image.Image:
    """What is enlarged keeps its hard edges."""
    if picture.size == size:
        return picture
    grows = size[0] >= picture.width
    return picture.resize((size[0], size[1]), Image.Resampling.NEAREST if grows else Image.Resampling.LANCZOS)


def _identity(run: Path) -> str:
    """What tells the unfinished run in a folder from every other: the hash of what it says of itself; else empty."""
    try:
        return hashlib.sha256((run / RUN_FILE).read_bytes()).hexdigest()
    except OSError:
        return ""
