"""The film beside a gallery's picture, which is one of its frames: ``zoom.webm``, ``zoom.mp4`` or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.filesize import decimal

from artgen.errors import InputError
from artgen.films.formats.recipes import recipe_of
from artgen.films.record import FilmRecord

KINDS: Mapping[str, str] = {".webm": "video/webm", ".mp4": "video/mp4"}
"""What browsers play, the smaller ones first."""
MAX_FILM = 32 << 20
"""A film that is larger has no place on a page."""


@dataclass(frozen=True)
class FilmFile:
    """One form of a film."""

    path: Path

    @property
    def kind(self) -> str:
        """Its media type."""
        return KINDS[self.path.suffix]

    @property
    def form(self) -> str:
        return {".webm": "WebM", ".mp4": "MP4"}[self.path.suffix]

    @property
    def size(self) -> str:
        return decimal(self.path.stat().st_size)


def beside(picture: Path) -> list[FilmFile]:
    """The forms of a picture's film. InputError, in one line, if one is too large for a page."""
    found = [picture.with_suffix(suffix) for suffix in KINDS]
    there = [FilmFile(path) for path in found if path.is_file()]
    for film in there:
        if film.path.stat().st_size > MAX_FILM:
            raise InputError(
                f"{film.path}: is larger than {MAX_FILM >> 20} MiB, which is too much for a gallery's page"
            )
    return there


def duration(film: FilmFile) -> str:
    """``6 s, 12 frames a second``, as its own recipe says; empty if it says nothing."""
    try:
        told: Any = recipe_of(film.path)
        made = FilmRecord.from_data(told, film.path)
    except InputError:
        return ""
    return f"{len(made.frames) * made.hold / made.fps:.3g} s, {made.fps:g} frames a second"
