"""Where runs and their pictures lie. Needs no torch."""

from __future__ import annotations

from pathlib import Path

from artgen.errors import InputError
from artgen.fields.paths import DRAWING, PICTURE, RUN_FILE


def new_folder(name: str, runs: Path = Path("runs")) -> Path:
    """Make ``runs/name-0001``, or the next number that is free, so that no run ever overwrites another."""
    for number in range(1, 100_000):
        folder = runs / f"{name}-{number:04}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise InputError(f"{folder}: cannot be made ({error.strerror}); choose another place with --out") from None
        return folder
    raise InputError(f"{runs}: full of runs of {name}; move some away")


def claim_folder(folder: Path, overwrite: bool) -> Path:
    """Make `folder`; InputError if it holds a picture or a run that is not finished, unless `overwrite`."""
    if (folder / RUN_FILE).exists() and not overwrite:
        on = f"go on with `artgen run --resume {folder}`, or say --overwrite"
        raise InputError(f"{folder}: holds a run that is not finished; {on}")
    if (folder / PICTURE).exists() and not overwrite:
        raise InputError(f"{folder}: already holds a picture; choose another --out, or say --overwrite")
    return make_folder(folder)


def make_folder(folder: Path) -> Path:
    """Make `folder` if it is not there; InputError if that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made ({error.strerror}); choose another --out") from None
    return folder


def drawing_of(picture: Path) -> Path:
    """Where a run keeps the drawing that it finished as `picture`: ``drawing.png``, ``batch/seed-7-drawing.png``."""
    return picture.with_name(DRAWING if picture.name == PICTURE else f"{picture.stem}-{DRAWING}")
