"""Drawing one frame of a film again, and saying whether it is the same.

From the frame before it, where that lies beside the film, as any picture is. From the film's file alone it is drawn
from the beginning on: what a video keeps of a frame is not exact enough to go on from.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artgen.compare.replay import Verdict, replay
from artgen.compare.replay_plan import ReplayPlan, need_plugins, plan
from artgen.engine.determinism import threads, threads_here
from artgen.engine.run import steps
from artgen.errors import InputError
from artgen.fields.paths import FRAMES, confined
from artgen.films import record
from artgen.films.formats.recipes import recipe_of
from artgen.films.making import FrameEvent, film, frame_preset
from artgen.films.record import FilmRecord
from artgen.films.shots import bake
from artgen.picture import hashing, images
from artgen.planning import cost
from artgen.preset.loading import parse
from artgen.preset.model import Preset
from artgen.preset.settings.start import TV_L1
from artgen.recipe.inputs import VIDEO, located, replaced
from artgen.recipe.model import differences
from artgen.recipe.privacy import hidden_names
from artgen.reporters.places import make_folder
from artgen.results import StepEvent, picture_tensor

Told = Callable[[StepEvent | FrameEvent], None]


@dataclass(frozen=True)
class FramePlan:
    """What would be run."""

    source: Path
    record: FilmRecord
    number: int
    preset: Preset | None
    """Of the whole film; None where the frame before is there."""
    alone: ReplayPlan | None = None
    """What the frame's own picture asks to be run, in that case."""
    video: Path | None = None
    """Where the pictures of the film's videos lie, if it has any."""

    @property
    def objections(self) -> str:
        """Why a user should be asked before it is run, for a message; empty: it may be run unasked."""
        if self.alone is not None:
            return self.alone.objections
        if self.preset is None or self.preset.film is None:
            return ""
        film = self.preset.film
        later = sum(film.steps_per_frame.at_frame(frame, film.timeline) for frame in range(1, self.number + 1))
        whole = (film.first_steps or self.preset.steps) + round(later)
        return ", ".join(cost.objections(self.preset.model_copy(update={"steps": whole})))


def plan_frame(source: Path, number: int, allowed: Sequence[Path] = ()) -> FramePlan:
    """What frame `number` of a film asks to be run; `source` is the film's file or folder.

    Raises:
        InputError: if the film does not tell how it was made, or has no such frame.
    """
    folder = source if source.is_dir() else source.parent
    made = _record(source, folder)
    if not 0 <= number < len(made.frames):
        raise InputError(f"{source}: has no frame {number}; it has {len(made.frames)}, counted from 0")
    here, before = (folder / FRAMES / f"{frame:06}.png" for frame in (number, number - 1))
    if here.is_file() and (before.is_file() or not number):
        return FramePlan(source, made, number, None, plan(here, [folder, *allowed]))
    recipe = made.first_recipe(source)
    need_plugins(source, recipe["plugins"])
    if "private" in recipe or hidden_names(recipe):
        raise InputError(f"{source}: keeps its prompts to itself; who has its preset makes it again with `artgen run`")
    folders = [Path(), folder, *allowed]
    with confined(folders):
        data = _with_videos(located(made.preset, recipe["inputs"], folders), made, folder, number)
        preset = parse(data, source=str(source), written_down=True)
    if preset.film is None or preset.film.count != len(made.frames):
        raise InputError(f"{source}: its preset makes no film of {len(made.frames)} frames; the recipe is damaged")
    return FramePlan(source, made, number, preset, video=folder / VIDEO if made.videos else None)


def _with_videos(preset: dict[str, Any], made: FilmRecord, folder: Path, number: int) -> dict[str, Any]:
    """A film's plain preset, which names the pictures beside the film in the place of its videos.

    InputError if one of those up to frame `number` is missing.
    """
    videos = made.videos or []
    start = preset.get("start") or {}
    flows = [f"{VIDEO}/{frame:06}-flow.png" for frame in range(1, number + 1) if start.get("flow")]
    for file in [f"{video.folder}/{frame:06}.png" for video in videos for frame in range(number + 1)] + flows:
        if videos and not (folder / file).is_file():
            raise InputError(f"{folder / file}: is missing; the film follows a video, whose pictures lie beside it")
    placed: dict[str, Any] = replaced(preset, {video.path: str(folder / video.folder) for video in videos})
    if start.get("video"):
        # The folder has nothing else, and the flow, whatever estimated it.
        placed["start"] |= {"from": 0, "flow": TV_L1 if start.get("flow") else None}
    return placed


def _record(source: Path, folder: Path) -> FilmRecord:
    data = None if source.is_dir() else recipe_of(source)
    found = FilmRecord.from_data(data, source) if data and "frames" in data else record.read(folder)
    if found is None:
        raise InputError(f"{source}: does not tell how it was made, and there is no {record.FILE} beside it")
    return found


def replay_frame(given: FramePlan, on_step: Told | None = None, note: Callable[[str], None] = print) -> Verdict:
    """Draw it again. The frame is *identical* where its pixels have the hash that the film has written down.

    Raises:
        InputError: if a part cannot be built here.
        RunError: if the run fails.
    """
    if given.preset is None:
        assert given.alone is not None
        verdict = replay(given.alone, long=True, on_step=on_step, note=note)
    else:
        verdict = _from_the_beginning(given, given.preset, on_step, note)
    made = images.to_pil(picture_tensor(verdict.result, verdict.picture))
    if verdict.word == "identical" and hashing.pixel_hash(made) != given.record.frames[given.number]:
        # The picture beside the film is not the one that the film shows.
        return Verdict("different", None, (), verdict.result, verdict.picture)
    return verdict


def _from_the_beginning(given: FramePlan, preset: Preset, on_step: Told | None, note: Callable[[str], None]) -> Verdict:
    recipe = given.record.first_recipe(given.source)
    with tempfile.TemporaryDirectory(prefix="artgen-") as place, threads(threads_here(recipe["threads"], note)):
        folder = Path(place) / "film"
        if given.number:
            film(preset, out=folder, until=given.number, on_step=on_step, note=note, video=given.video)
        elif given.video:
            bake(make_folder(folder), preset, {}, given.video)
        run = steps(frame_preset(folder, preset, given.number), note=note)
        for event in run:
            if on_step:
                on_step(event)
        result = run.result
    same = hashing.pixel_hash(images.to_pil(picture_tensor(result, result.best))) == given.record.frames[given.number]
    changed = differences({**recipe, "inputs": {}}, result.recipe)
    return Verdict("identical" if same else "different", None, changed, result, result.best)
