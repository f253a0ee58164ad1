"""What the files of a run, or of a film, say of it. They may be a stranger's: what is damaged says nothing."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from artgen.engine import stopped_run
from artgen.engine.ownership import LOCK
from artgen.errors import ArtgenError, shown
from artgen.fields.paths import FRAMES, PICTURE, PREVIEW, RUN_FILE, TRACEBACK
from artgen.films.record import FILE as FILM_RECORD
from artgen.preset import nodes
from artgen.recipe import metadata
from artgen.recipe import model as recipe
from artgen.reporters import progress
from artgen.reporters.progress import RunProgress
from artgen.sweeps.record import OUTCOME, CellOutcome
from artgen.watching.listing import Listing, Stamp, stamp_of
from artgen.watching.places import Place

PRESET = "preset.yaml"
FILMS = ("film.mp4", "film.webm", "film.webp", "film.gif", "film.png")
"""What the file that shows a film may be called, the best first."""
GROWTHS = ("timelapse.mp4", "timelapse.webp")
"""The same of the one that shows how a picture grew."""
MAX_PRESET, MAX_NOTE = 4 << 20, 1 << 16
"""Bytes of what says which preset it is, and of a short record."""
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


@dataclass(frozen=True)
class Facts:
    """A run or a film, as its files are at one moment."""

    listing: Listing
    kind: str
    """run or film."""
    preset: Mapping[str, Any] = field(default_factory=dict)
    progress: RunProgress | None = None
    reason: str | None = None
    """Why it failed, in one line."""
    picture: str | None = None
    """The file that shows it best now, from its folder."""
    size: tuple[int, int] | None = None
    """Width and height of that."""
    film: str | None = None
    """The file that shows it moving."""
    is_cut_short: bool = False
    """Whether its recipe says that it ended before its time."""
    loss: float | None = None
    seconds: float | None = None
    """How long it took, of a cell."""

    def has(self, name: str) -> bool:
        return name in self.listing.files

    @property
    def stamp(self) -> Stamp | None:
        """The version of its picture."""
        if self.picture is None:
            return None
        if self.picture.startswith(f"{FRAMES}/"):
            return stamp_of(self.listing.place / self.picture)
        return self.listing.files[self.picture]

    @property
    def written(self) -> float:
        """When something of it was last written, in seconds since the epoch."""
        times = [stamp.mtime_ns for name, stamp in self.listing.files.items() if name not in (PRESET, LOCK)]
        if self.listing.frames:
            times.append(self.listing.changed[-1])
        return max(times, default=self.listing.changed[0]) / 1e9

    @property
    def begun(self) -> float:
        """When it began, as far as its files tell."""
        return min((self.listing.files[name].seconds for name in (RUN_FILE, LOCK) if self.has(name)), default=0.0)


def is_one(listing: Listing) -> bool:
    """Whether a folder is that of a run or of a film."""
    files = listing.files
    made = PICTURE in files and (PRESET in files or metadata.FILE in files)
    return made or any(name in files for name in (RUN_FILE, LOCK, TRACEBACK, progress.FILE, FILM_RECORD, OUTCOME))


def read(listing: Listing) -> Facts:
    """What a folder says of its run."""
    place, files = listing.place, listing.files
    preset, is_cut_short = _preset(place, files)
    told = progress.parse(_text(place, progress.FILE, progress.MAX_BYTES)) if progress.FILE in files else None
    outcome = _outcome(place) if OUTCOME in files else CellOutcome()
    is_film = bool(preset.get("film")) or FILM_RECORD in files or (FRAMES in listing.folders and RUN_FILE in files)
    picture = _picture(listing, is_film)
    return Facts(
        listing,
        "film" if is_film else "run",
        preset,
        told,
        outcome.reason or (told and told.failure) or (_last_line(place) if TRACEBACK in files else None),
        picture,
        _size(place, picture) if picture else None,
        next((name for name in (*FILMS, *GROWTHS) if name in files), None),
        is_cut_short,
        outcome.loss,
        outcome.seconds,
    )


def _text(place: Place, name: str, most: int) -> str:
    try:
        return (place / name).text(most)
    except ArtgenError:
        return ""


def _preset(place: Place, files: Mapping[str, Stamp]) -> tuple[Mapping[str, Any], bool]:
    """The preset, and whether the picture's recipe says that it is an unfinished one."""
    try:
        if RUN_FILE in files:
            return stopped_run.read(_text(place, RUN_FILE, MAX_PRESET))["preset"], False
        if metadata.FILE in files:
            made = recipe.from_json(_text(place, metadata.FILE, recipe.MAX_BYTES), place.name)
            # What a private recipe leaves out stands in the folder, which is for those who drew it.
            whole = _yaml(place) if made.get("private") and PRESET in files else {}
            return whole or made["preset"], bool(made.get("interrupted"))
        if FILM_RECORD in files and PRESET not in files:
            found = json.loads(_text(place, FILM_RECORD, 16 << 20))["preset"]
            return (found if isinstance(found, dict) else {}), False
        return (_yaml(place) if PRESET in files else {}), False
    except (ArtgenError, ValueError, KeyError, TypeError, RecursionError):
        return {}, False


def _yaml(place: Place) -> dict[str, Any]:
    text = _text(place, PRESET, nodes.MAX_BYTES)
    found = nodes.from_text(text, PRESET, Path())[0].data()
    return found if isinstance(found, dict) else {}


def _outcome(place: Place) -> CellOutcome:
    try:
        return CellOutcome.model_validate_json(_text(place, OUTCOME, MAX_NOTE))
    except ValueError:
        return CellOutcome()


def _last_line(place: Place) -> str | None:
    """Of a traceback: what was raised."""
    lines = [line.strip() for line in _text(place, TRACEBACK, 1 << 20).splitlines() if line.strip()]
    return shown(lines[-1], 300) if lines else None


def _picture(listing: Listing, is_film: bool) -> str | None:
    if is_film and listing.frames and PICTURE not in listing.files:
        return f"{FRAMES}/{listing.frames[-1]:06}.png"
    # A run that goes on where it was stopped has both.
    names = (PREVIEW, PICTURE) if RUN_FILE in listing.files else (PICTURE, PREVIEW)
    return next((name for name in names if name in listing.files), None)


def _size(place: Place, name: str) -> tuple[int, int] | None:
    """Width and height, as the head of a PNG says them (ISO/IEC 15948, 11.2.2)."""
    try:
        with (place / name).open() as file:
            head = file.read(24)
    except (ArtgenError, OSError):
        return None
    if not head.startswith(_PNG) or len(head) < 24:
        return None
    width, height = struct.unpack(">II", head[16:])
    return (width, height) if 0 < width < 1 << 24 and 0 < height < 1 << 24 else None
