"""Which files of an entry may be seen, by their names, and as what: nothing that a browser would run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from artgen.fields.paths import DRAWING, PICTURE, PREVIEW, TRACEBACK, VIEWS
from artgen.recipe import metadata
from artgen.reporters import curves
from artgen.watching.entries import WatchedEntry
from artgen.watching.facts import FILMS, GROWTHS, PRESET
from artgen.watching.listing import FRAME, Stamp
from artgen.watching.places import Place

SHOWN = {
    **dict.fromkeys((PICTURE, DRAWING, PREVIEW, "sheet.png", "progress.png", "losses.png"), "image/png"),
    VIEWS: "image/webp",
    **{name: {"mp4": "video/mp4", "webm": "video/webm"}.get(name[-4:].lstrip("."), "") for name in (*FILMS, *GROWTHS)},
}
"""The media type of each file that the page shows, by its name."""
SHOWN |= {name: f"image/{name.rpartition('.')[2]}" for name, kind in SHOWN.items() if not kind}
SAVED = (metadata.FILE, PRESET, curves.FILE, TRACEBACK)
"""What can be saved besides."""
FORM = re.compile(r"(image|drawing)\.(?!png$)[a-z0-9]{1,12}(\.[a-z0-9]{1,12})?")
"""Another form of the picture."""
_OF_BATCH = re.compile(r"batch/seed-\d{1,20}\.png")
_FRAME = re.compile(rf"frames/{FRAME.pattern}")


@dataclass(frozen=True)
class ServedFile:
    """A file, and how it is served."""

    place: Place
    kind: str
    """The media type."""
    is_saved: bool
    """Whether a browser shall save it and not show it."""
    stamp: Stamp | None
    """Its version, if that is known."""


def served(entry: WatchedEntry, name: str) -> ServedFile | None:
    """The file of that name among those of an entry; None if it has none that may be seen."""
    if entry.facts is None:
        if name == "" and entry.picture is not None:
            return ServedFile(entry.place, "image/png", False, entry.picture[1])
        return None
    place, stamp = entry.place, entry.facts.listing.files.get(name)
    if name in SHOWN and stamp is not None:
        return ServedFile(place / name, SHOWN[name], False, stamp)
    if (name in SAVED or FORM.fullmatch(name)) and stamp is not None:
        return ServedFile(place / name, "application/octet-stream", True, stamp)
    if _OF_BATCH.fullmatch(name):
        return ServedFile(place / name, "image/png", False, None)
    if _FRAME.fullmatch(name) and int(name[-10:-4]) in entry.facts.listing.frames:
        return ServedFile(place / name, "image/png", False, None)
    return None


def picture_of(entry: WatchedEntry) -> Place | None:
    """The file that shows an entry best; None if there is none."""
    if entry.picture is None:
        return None
    name = entry.picture[0]
    return entry.place / name if name else entry.place


def downloads(names: Iterable[str]) -> list[str]:
    """Those of a folder's files that can be saved, the picture first."""
    found = {name for name in names if name in SHOWN or name in SAVED or FORM.fullmatch(name)}
    order = {name: i for i, name in enumerate((PICTURE, *FILMS, *GROWTHS, DRAWING, metadata.FILE, PRESET))}
    return sorted(found, key=lambda name: (order.get(name, len(order)), name))
