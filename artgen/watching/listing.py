"""What lies in a folder, read again only where the folder has changed: artgen renames each file that it has written."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from artgen.fields.paths import FRAMES
from artgen.watching.places import Place

RACY_NS = 2_000_000_000
"""A folder that was read so soon after it had changed may have changed again in the same tick of its clock."""
MOST_FILES = 200_000
"""Of a folder that has more files, the rest is not looked at."""
FRAME = re.compile(r"\d{6}\.png")


@dataclass(frozen=True)
class Stamp:
    """A version of a file."""

    mtime_ns: int
    size: int

    @property
    def text(self) -> str:
        return f"{self.mtime_ns:x}-{self.size:x}"

    @property
    def seconds(self) -> float:
        """When it was written, since the epoch, by the clock of whoever keeps the files."""
        return self.mtime_ns / 1e9


@dataclass(frozen=True)
class Listing:
    """A folder's files and folders; links are left out, and so are hidden folders."""

    place: Place
    changed: tuple[int, ...]
    """When the folder, and that of its frames, was changed, in nanoseconds."""
    read_at: int
    files: Mapping[str, Stamp] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    frames: tuple[int, ...] = ()
    """The numbers of the frames in its folder of frames, sorted."""

    @property
    def is_fresh(self) -> bool:
        """Whether nothing has changed since it was read."""
        return changes(self.place, bool(self.frames) or FRAMES in self.folders) == self.changed and not self.is_racy

    @property
    def is_racy(self) -> bool:
        return self.read_at - max(self.changed) < RACY_NS


def stamp_of(place: Place) -> Stamp | None:
    """The version of a file; None if there is none."""
    try:
        state = os.lstat(place.path)
    except (OSError, ValueError):
        return None
    return Stamp(state.st_mtime_ns, state.st_size)


def changes(place: Place, has_frames: bool) -> tuple[int, ...]:
    """When a folder was changed, and that of its frames; 0 where there is none."""
    paths = (place.path, place.path / FRAMES) if has_frames else (place.path,)
    found = []
    for path in paths:
        try:
            found.append(os.lstat(path).st_mtime_ns)
        except OSError:
            found.append(0)
    return tuple(found)


def read(place: Place) -> Listing:
    """What lies in a folder; nothing, where it cannot be read."""
    files, folders = _entries(place)
    changed = changes(place, FRAMES in folders)
    return Listing(place, changed, time.time_ns(), files, folders, _frames(place) if FRAMES in folders else ())


def _entries(place: Place) -> tuple[dict[str, Stamp], tuple[str, ...]]:
    files: dict[str, Stamp] = {}
    folders = []
    try:
        with os.scandir(place.path) as found:
            for entry in found:
                if len(files) >= MOST_FILES:
                    break
                try:
                    if entry.is_dir(follow_symlinks=False):
                        if not entry.name.startswith("."):
                            folders.append(entry.name)
                    elif entry.is_file(follow_symlinks=False):
                        state = entry.stat(follow_symlinks=False)
                        files[entry.name] = Stamp(state.st_mtime_ns, state.st_size)
                except OSError:
                    continue
    except OSError:
        return {}, ()
    return files, tuple(sorted(folders))


def _frames(place: Place) -> tuple[int, ...]:
    try:
        with os.scandir(place.path / FRAMES) as found:
            names = [entry.name for entry in islice(found, MOST_FILES)]
    except OSError:
        return ()
    return tuple(sorted(int(name[:6]) for name in names if FRAME.fullmatch(name)))
