"""The pictures of the videos that a film's preset names, and the flow between them, as files in the film's folder.

``video/000012.png`` is what `start.video` shows at frame 12, and ``video/000012-flow.png`` how it has moved since frame
11; ``video/1/000012.png`` is the same moment of the next video that the preset names, wherever a picture can stand.
Frames name these files, so that they are drawn again without the videos, ffmpeg, or what estimates the flow.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image
from pydantic import BaseModel, ValidationError

from artgen.engine.devices import pick_device
from artgen.errors import InputError
from artgen.files import atomic_path, read_text, write_text
from artgen.films.record import VideoRecord
from artgen.picture.decoding import on_white
from artgen.preset.model import Preset
from artgen.preset.pictures import moves, pictures_in
from artgen.preset.settings.start import TV_L1, Start
from artgen.recipe.inputs import VIDEO
from artgen.video import flow, numbered, raft, reading
from artgen.weights import sha256

FILE = "video.json"
"""What says in `VIDEO` which videos these are."""
MAX_BYTES = 1 << 20
_NEW = f".{VIDEO}"
"""Where the pictures lie until all are there."""
_OURS = re.compile(r"(\d{1,3}/)?\d{6}(-flow)?\.png|video\.json")

ValueT = TypeVar("ValueT")


class Shots:
    """The pictures in the folder of a film; none, where its preset names no video."""

    def __init__(self, folder: Path, preset: Preset) -> None:
        self.folder, self.preset, self.videos = folder, preset, videos_of(preset)

    def shown(self, number: int) -> Preset:
        """The film's preset with the picture of a frame in the place of each video."""
        files = {path: self._picture(place, number) for path, place in self.videos}
        preset = self.preset
        if preset.start and preset.start.video:
            begun = preset.start.model_dump(exclude={"video", "begin", "flow"})
            start = Start(**{**begun, "image": files[preset.start.video]})
            preset = preset.model_copy(update={"start": start})
        return replaced(preset, files)

    def flow_file(self, number: int) -> Path | None:
        """The file that says how `start.video` has moved since the frame before; None if nothing has to."""
        start = self.preset.start
        if number == 0 or start is None or start.video is None or start.flow is None:
            return None
        return self.folder / VIDEO / f"{number:06}-flow.png"

    def estimate(self, number: int, estimate: flow.Estimate) -> None:
        """Have the `flow_file` of a frame there."""
        file = self.flow_file(number)
        if file is None or file.is_file():
            return
        before, after = self._picture(VIDEO, number - 1), self._picture(VIDEO, number)
        width, height = self.preset.size
        with atomic_path(file) as temporary:
            temporary.write_bytes(flow.between(before, after, (height, width), estimate))

    def _picture(self, place: str, number: int) -> Path:
        path = self.folder / place / f"{number:06}.png"
        if not path.is_file():
            raise InputError(f"{path}: is missing, and the film cannot be made without it; make it anew")
        return path


def videos_of(preset: Preset) -> list[tuple[Path, str]]:
    """The videos that a film's preset names, and where each lies in its folder; `start.video` comes first."""
    main = preset.start.video if preset.start else None
    others = dict.fromkeys(path for place, path in pictures_in(preset) if path != main and moves(place, path))
    return [*([(main, VIDEO)] if main else []), *((path, f"{VIDEO}/{number}") for number, path in enumerate(others, 1))]


def estimator(preset: Preset, note: Callable[[str], None]) -> flow.Estimate | None:
    """What tells how `start.video` moves; None where nothing has to."""
    start = preset.start
    if start is None or start.video is None or start.flow is None:
        return None
    if start.flow == TV_L1:
        return flow.tv_l1
    return raft.load(start.flow, pick_device(preset.device), note)


def bake(folder: Path, preset: Preset, weights: Mapping[str, str], made: Path | None = None) -> None:
    """Write the pictures of all of a film's frames into its `folder`, in the place of an earlier film's.

    Args:
        folder: the film's.
        preset: the film's.
        weights: sha256 of those by which its flow is estimated.
        made: the `VIDEO` folder of a film of the same preset, which is copied instead.

    Raises:
        InputError: if a video cannot be read, or there are files in the folder's `VIDEO` that no film wrote.
    """
    found, new = videos_of(preset), folder / _NEW
    _refuse_foreign(folder / VIDEO)
    shutil.rmtree(new, ignore_errors=True)
    try:
        if found and made is not None:
            shutil.copytree(made, new)
        for path, place in found if made is None else ():
            begin = preset.start.begin if preset.start and place == VIDEO else 0
            _extract(path, new / Path(place).relative_to(VIDEO), begin, preset)
        if found:
            told = [_told(path, place, preset, weights) for path, place in found]
            write_text(new / FILE, json.dumps([one.model_dump(exclude_none=True) for one in told], indent=1) + "\n")
        # Only now, because a video may be the folder of the film that was here.
        shutil.rmtree(folder / VIDEO, ignore_errors=True)
        if found:
            new.rename(folder / VIDEO)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def records(folder: Path) -> list[VideoRecord] | None:
    """What `bake` has said of the videos; None if there are none. InputError if that is damaged."""
    file = folder / VIDEO / FILE
    if not file.is_file():
        return None
    try:
        return [VideoRecord.model_validate(one) for one in json.loads(read_text(file, MAX_BYTES, "record of videos"))]
    except (ValueError, TypeError, RecursionError, ValidationError):
        raise InputError(f"{file}: is no record of a film's videos; make the film anew") from None


def replaced(value: ValueT, files: Mapping[Path, Path]) -> ValueT:
    """A preset, or what it holds, with each path that is a key of `files` exchanged for what it stands for there."""
    made: Any = value
    if isinstance(value, Path):
        made = files.get(value, value)
    elif isinstance(value, BaseModel):
        changed = {name: new for name, inner in value if (new := replaced(inner, files)) is not inner}
        made = value.model_copy(update=changed) if changed else value
    elif isinstance(value, tuple):
        parts = tuple(replaced(inner, files) for inner in value)
        made = parts if any(a is not b for a, b in zip(parts, value, strict=True)) else value
    elif isinstance(value, Mapping):
        named = {key: replaced(inner, files) for key, inner in value.items()}
        made = named if any(named[key] is not value[key] for key in value) else value
    result: ValueT = made
    return result


def _refuse_foreign(folder: Path) -> None:
    """InputError if something is there that `bake` has not written: it may be all that a person has of it."""
    there = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    if foreign := next((name for name in there if not _OURS.fullmatch(name)), None):
        raise InputError(f"{folder / foreign}: was written by no film; move it away, or choose another --out")


def _extract(path: Path, place: Path, begin: float, preset: Preset) -> None:
    """Write what a video shows at each frame into `place`; where it ends, its last picture stands."""
    assert preset.film is not None
    film, number = preset.film, 0
    place.mkdir(parents=True)
    for picture in reading.pictures(path, reading.read_at_all(path), begin, film.timeline.fps, film.count):
        _fitted(picture, preset.size).save(place / f"{number:06}.png")
        number += 1
    for later in range(number, film.count):
        shutil.copyfile(place / f"{number - 1:06}.png", place / f"{later:06}.png")


def _fitted(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """As small as it can be and still cover the canvas; what is not see-through anywhere as RGB."""
    scale = max(size[0] / picture.width, size[1] / picture.height)
    if scale < 1:
        sides = [max(wanted, round(side * scale)) for side, wanted in zip(picture.size, size, strict=True)]
        # As many pixels stick out on either side, so that cropping it samples nothing anew.
        width, height = (side + (side - wanted) % 2 for side, wanted in zip(sides, size, strict=True))
        mode = "RGBa" if picture.mode == "RGBA" else picture.mode
        picture = picture.convert(mode).resize((width, height), Image.Resampling.LANCZOS).convert(picture.mode)
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        return on_white(picture)
    return picture


def _told(path: Path, place: str, preset: Preset, weights: Mapping[str, str]) -> VideoRecord:
    name = f"{VIDEO}{path.suffix.lower()}" if preset.recipe == "private" else str(path)
    is_main = place == VIDEO
    return VideoRecord(path=name, sha256=_digest(path), folder=place, weights=dict(weights) if is_main else {})


def _digest(path: Path) -> str:
    """Of a folder, of the digests of its pictures, each in a line."""
    if not path.is_dir():
        return sha256(path)
    digests = (sha256(file) for file in numbered.frames(numbered.folder_of(path)))
    return hashlib.sha256("".join(f"{one}\n" for one in digests).encode()).hexdigest()
