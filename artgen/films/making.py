"""Make a film, frame by frame, in a folder in which it can be stopped and resumed.

A frame is drawn from its preset alone, which names the last frame's file. So what is on the disk is all that a film
needs to go on, and one that was killed ends in the same bytes as one that was not.
"""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from artgen import api
from artgen.engine import reuse, stopped_run
from artgen.engine.determinism import threads, threads_here
from artgen.engine.loop import Run
from artgen.engine.ownership import owned
from artgen.engine.provenance import describe
from artgen.engine.run import steps
from artgen.engine.signals import Stop, held_back
from artgen.errors import InputError
from artgen.fields.paths import FRAMES, PICTURE, RUN_FILE, expanded
from artgen.files import atomic_path, remove, write_text
from artgen.films import record
from artgen.films.frames import first_frame, later_frame
from artgen.films.shots import Shots, bake, estimator, records
from artgen.films.showing import show
from artgen.preset.loading import Given, load
from artgen.preset.model import Preset, as_yaml
from artgen.prompts.batches import of_picture
from artgen.prompts.choices import resolve_batch
from artgen.recipe import saving
from artgen.recipe.inputs import VIDEO
from artgen.recipe.model import differences
from artgen.reporters.places import claim_folder, drawing_of, make_folder
from artgen.reporters.progress import ProgressFile
from artgen.results import picture_tensor

SONG = "song"
"""What a film's song is called in its folder, before its suffix."""
_BEST = "best"
"""The file that says which picture of its batch the first frame is, where that is not the first."""


@dataclass(frozen=True)
class FrameEvent:
    """What there is of a film after a step of one of its frames."""

    frame: int
    """Which frame is drawn, from 0."""
    frames: int
    step: int
    """Which step of it is done, from 0."""
    steps: int
    image: Tensor
    """(B, 3, H, W): the frame as far as it is."""
    seconds: float
    """Since the film began, or went on."""
    begun_at: int
    """The frame from which it went on; 0 where it was not stopped."""

    @property
    def left(self) -> float:
        """How many seconds are left, by the frames that are done; 0 while there are none."""
        done = self.frame + (self.step + 1) / self.steps - self.begun_at
        return self.seconds / done * (self.frames - self.begun_at - done) if self.frame > self.begun_at else 0.0


@dataclass(frozen=True)
class FilmResult:
    """What making a film leaves."""

    folder: Path
    frames: tuple[Path, ...]
    """The pictures that are drawn, in their order."""
    preset: Preset
    """With its seed, and all choices in its prompts made."""
    interrupted: bool = False
    """Whether the user stopped it."""
    failure: str | None = None
    """Why it ended early, if it did."""
    film: Path | None = None
    """The file that shows it moving, if all frames are drawn."""


Watch = Callable[[FrameEvent], None]


def film(
    preset: Given,
    *,
    out: str | Path,
    overwrite: bool = False,
    until: int | None = None,
    on_step: Watch | None = None,
    note: Callable[[str], None] = print,
    video: Path | None = None,
) -> FilmResult:
    """Draw the frames of a preset that has `film`, into the folder `out`.

    Each frame is ``frames/000120.png``, with its own recipe. Ctrl-C ends the film after the step that is under way;
    `resume_film` draws the frame anew and goes on.

    Args:
        preset: what to draw; whatever `load` takes.
        out: the folder.
        overwrite: let it hold a picture, or another film, which is replaced.
        until: stop before this frame, so that the film is to be resumed.
        on_step: called after each step of each frame.
        note: told one line now and then, and no line twice.
        video: the folder ``video`` of a film of the same preset, whose pictures are taken for those of its videos.

    Raises:
        InputError: if the preset is wrong or makes no film, or the folder is taken.
        RunError: if a frame fails before there is any picture of it.
    """
    wanted = load(preset)
    if wanted.film is None:
        raise InputError("film: the preset makes a single picture; give it 'film', such as {seconds: 4}")
    if wanted.seed is None:
        wanted = wanted.model_copy(update={"seed": secrets.randbelow(2**32)})
    assert wanted.seed is not None
    seeds = [wanted.seed + picture for picture in range(wanted.batch)]
    with owned(make_folder(expanded(out))):
        folder = claim_folder(expanded(out), overwrite)
        if overwrite:
            shutil.rmtree(folder / FRAMES, ignore_errors=True)
        elif (folder / VIDEO).exists():
            raise InputError(f"{folder / VIDEO}: is there already; choose another --out, or say --overwrite")
        maker = _Maker(folder, resolve_batch(wanted, seeds, note), on_step, note)
        bake(folder, wanted, maker.weights, video)
        return maker.made(until)


def resume_film(folder: str | Path, *, on_step: Watch | None = None, note: Callable[[str], None] = print) -> FilmResult:
    """Go on with a film that was stopped in its folder, at the first frame that is not there.

    Raises:
        InputError: if there is no film in the folder that could go on, or another process is at work on it.
    """
    place = expanded(folder)
    with owned(place):
        stopped = stopped_run.unfinished(place)
        if stopped is None:
            raise InputError(f"{place}: is finished")
        with threads(threads_here(stopped["threads"], note)):
            return _Maker(place, stopped_run.preset_of(stopped), on_step, note, stopped).made()


def frame_file(folder: Path, number: int) -> Path:
    """Where a film's folder has a frame."""
    return folder / FRAMES / f"{number:06}.png"


def frame_preset(folder: Path, preset: Preset, number: int) -> Preset:
    """The preset of a frame of the film in `folder`, in which the frames before it are."""

    def drawing(number: int) -> Path:
        """What the next frame begins with: a frame, before its finishing stages."""
        path = frame_file(folder, number)
        return drawing_of(path) if drawing_of(path).is_file() else path

    shots = Shots(folder, preset)
    if number == 0:
        return first_frame(shots.shown(0))
    note = folder / FRAMES / _BEST
    told = int(note.read_text()) if note.is_file() else 0
    return later_frame(shots.shown(number), number, drawing(number - 1), drawing(0), told, shots.flow_file(number))


class _Maker:
    """Makes one film in its folder, which is this process's own meanwhile."""

    def __init__(
        self,
        folder: Path,
        preset: Preset,
        on_step: Watch | None,
        note: Callable[[str], None],
        stopped: Mapping[str, Any] | None = None,
    ) -> None:
        assert preset.film is not None
        self.folder, self.preset, self.on_step, self.stopped = folder, preset, on_step, stopped
        self.count = preset.film.count
        self.begun, self.begun_at = time.monotonic(), 0
        self.told: set[str] = set()
        self.progress = ProgressFile(folder)
        self._note = self.progress.noting(note)
        self.estimate = estimator(preset, self.note)
        self.weights: Mapping[str, str] = getattr(self.estimate, "weights", {})

    def made(self, until: int | None = None) -> FilmResult:
        (self.folder / FRAMES).mkdir(exist_ok=True)
        done = self._done() if self.stopped else 0
        self.begun_at, failure = done, None
        if done:
            self.note(f"goes on at frame {done} of {self.count}")
        with held_back() as stop, reuse.keeping_perceptors():
            while (
                done < (self.count if until is None else min(until, self.count))
                and failure is None
                and stop.number is None
            ):
                finished, failure = self._draw(done, stop)
                done += finished
        return self._result(done, stop, failure)

    def note(self, line: str) -> None:
        """Tell a line, once for all frames."""
        if line not in self.told:
            self.told.add(line)
            self._note(line)

    def _done(self) -> int:
        """How many frames are there, from the first one on, whole."""
        for number in range(self.count):
            if not frame_file(self.folder, number).is_file():
                return number
        return self.count

    def _draw(self, number: int, stop: Stop) -> tuple[bool, str | None]:
        """Draw one frame; whether it is finished, and why not, if it failed."""
        if self.estimate is not None:
            Shots(self.folder, self.preset).estimate(number, self.estimate)
        run = steps(frame_preset(self.folder, self.preset, number), note=self.note)
        if self.stopped is not None:
            self._tell_changes(self.stopped, run)
        elif number == 0:
            self._begin(run)
        for event in run:
            seconds = time.monotonic() - self.begun
            self.progress.on_frame(number, self.count, self.begun_at, event.step + 1, event.steps, seconds)
            if self.on_step:
                told = (number, self.count, event.step, event.steps, event.image, seconds, self.begun_at)
                self.on_step(FrameEvent(*told))
            if stop.number is not None:
                return False, None
        result = run.result
        if result.failure or result.interrupted:
            return False, f"frame {number}: {result.failure or 'interrupted'}"
        self._save(number, result)
        return True, None

    def _save(self, number: int, result: api.Result) -> None:
        best, path = result.best, frame_file(self.folder, number)
        if result.drawing is not None:
            drawn = result.drawing
            saving.save(drawing_of(path), picture_tensor(drawn, best), of_picture(drawn.recipe, best))
        if number == 0 and best:
            write_text(self.folder / FRAMES / _BEST, str(best))
        # Last, because it says that all of the frame is there.
        saving.save(path, picture_tensor(result, best), of_picture(result.recipe, best))

    def _tell_changes(self, stopped: Mapping[str, Any], run: Run) -> None:
        """What is not as it was when the film began, and may reach its pictures; weights must be the same."""
        before = {**stopped["weights"], **self._weights_of_flow()}
        for name, digest in {**run.parts.weights, **self.weights}.items():
            if before.get(name, digest) != digest:
                raise InputError(f"{name}: has changed since the film began; put the old one back, or make it anew")
        # Of the files, a frame names others than the first one did.
        for difference in differences({**stopped, "inputs": {}, "weights": {}}, describe(run.parts)):
            self.note(f"{difference}; the frames may not be those that the film would have had undisturbed")

    def _weights_of_flow(self) -> Mapping[str, str]:
        """What its videos say of those by which their flow was estimated."""
        return {name: digest for video in records(self.folder) or () for name, digest in video.weights.items()}

    def _begin(self, run: Run) -> None:
        """Write down what is made, so that it can go on; its song, which no recipe names, is copied."""
        for old in (*self.folder.glob(f"{SONG}.*"), self.folder / record.FILE):
            remove(old)  # an earlier film's
        if self.preset.film and (song := self.preset.film.song):
            with atomic_path(self.folder / f"{SONG}{song.suffix.lower()}") as temporary:
                shutil.copyfile(song, temporary)
        own = {"format": stopped_run.FORMAT, "preset": self.preset.resolved(), "folder": str(Path.cwd())}
        write_text(self.folder / RUN_FILE, json.dumps({**describe(run.parts), **own}, indent=2, ensure_ascii=False))

    def _result(self, done: int, stop: Stop, failure: str | None) -> FilmResult:
        frames = tuple(frame_file(self.folder, number) for number in range(done))
        film = self._finish(frames) if done == self.count else None
        self.progress.end(stopped=done < self.count and failure is None, failure=failure)
        stop.pass_on()
        return FilmResult(self.folder, frames, self.preset, done < self.count and failure is None, failure, film)

    def _finish(self, frames: tuple[Path, ...]) -> Path:
        """The film, the poster, which is the last frame, and the preset; what was there to go on from goes."""
        song = next(iter(sorted(self.folder.glob(f"{SONG}.*"))), None)
        film = show(self.folder, self.preset, frames, self.note, song)
        with atomic_path(self.folder / PICTURE) as temporary:
            temporary.write_bytes(frames[-1].read_bytes())
        write_text(self.folder / "preset.yaml", as_yaml(self.preset.resolved()))
        remove(self.folder / RUN_FILE)
        return film
