"""From the frames of a film to what is looked at: the film's file, and what its folder says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from artgen.files import remove
from artgen.films import record, shots
from artgen.films.between import with_betweens
from artgen.films.formats.encoding import best_format, encode
from artgen.films.record import FilmRecord, SongFile
from artgen.picture import decoding
from artgen.picture.hashing import pixel_hash
from artgen.preset.model import Preset
from artgen.preset.personal import personal_settings
from artgen.recipe import metadata
from artgen.recipe.privacy import redacted
from artgen.video.ffmpeg import GET_IT
from artgen.weights import sha256

NAME = "film"
"""What the film is called in its folder, before its suffix."""


def show(
    folder: Path,
    preset: Preset,
    frames: Sequence[Path],
    note: Callable[[str], None] = print,
    song: Path | None = None,
) -> Path:
    """Write the film of the `frames` into `folder`, MP4 or WebP without ffmpeg, and its record; the film's path.

    Raises:
        InputError: if it cannot be written; the frames are left as they are.
    """
    film = preset.film
    assert film is not None
    made = record_of(preset, frames, song)
    if made is None:
        remove(folder / record.FILE)  # of an earlier film here
    else:
        record.write(folder, made)
    suffix = best_format()
    if suffix != ".mp4":
        note(f"no ffmpeg on the PATH writes H.264, so that the film is a WebP; get it by {GET_IT}")
    told = None if made is None else made.as_data()
    place = folder / f"{NAME}{suffix}"
    with TemporaryDirectory(prefix="artgen-") as between:
        shown = with_betweens(frames, film, film.between, Path(between))
        return encode(shown, place, fps=film.fps, hold=film.hold, song=song, recipe=told, note=note)


def record_of(preset: Preset, frames: Sequence[Path], song: Path | None = None) -> FilmRecord | None:
    """What the film tells of how it was made, as its preset wishes; None: nothing.

    Args:
        preset: of the film, with its seed, and all choices in its prompts made.
        frames: its pictures, each with its recipe.
        song: what is heard.
    """
    film = preset.film
    assert film is not None
    if preset.recipe == "none":
        return None
    first = metadata.read(frames[0])
    return FilmRecord(
        artgen=first["artgen"],
        preset=_told(preset, first),
        fps=film.fps,
        hold=film.hold,
        frames=[_hash(frame) for frame in frames],
        size=list(decoding.read(frames[0]).size),
        song=None if song is None else SongFile(name=song.name, sha256=sha256(song)),
        videos=shots.records(frames[0].parent.parent),
        recipe=first,
    )


def _told(preset: Preset, first: dict[str, Any]) -> dict[str, Any]:
    whole = {key: value for key, value in preset.resolved().items() if key != "reporters"}
    if preset.recipe != "private":
        return whole
    told: dict[str, Any] = redacted({**first, "preset": whole, "hidden": None}, personal_settings(whole))["preset"]
    return told


def _hash(frame: Path) -> str:
    """The `pixel_hash` that the frame's recipe has."""
    picture = decoding.read(frame)
    is_flat = picture.getchannel("A").getextrema() == (255, 255)
    return pixel_hash(picture.convert("RGB") if is_flat else picture)
