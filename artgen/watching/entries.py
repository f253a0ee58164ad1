"""What the page shows of one run, film, sweep or picture, as plain data."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from artgen.errors import shown
from artgen.prompts.titles import asked
from artgen.sweeps.record import SweepRecord
from artgen.watching.facts import FILMS, Facts
from artgen.watching.listing import Listing, Stamp
from artgen.watching.places import Place
from artgen.watching.states import AT_WORK, State

LONGEST = 500
"""Characters of a title."""
SHOWN_CELLS = 9
"""So many cells of a sweep are shown before it is opened."""
DEV = "-dev.png"
"""How the pictures of ``artgen dev`` end."""


@dataclass(frozen=True)
class WatchedEntry:
    """Something that the page shows."""

    id: str
    place: Place
    data: Mapping[str, Any]
    """For the page; all of it is shown as text."""
    facts: Facts | None = None
    """Of a run or a film."""
    sweep: WatchedSweep | None = None
    picture: tuple[str, Stamp] | None = None
    """The file that shows it, from `place`, and its version."""

    @property
    def state(self) -> str:
        return str(self.data["state"])


@dataclass(frozen=True)
class WatchedSweep:
    """A sweep's record, and what there is of its cells, in their order."""

    listing: Listing
    record: SweepRecord
    cells: Sequence[WatchedEntry]


def id_of(place: Place) -> str:
    """What addresses call a place: no part of its path, so that none can lead elsewhere."""
    text = "/".join(place.parts).encode("utf-8", "surrogateescape")
    return hashlib.blake2b(text, digest_size=10).hexdigest()


def of_run(facts: Facts, state: State) -> WatchedEntry:
    """A run, a film, or a cell of a sweep."""
    place, told = facts.listing.place, facts.progress
    data: dict[str, Any] = {
        "kind": facts.kind,
        "name": shown(place.said, LONGEST),
        "title": shown(asked(facts.preset), LONGEST) if facts.preset else "",
        "state": state,
        "written": round(facts.written, 2),
        "begun": round(facts.begun, 2),
        "generator": _generator(facts.preset),
    }
    if facts.reason and state == "failed":
        data["reason"] = facts.reason
    elif facts.is_cut_short and state == "failed":
        data["reason"] = "it ended before its time"
    if told is not None and state != "finished":
        data |= {"step": told.step, "steps": told.steps, "seconds": round(told.seconds, 1)}
        if told.left is not None and state in AT_WORK:
            data["left"] = round(told.left)
        if told.stage:
            data["stage"] = told.stage
        if total := told.losses.get("total"):
            data["loss"] = total[-1][1]
    elif facts.loss is not None:
        data["loss"] = facts.loss
    if facts.kind == "film":
        data["frame"] = len(facts.listing.frames)
        data["frames"] = told.frames if told and told.frames else None if state != "finished" else data["frame"]
    if facts.film:
        data["film"] = facts.film
        data["grew"] = facts.film not in FILMS
    return _entry(place, data, facts.picture, facts.stamp, facts.size, facts=facts)


def of_picture(place: Place, stamp: Stamp) -> WatchedEntry:
    """A picture that ``artgen dev`` draws again and again."""
    data = {
        "kind": "dev",
        "name": shown(place.said, LONGEST),
        "title": shown(place.name.removesuffix(DEV), LONGEST),
        "state": "finished",
        "written": round(stamp.seconds, 2),
        "begun": 0.0,
        "generator": "",
    }
    return _entry(place, data, "", stamp, None)


def of_sweep(sweep: WatchedSweep, is_quiet: bool) -> WatchedEntry:
    """A sweep; `is_quiet` says that nothing of it has changed for long."""
    place, cells = sweep.listing.place, sweep.cells
    states = Counter(cell.state for cell in cells)
    with_picture = [cell for cell in cells if cell.picture]
    written = max((cell.data["written"] for cell in cells), default=0.0)
    about = ", ".join(axis.key for axis in sweep.record.axes)
    data: dict[str, Any] = {
        "kind": "sweep",
        "name": shown(place.said, LONGEST),
        "title": shown(f"{sweep.record.title} over {about}" if about else sweep.record.title, LONGEST),
        "state": _sweep_state(states, len(cells), is_quiet),
        "written": max(written, round(sweep.listing.files["sweep.json"].seconds, 2)),
        "begun": round(sweep.listing.files["sweep.json"].seconds, 2),
        "generator": "",
        "cells": {
            "count": len(cells),
            "done": states["finished"],
            "failed": states["failed"],
            "at_work": sum(states[state] for state in AT_WORK),
            "shown": [[cell.id, cell.data["picture"]] for cell in with_picture[-SHOWN_CELLS:]],
        },
    }
    return _entry(place, data, None, None, None, sweep=sweep)


def _sweep_state(states: Mapping[str, int], count: int, is_quiet: bool) -> State:
    if states["finished"] == count:
        return "finished"
    if any(states[state] for state in AT_WORK) or not is_quiet:
        return "running"
    if states["failed"] and states["failed"] + states["finished"] == count:
        return "failed"
    return "silent" if states["silent"] else "stopped"


def _entry(
    place: Place,
    data: dict[str, Any],
    picture: str | None,
    stamp: Stamp | None,
    size: tuple[int, int] | None,
    facts: Facts | None = None,
    sweep: WatchedSweep | None = None,
) -> WatchedEntry:
    data["id"] = id_of(place)
    data["picture"] = stamp.text if picture is not None and stamp is not None else None
    data["file"], data["size"] = picture, list(size) if size else None
    shown_by = (picture, stamp) if picture is not None and stamp is not None else None
    return WatchedEntry(data["id"], place, data, facts, sweep, shown_by)


def _generator(preset: Mapping[str, Any]) -> str:
    found = preset.get("generator")
    return shown(found.get("type", ""), 100) if isinstance(found, Mapping) else ""
