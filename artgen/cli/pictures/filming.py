"""What ``artgen run`` does with a preset that makes a film. Imported only then: it needs torch."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from artgen.cli import printing
from artgen.errors import InputError, plain
from artgen.fields.paths import PICTURE
from artgen.films.making import FilmResult, film, resume_film
from artgen.films.terminal import FilmProgress
from artgen.preset.model import Preset
from artgen.reporters.places import new_folder


def make(preset: Preset, name: str, out: Path | None, overwrite: bool, console: Console) -> int:
    """Draw the frames into `out`, or a new folder of that name; the exit code."""
    folder = out or new_folder(name)
    return _told(
        folder,
        console,
        lambda progress: film(
            preset, out=folder, overwrite=overwrite, on_step=progress.on_step, note=printing.noting(console)
        ),
    )


def go_on(folder: Path, console: Console) -> int:
    """Draw the frames that are missing in `folder`; the exit code."""
    note = printing.noting(console)
    return _told(folder, console, lambda progress: resume_film(folder, on_step=progress.on_step, note=note))


def refuse_misfits(picture: Path | None, export: Sequence[str], goes_on: bool, timelapse: bool) -> None:
    """InputError for what belongs to single pictures."""
    pairs = ((picture, "--out of a picture"), (export, "--export"), (goes_on, "--continue"), (timelapse, "--timelapse"))
    for given, what in pairs:
        if given:
            raise InputError(f"{what}: is for a single picture, and the preset makes a film; leave it out")


def _told(folder: Path, console: Console, draw: Callable[[FilmProgress], FilmResult]) -> int:
    with FilmProgress(console) as progress:
        result = draw(progress)
    if result.failure or result.interrupted:
        there = f"{len(result.frames)} frames are in {folder}"
        why = result.failure or f"interrupted; {there}"
        printing.note(f"{why}; `artgen run --resume {shlex.quote(str(folder))}` goes on")
        return 1 if result.failure else 130
    told = f"{len(result.frames)} frames, seed {result.preset.seed}"
    console.print(plain(told), markup=False, highlight=False, soft_wrap=True)
    printing.say_path(result.film or folder / PICTURE)
    return 0
