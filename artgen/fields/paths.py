"""Paths in presets: resolved from the preset that names them, checked, and confined where a stranger wrote them."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from artgen.errors import nearest_file, one_line
from artgen.fields.block import wrong_setting

PICTURE = "image.png"
"""What the picture is called in the folder of a run."""
PREVIEW = "preview.png"
"""What shows a run while it goes on; of a batch, its pictures side by side."""
VIEWS = "views.webp"
"""What shows how perceptors see a run while it goes on."""
DRAWING = "drawing.png"
"""What it keeps besides, where finishing stages have changed the picture: the drawing before them."""
FRAMES = "frames"
"""The folder beside a film where its pictures lie."""
RUN_FILE = "run.json"
"""What stands in the folder of a run that is not finished."""
TRACEBACK = "traceback.txt"
"""What stands in the folder of a run in which a component raised something."""
MAX_ENTRIES = 10_000
"""A stranger's recipe may name no folder with more files and folders in it: looking for links would take long."""


_ADDRESS = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+://")

_NUMBERED = re.compile(r"\d\.png$", re.IGNORECASE)


@dataclass(frozen=True)
class Confinement:
    """What a preset may name, and what is said of everything else."""

    folders: tuple[Path, ...]
    readers: str
    """Who may read there, for the message: "a stranger's recipe may read"."""
    advice: str
    """What to do about a file that lies outside."""


_allowed: ContextVar[Confinement | None] = ContextVar("allowed folders", default=None)

_more: ContextVar[tuple[Path, ...]] = ContextVar("folders that the user allows besides", default=())


@contextlib.contextmanager
def confined(
    folders: Iterable[Path], readers: str = "a stranger's recipe may read", advice: str = "if it is yours, --allow them"
) -> Iterator[None]:
    """Inside, what a preset names must lie in one of `folders`, as `lies_in` says: for what comes from strangers.

    Messages say that a file lies outside of the folders that `readers`, and to do what `advice` says.
    """
    places = tuple(folder.resolve() for folder in (*folders, *_more.get()))
    with _set(_allowed, Confinement(places, readers, advice)):
        yield


@contextlib.contextmanager
def allowing(folders: Iterable[Path]) -> Iterator[None]:
    """Inside, `confined` lets a preset name what lies in these folders, too."""
    with _set(_more, (*_more.get(), *folders)):
        yield


@contextlib.contextmanager
def _set(variable: ContextVar[Any], value: Any) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def lies_in(path: Path, folders: Iterable[Path]) -> bool:
    """Whether it lies in one of `folders` when links are followed, and is not hidden there.

    Hidden is what has a name with a dot at its beginning, or lies in a folder that has one.
    """
    try:
        true, places = path.resolve(), [folder.resolve() for folder in folders]
        ways = [true.relative_to(place) for place in places if true.is_relative_to(place)]
    except (OSError, ValueError, RuntimeError):  # a name too long, a null byte, a circle of links
        return False
    return any(not any(part.startswith(".") for part in way.parts) for way in ways)


def refuse_outside(path: Path, value: object) -> None:
    """The error of a validator if `path`, written as `value`, is not among what `confined` allows.

    A folder may not lead out of it either: its links are followed, too.
    """
    allowed = _allowed.get()
    if allowed is None:
        return
    if not lies_in(path, allowed.folders):
        text = f"'{value}' lies outside of the folders that {allowed.readers}, or is hidden there"
        raise wrong_setting(f"{text}; {allowed.advice}")
    inner = list(islice(_below(path), MAX_ENTRIES + 1))
    if len(inner) > MAX_ENTRIES or not all(lies_in(entry, allowed.folders) for entry in inner if entry.is_symlink()):
        text = f"'{value}' holds a link out of the folders that {allowed.readers}, or too many files"
        raise wrong_setting(f"{text}; if it is yours, copy what is needed of it")


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files))


class LocatedText(str):
    """A string read from a preset that remembers the folder of the file it stands in."""

    folder: Path

    def __new__(cls, text: str, folder: Path) -> LocatedText:
        located = super().__new__(cls, text)
        located.folder = folder
        return located


def existing(value: Any) -> Any:
    """The validator of `InputFile`."""
    if not isinstance(value, (str, Path)):
        return value
    path = _located(value)
    if path is None or not _is_file(path):
        raise wrong_setting(_missing(value, path))
    return path


def _missing(value: str | Path, path: Path | None) -> str:
    """What to say where a preset names no file."""
    if _ADDRESS.match(str(value)):
        return f"'{value}' is an address, and those are not read; download it, and name the file"
    if path is None:
        return f"there is no file '{value}'"
    nearby = neighbours(path, Path.is_file)
    # Where it was looked for, unless that is said already: what is written starts at the preset's folder, or at home.
    elsewhere = str(path) != str(value)
    place = f" (looked for {path})" if elsewhere else "" if nearby or path.is_absolute() else " in the current folder"
    return f"there is no file '{value}'{place}{nearby}"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _located(value: str | Path) -> Path | None:
    """The path from the folder of the preset that names it; None if the system knows no such path."""
    folder = value.folder if isinstance(value, LocatedText) else Path()
    path = folder / expanded(value)
    refuse_outside(path, value)
    try:
        path.stat()
    except FileNotFoundError:
        return path
    except (OSError, ValueError):  # a name too long, a null byte
        return None
    return path


def expanded(path: str | Path) -> Path:
    """With ``~`` as the home folder; a user who is not there stays as he is written."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def neighbours(path: Path, fits: Callable[[Path], bool]) -> str:
    """The end of a 'there is no such file' message: what stands there instead."""
    try:
        if not path.parent.is_dir():
            return f"; there is no folder '{path.parent}'"
        guess = nearest_file(path.name, (p.name for p in path.parent.iterdir() if fits(p)))
    except OSError as error:
        return f" ({error.strerror or one_line(error)})"
    return f"; did you mean '{guess}'?" if guess else ""


InputFile = Annotated[Path, BeforeValidator(existing, json_schema_input_type=str)]
"""A file that must exist; a relative path starts at the folder of the preset that names it."""


def _picture(value: Any) -> Any:
    """A run's folder stands for its picture."""
    if not isinstance(value, (str, Path)):
        return value
    path = _located(value)
    if path is None:
        return existing(value)
    if path.is_dir() and not (path / PICTURE).is_file():
        if holds_numbered(path):
            return path
        text = f"there is no {PICTURE} in the folder '{value}'; name a picture, or the folder of a run"
        raise wrong_setting(text)
    return path / PICTURE if path.is_dir() else existing(value)


def holds_numbered(folder: Path) -> bool:
    """Whether there are pictures in a folder, or in that of its frames, whose names end in a number."""
    place = folder / FRAMES if (folder / FRAMES).is_dir() else folder
    return any(_NUMBERED.search(path.name) for path in place.iterdir())


def _video(value: Any) -> Any:
    if not isinstance(value, (str, Path)):
        return value
    path = _located(value)
    if path is None or not path.is_dir():
        return existing(value)
    if not holds_numbered(path):
        raise wrong_setting(f"there are no numbered PNGs, such as 000000.png, in the folder '{value}'")
    return path


VideoFile = Annotated[Path, BeforeValidator(_video, json_schema_input_type=str)]
"""A video that must exist, or a folder of numbered PNGs; relative as `InputFile`.

What is read, by what is in a file and not by its name:

- MP4, MOV, WebM, MKV, AVI, MPEG, OGV, FLV and WMV, by the ffmpeg on the PATH;
- animated GIF, WebP and PNG, without ffmpeg;
- a folder of PNGs whose names end in a number, or that of a film: each of them is one drawn frame.
"""


class PictureMark:
    """In an ``Annotated``: the path is that of a picture, which is opened when a preset is checked."""


PictureFile = Annotated[Path, BeforeValidator(_picture, json_schema_input_type=str), PictureMark()]
"""A picture that must exist, or the folder of a run, which stands for its picture; relative as `InputFile`.

What is read, by what is in a file and not by its name:

- PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF, JPEG 2000, PPM (PGM, PBM, PFM) and PSD (as Photoshop flattened it); HEIC with
  ``pip install "artgen[heic]"``; SVG with ``pip install "artgen[svg]"``, drawn so that its longer side has 2048 pixels,
  its text in this machine's fonts. At most 67 million pixels;
- turned upright, as Exif says, and converted to sRGB from the colour profile (ICC) that it has. One that cannot be
  read is told, and the colours are taken for sRGB;
- numbers of 16 bits by their range: 65535 is white. Numbers of 32 bits: 65535 too, or the greatest of 32 bits where
  some are from 2^24 on. Fractions: 1 is white. What has other numbers has no known white and is refused;
- of what moves or has pages, the first picture; it is told. Over a film, what moves has another picture in each frame,
  and a video may be named.
"""


def drawing_in(made: Path) -> Path:
    """Of a run's folder the drawing before its finishing stages, or else its picture; a file as it is."""
    if not made.is_dir():
        return made
    return made / DRAWING if (made / DRAWING).is_file() else made / PICTURE
