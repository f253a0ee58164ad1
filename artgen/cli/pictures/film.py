"""Make the film of a run again from its frames.

    artgen film runs/zoom-0001 --fps 24 --format webm
    artgen film runs/zoom-0001 --out zoom.gif --hold 2
    artgen film runs/zoom-0001 --between 3
    artgen film drawings --song tune.wav

RUN is the folder of a film, or any folder of PNGs whose names end in numbers. What is not said is as the film was made;
of other pictures, 30 frames a second. --between puts pictures between the frames, as the camera has them there. MP4 and
WebM are written by ffmpeg, which has to be on the PATH; WebP, GIF and PNG, which are animated and silent, need none.
The film carries the recipe of the run, if its frames are as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import FOLDER, Count, FilePath, OneOf, Rate

if TYPE_CHECKING:
    from artgen.films.record import FilmRecord

FORMATS = ("mp4", "webm", "webp", "gif", "png")
FPS = 30.0
TOLD = 3
"""Frames that are named, of those that were changed."""


@click.command(cls=Subcommand, help=__doc__)
@common.argument("run", "the folder of a film, or of numbered PNGs", metavar="RUN", type=FOLDER)
@click.option("--fps", type=Rate(), metavar="N", help="frames in a second")
@click.option("--format", "kind", type=OneOf(FORMATS), metavar="|".join(FORMATS), help="default: mp4, or webp")
@common.out("FILE", "the file to write (default: film.mp4 in RUN)", FilePath(*(f".{kind}" for kind in FORMATS)))
@click.option("--hold", type=Count(1, "a number of frames, such as 2"), metavar="N", help="show each frame N times")
@click.option("--between", type=Count(0, "a number of pictures"), metavar="N", help="put N pictures between two frames")
@click.option("--song", type=FilePath(".wav", ".flac", ".mp3", ".ogg", ".m4a"), metavar="FILE", help="what is heard")
@common.overwrite("let the file be replaced")
def command(
    run: Path,
    fps: float | None,
    kind: str | None,
    out: Path | None,
    hold: int | None,
    between: int | None,
    song: Path | None,
    overwrite: bool,
) -> None:
    from artgen.errors import InputError
    from artgen.files import refuse_overwriting
    from artgen.films import record
    from artgen.films.between import count_of, film_of, with_betweens
    from artgen.films.formats.encoding import encode
    from artgen.preset.settings.film import Film
    from artgen.video import numbered

    files = numbered.frames(numbered.folder_of(run))
    made = record.read(run)
    usual = count_of(made) if made else 0
    count = usual if between is None else between
    if count and (hold or 1) > 1:
        raise InputError("--between: puts pictures where --hold shows one again; leave one of them out")
    # What is drawn stays as long as it did, whatever stands between.
    drawn = made.fps / (made.hold * (usual + 1)) if made else FPS
    rate = fps or (drawn * (count + 1) if between is not None else made.fps if made else FPS)
    times = hold or (made.hold if made and between is None else 1)
    if count and made and made.videos:
        raise InputError("--between: follows a camera, and this film a video; draw more frames, by its 'film.fps'")
    # Only now its camera, which may want a picture of depths.
    film = (film_of(made, run) if count else None) or Film(seconds=2, fps=FPS)
    target = _target(run, kind, out)
    refuse_overwriting(target, overwrite)
    heard = song or (_song(run, made) if made and target.suffix in (".mp4", ".webm") else None)
    told = made.as_data() if made and _is_of(made, files) else None
    if told is not None:
        told |= {"fps": rate, "hold": times}
    with TemporaryDirectory(prefix="artgen-") as place:
        shown = with_betweens(files, film, count, Path(place))
        encode(shown, target, fps=rate, song=heard, recipe=told, hold=times, note=printing.note)
    seconds = f"{len(shown) * times / rate:.1f}".removesuffix(".0")
    several = f"{len(files)} frame{'' if len(files) == 1 else 's'}"
    printing.note(f"{several}, {seconds} s at {rate:g} frames a second")
    printing.say_path(target)


def _target(run: Path, kind: str | None, out: Path | None) -> Path:
    from artgen.errors import InputError
    from artgen.fields.paths import expanded
    from artgen.films.formats.encoding import best_format

    if out is None:
        return run / f"film{f'.{kind}' if kind else best_format()}"
    if kind and out.suffix.lower() != f".{kind}":
        raise InputError(f"--format: is {kind}, and --out ends in '{out.suffix}'; leave one of them out")
    return expanded(out)


def _song(run: Path, made: FilmRecord) -> Path | None:
    """The song of the film, if it is where the film is, or here; else it is told."""
    from artgen.errors import InputError
    from artgen.recipe import inputs
    from artgen.weights import sha256

    if made.song is None:
        return None
    try:
        found = inputs.find(made.song.name, made.song.sha256, [run, Path()])
    except InputError:
        found = None
    if found is None or sha256(found) != made.song.sha256:
        printing.note(f"{run}: its song, {made.song.name}, is not here, so that the film is silent; name it by --song")
        return None
    return found


def _is_of(made: FilmRecord, files: Sequence[Path]) -> bool:
    """Whether the frames are those that the record tells of; else it is told."""
    from artgen.picture import decoding
    from artgen.picture.hashing import is_as_written

    if len(files) != len(made.frames):
        printing.note(f"{len(files)} of {len(made.frames)} frames are there, so that the film carries no recipe")
        return False
    pairs = zip(files, made.frames, strict=True)
    changed = [file.name for file, digest in pairs if not is_as_written(decoding.read(file), digest)]
    if changed:
        names = ", ".join(changed[:TOLD]) + (f" and {len(changed) - TOLD} more" if len(changed) > TOLD else "")
        printing.note(f"{names}: changed since the film was made, so that it carries no recipe")
    return not changed
