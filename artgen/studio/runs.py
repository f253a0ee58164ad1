"""The runs of a folder, those of earlier studios and of `artgen run` among them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from artgen.engine import stopped_run
from artgen.errors import ArtgenError, InputError
from artgen.fields.paths import PICTURE, RUN_FILE
from artgen.files import read_text
from artgen.prompts.titles import asked
from artgen.recipe import metadata
from artgen.recipe.model import MAX_BYTES as MOST_RECIPE
from artgen.reporters.curves import add
from artgen.steering import history
from artgen.studio.record import Curves, Parent, Record, Said

MOST_NOTES = 50
MOST_TITLE = 300
MOST_RUNS = 1000
"""Of those that were made earlier, the newest."""
NAME = re.compile(r"[^\W_][\w.+-]{0,127}")
"""What a run's folder may be called to be one of the studio's."""
BUSY = ("waiting", "building", "running", "finishing")
"""States in which the process that draws is at work on a run, or about to be."""


@dataclass
class StudioRun:
    """All that is known of one run."""

    id: str
    folder: Path
    state: str = "waiting"
    """waiting, building, running, paused, finishing, finished, stopped or failed."""
    step: int = 0
    """How many steps are done."""
    steps: int = 0
    total: float | None = None
    seconds: float = 0.0
    size: tuple[int, int] = (0, 0)
    batch: int = 1
    prompts: str = ""
    title: str = ""
    preset: str = ""
    favourite: bool = False
    parent: Parent | None = None
    picture: int = 0
    """Counts the pictures that there were, so that a browser knows a newer one."""
    reason: str | None = None
    notes: list[str] = field(default_factory=list)
    touches: list[Mapping[str, Any]] | None = None
    """Each touch's step, and what it changed; None where nobody has read them yet."""
    checkpoints: list[int] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    """The forms in which it is to be written, too, when it is finished."""
    curves: Curves = field(default_factory=dict)
    judged: Curves = field(default_factory=dict)
    yaml: str = ""
    """The preset as the artist wrote it last."""
    newest: bytes | None = None
    """The newest picture, a WebP, while the run is drawn."""
    earlier_seconds: float = 0.0
    """Spent on it before the process that draws it opened it."""

    @property
    def record(self) -> Record:
        return Record(self.folder)

    def brief(self) -> dict[str, Any]:
        """What every window is told whenever it changes."""
        return {
            "id": self.id,
            "title": self.title or self.prompts or self.preset or self.id,
            "preset": self.preset,
            "prompts": self.prompts,
            "state": self.state,
            "step": self.step,
            "steps": self.steps,
            "total": self.total,
            "seconds": round(self.seconds, 2),
            "size": list(self.size),
            "batch": self.batch,
            "favourite": self.favourite,
            "parent": self.parent.model_dump() if self.parent else None,
            "picture": self.picture,
            "reason": self.reason,
            "exports": self.exports,
        }

    def said(self) -> Said:
        """What is written down of it."""
        return Said(
            title=self.title[:MOST_TITLE],
            favourite=self.favourite,
            preset=self.preset[:MOST_TITLE],
            parent=self.parent,
            step=self.step,
            steps=self.steps,
            seconds=self.seconds,
            state=self.state,
            reason=None if self.reason is None else self.reason[:4096],
        )

    def note(self, line: str) -> None:
        self.notes.append(line)
        del self.notes[:-MOST_NOTES]

    def add_points(self, curves: Mapping[str, Any], judged: Mapping[str, Any]) -> None:
        for known, new in ((self.curves, curves), (self.judged, judged)):
            for name, points in new.items():
                add(known, name, points)

    def describe(self, preset: Mapping[str, Any]) -> None:
        """Take from a resolved preset what is told of the run."""
        self.prompts = asked(preset)[:MOST_TITLE]
        size, batch, steps = preset.get("size"), preset.get("batch"), preset.get("steps")
        if isinstance(size, (list, tuple)) and len(size) == 2 and all(isinstance(side, int) for side in size):
            self.size = size[0], size[1]
        if isinstance(batch, int):
            self.batch = batch
        if isinstance(steps, int) and not self.steps:
            self.steps = steps


def name_of(text: str) -> str:
    """What the folder of a run of a preset of that name is called before its number."""
    return re.sub(r"[^\w.+-]+", "-", text).strip("-._")[:64] or "run"


def found(folder: Path) -> Iterator[StudioRun]:
    """The runs in a folder, the newest last."""
    if not folder.is_dir():
        return
    places = [place for place in folder.iterdir() if NAME.fullmatch(place.name) and _is_run(place)]
    for place in sorted(places, key=_begun)[-MOST_RUNS:]:
        yield _entry(place)


def _is_run(place: Path) -> bool:
    return not place.is_symlink() and ((place / RUN_FILE).is_file() or (place / PICTURE).is_file())


def _begun(place: Path) -> tuple[float, str]:
    try:
        return place.stat().st_ctime, place.name
    except OSError:
        return 0.0, place.name


def _entry(place: Path) -> StudioRun:
    entry = StudioRun(place.name, place, state="stopped" if (place / RUN_FILE).is_file() else "finished")
    said = entry.record.said()
    if said is not None:
        entry.title, entry.favourite, entry.preset, entry.parent = said.title, said.favourite, said.preset, said.parent
        entry.step, entry.steps, entry.earlier_seconds = said.step, said.steps, said.seconds
        entry.seconds = said.seconds
        if said.state == "failed" or entry.state == "finished":
            entry.reason = said.reason
        if said.state == "failed":
            entry.state = "failed"
    entry.describe(_preset_in(place))
    entry.exports = _exports_in(place)
    entry.yaml = entry.record.wanted()
    entry.checkpoints = history.moments(place)
    if entry.state == "stopped":
        # As many as the newest checkpoint has: what was drawn after it is drawn again.
        entry.step = max([0, *_kept_steps(place)])
    elif said is None:
        entry.step = entry.steps
    entry.picture = 1
    return entry


def _kept_steps(place: Path) -> list[int]:
    """The steps of the run's checkpoints."""
    names = (path.stem.rpartition("-")[2] for path in stopped_run.kept(place))
    return [int(name) for name in names if name.isdecimal() and len(name) < 12]


def _preset_in(place: Path) -> Mapping[str, Any]:
    """What the run's own files say of its preset; nothing where they cannot be read."""
    try:
        if (place / RUN_FILE).is_file():
            preset = (stopped_run.unfinished(place) or {}).get("preset", {})
        else:
            preset = json.loads(read_text(place / metadata.FILE, MOST_RECIPE, "recipe")).get("preset", {})
    except (ArtgenError, ValueError, AttributeError, RecursionError):
        return {}
    return preset if isinstance(preset, Mapping) else {}


def _exports_in(place: Path) -> list[str]:
    """The forms in which an unfinished run is to be written, too."""
    try:
        return list((stopped_run.unfinished(place) or {}).get("export", ()))
    except ArtgenError:
        return []


def resolved_in(place: Path) -> Mapping[str, Any]:
    """The resolved preset of a run's folder; InputError if it has none that can be read."""
    if preset := _preset_in(place):
        return preset
    raise InputError(f"{place}: says nothing of its preset")
