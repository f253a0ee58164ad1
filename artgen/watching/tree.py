"""All that there is to show below a folder, looked for again and again; only what has changed is read anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from artgen.errors import InputError
from artgen.fields.paths import FRAMES
from artgen.recipe.inputs import FOLDER, VIDEO
from artgen.sweeps import record
from artgen.watching import entries, facts, listing, states
from artgen.watching.board import Board
from artgen.watching.entries import WatchedEntry, WatchedSweep
from artgen.watching.facts import Facts
from artgen.watching.listing import Listing
from artgen.watching.places import Place

DEPTH = 8
"""How many folders may lie within each other."""
MOST_FOLDERS = 100_000
INSIDE = frozenset({FRAMES, VIDEO, FOLDER, "batch", record.CELLS})
"""Folders of runs, films and sweeps, in which nothing else lies."""
QUIET = 120.0
"""Seconds after which a sweep is at rest of whose cells none is drawn: between two of them there may be some time."""


@dataclass
class _Known:
    """What is known of a folder."""

    listing: Listing
    changed_at: float
    """When that was last new to us, on our own clock; others' clocks may be wrong."""
    facts: Facts | None = None
    record: record.SweepRecord | None = None


class Tree:
    """Looks through `root` for what its `board` shows. Used by one thread."""

    def __init__(self, root: Place, board: Board) -> None:
        self.root, self.board = root, board
        self._known: dict[tuple[str, ...], _Known] = {}
        self._seen: set[tuple[str, ...]] = set()
        self._ids: set[str] = set()

    def look(self) -> None:
        """Once through all of it; what is found is on the board at once, what is gone at the end."""
        self._seen, self._ids = set(), set()
        for entry in self._below(self.root, 0):
            self._ids.add(entry.id)
            self.board.put(entry)
        self.board.keep(self._ids)
        for gone in self._known.keys() - self._seen:
            del self._known[gone]

    def _below(self, place: Place, depth: int) -> Iterator[WatchedEntry]:
        if depth > DEPTH or len(self._seen) >= MOST_FOLDERS:
            return
        known = self._read(place)
        found = known.listing
        if record.FILE in found.files and (sweep := self._sweep(known)):
            yield sweep
        elif known.facts is not None and (entry := self._run(known)):
            yield entry
        for name, stamp in found.files.items():
            if name.endswith(entries.DEV) and not name.startswith("."):
                yield entries.of_picture(place / name, stamp)
        for name in found.folders:
            if name not in INSIDE and _is_plain(name):
                yield from self._below(place / name, depth + 1)

    def _read(self, place: Place) -> _Known:
        """What lies in a folder, and what that says; as it was known where nothing has changed."""
        self._seen.add(place.parts)
        known = self._known.get(place.parts)
        if known is not None and known.listing.is_fresh:
            return known
        found = listing.read(place)
        if known is not None and _is_same(found, known.listing):
            known.listing = found
            if known.facts is not None:
                known.facts = replace(known.facts, listing=found)
            return known
        made = _Known(found, self._changed_at(found, known))
        if record.FILE in found.files:
            is_same = known is not None and known.listing.files.get(record.FILE) == found.files[record.FILE]
            made.record = known.record if known is not None and is_same else _record(place)
        elif facts.is_one(found):
            made.facts = facts.read(found)
        self._known[place.parts] = made
        return made

    @staticmethod
    def _changed_at(found: Listing, known: _Known | None) -> float:
        """Now, or for what is seen for the first time when its files say that it was."""
        if known is not None:
            return time.monotonic()
        last = max([stamp.mtime_ns for stamp in found.files.values()] + list(found.changed), default=0)
        return time.monotonic() - max(0.0, (time.time_ns() - last) / 1e9)

    def _run(self, known: _Known) -> WatchedEntry | None:
        if known.facts is None:
            return None
        state = states.state_of(known.facts, time.monotonic() - known.changed_at)
        return entries.of_run(known.facts, state) if state else None

    def _sweep(self, known: _Known) -> WatchedEntry | None:
        if known.record is None:
            return None
        cells, last = [], known.changed_at
        for cell in known.record.cells:
            place = known.listing.place / record.CELLS / cell.name
            inner = self._read(place)
            # A folder that is not there was never changed.
            last = max(last, inner.changed_at) if any(inner.listing.changed) else last
            entry = self._run(inner) or _waiting(place)
            self._ids.add(entry.id)
            self.board.put(entry, is_inside=True)
            cells.append(entry)
        is_quiet = time.monotonic() - last > QUIET
        return entries.of_sweep(WatchedSweep(known.listing, known.record, tuple(cells)), is_quiet)


def _is_plain(name: str) -> bool:
    return "\\" not in name and name not in (".", "..")


def _is_same(one: Listing, other: Listing) -> bool:
    """Whether the same files and folders are there; that a folder was changed may mean that a file came and went."""
    return (one.files, one.folders, one.frames) == (other.files, other.folders, other.frames)


def _record(place: Place) -> record.SweepRecord | None:
    try:
        return record.parse((place / record.FILE).text(record.MAX_BYTES), place.path / record.FILE)
    except InputError:
        return None


def _waiting(place: Place) -> WatchedEntry:
    data: dict[str, Any] = {
        "id": entries.id_of(place),
        "kind": "run",
        "name": place.said,
        "title": "",
        "state": "waiting",
        "written": 0.0,
        "begun": 0.0,
        "generator": "",
        "picture": None,
        "size": None,
    }
    return WatchedEntry(data["id"], place, data)


class Lookout:
    """A thread that looks through a folder, as long as somebody asks for what it finds.

    It rests for at least `every` seconds after each look, and four times as long as that took: a shared disk has others
    to serve.
    """

    IDLE = 60.0
    """Seconds without a question after which it rests."""

    def __init__(self, root: Place, board: Board, every: float = 1.0) -> None:
        self.tree, self.every = Tree(root, board), every
        self._asked_at = -self.IDLE
        self._wake, self._over = threading.Event(), False
        self._thread = threading.Thread(target=self._look_on, name="lookout", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask(self) -> None:
        """Somebody is looking."""
        was_idle = time.monotonic() - self._asked_at >= self.IDLE
        self._asked_at = time.monotonic()
        if was_idle:
            self._wake.set()

    def stop(self) -> None:
        self._over = True
        self._wake.set()
        self._thread.join(timeout=5)

    def _look_on(self) -> None:
        rest = 0.0
        while not self._over:
            if time.monotonic() - self._asked_at >= self.IDLE:
                self._wake.wait()
            else:
                self._wake.wait(rest)
            self._wake.clear()
            if self._over:
                return
            begun = time.monotonic()
            self.tree.look()
            self.tree.board.is_complete = True
            rest = max(self.every, 4 * (time.monotonic() - begun))
