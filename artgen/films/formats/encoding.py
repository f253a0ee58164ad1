"""Frames in, a film's file out: video by ffmpeg, animated pictures by Pillow, each with the recipe of the film."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from artgen.errors import InputError
from artgen.fields.paths import neighbours
from artgen.files import atomic_path
from artgen.films.formats import apng, ffmpeg, gif, webp
from artgen.films.formats.footage import Footage
from artgen.recipe import metadata
from artgen.recipe.model import MAX_BYTES

ANIMATED = {".webp": webp.write, ".gif": gif.write, ".png": apng.write}
"""What writes each kind of film that needs no ffmpeg."""
SUFFIXES = (*ffmpeg.CONTAINERS, *ANIMATED)
"""The files that films are written to."""


def best_format() -> str:
    """The suffix that shows a film best of those that can be written here: ``.mp4``, or ``.webp`` without ffmpeg."""
    return ".mp4" if ffmpeg.can_write(".mp4") else ".webp"


def encode(
    frames: Sequence[Path],
    target: Path,
    *,
    fps: float,
    song: Path | None = None,
    recipe: Mapping[str, Any] | None = None,
    hold: int = 1,
    note: Callable[[str], None] = print,
) -> Path:
    """Write the film of the picture files `frames`, whole or not at all; the suffix of `target` chooses its form.

    ``.mp4`` is H.264 with AAC, ``.webm`` VP9 with Opus, both by ffmpeg; ``.webp``, ``.gif`` and ``.png`` (APNG, without
    loss) need none. Frames are read one by one, so that memory does not grow with the film. An MP4 has even sides: an
    odd one gets its last line once more.

    Args:
        frames: the pictures in their order, all of one size; what stands here again is shown again.
        target: where to.
        fps: frames in a second, above 0 and at most 240.
        song: what is heard, from its beginning to the end of the film; animated pictures are silent, which is noted.
        recipe: what made the film, to be read by `recipes.recipe_of`; it has at least a `preset`.
        hold: for how many frames each picture is shown.
        note: told one line where the film is not all that was asked for.

    Raises:
        InputError: if there are no frames, or they are of several sizes or damaged; if the suffix is another, there is
            no ffmpeg, or it fails. The frames are left as they are.
    """
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"{target}: a film cannot be written as '{suffix}'; choose {', '.join(SUFFIXES)}")
    footage = Footage.of(frames, fps, hold)
    made = _as_fits(recipe, target, note)
    if suffix in ANIMATED:
        if song is not None:
            note(f"{target}: animated pictures have no sound; choose a .mp4 or .webm to hear {song.name}")
        with atomic_path(target, "choose another place") as temporary:
            ANIMATED[suffix](footage, temporary, made)
        return target
    if song is not None and not song.is_file():
        raise InputError(f"{song}: there is no such file{neighbours(song, Path.is_file)}")
    encoder = ffmpeg.encoder(suffix, target, note)
    with atomic_path(target, "choose another place") as temporary:
        ffmpeg.write(footage, temporary, encoder, song, made, name=target)
    return target


def _as_fits(recipe: Mapping[str, Any] | None, target: Path, note: Callable[[str], None]) -> Mapping[str, Any] | None:
    if recipe is not None and len(metadata.escaped(recipe)) > MAX_BYTES:
        note(f"{target}: the recipe is larger than {MAX_BYTES >> 20} MiB, so that the film does not carry it")
        return None
    return recipe
