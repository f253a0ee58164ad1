"""One entry in full: losses, settings, notes, files; of a film its frames, of a sweep its cells. All of it is text."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from artgen.deprecation import PresetRemark
from artgen.errors import ArtgenError, InputError, is_plain, shown
from artgen.fields.paths import PICTURE, RUN_FILE, TRACEBACK, VIEWS, confined
from artgen.preset.brief import brief
from artgen.preset.checking import Checker
from artgen.preset.model import as_yaml
from artgen.prompts.titles import titles
from artgen.recipe import metadata
from artgen.recipe import model as recipe
from artgen.reporters import curves
from artgen.sweeps.rows import Row
from artgen.sweeps.sheets import ranking
from artgen.sweeps.sheets.arrangement import arrange
from artgen.sweeps.sheets.labels import Heading, headings, settings_text
from artgen.watching.entries import WatchedEntry, WatchedSweep
from artgen.watching.facts import FILMS, GROWTHS, PRESET, Facts
from artgen.watching.files import downloads

MOST_CELLS = 2000
"""So many cells of a sweep are shown."""
_OF_CELL = ("id", "state", "picture", "size", "reason", "step", "steps", "loss")
LONGEST = 200_000
"""Characters of a text that is shown in full."""
_STYLE: dict[str, Any] = {"sort_keys": False, "allow_unicode": True, "default_flow_style": None, "width": 60}


def detail(entry: WatchedEntry) -> dict[str, Any]:
    """All that the page shows of one, besides what its card has."""
    if entry.sweep is not None:
        return {**entry.data, "sheet": _sheet(entry.sweep), "files": []}
    if entry.facts is None:
        return {**entry.data, "files": []}
    facts = entry.facts
    made = _recipe(facts)
    return {
        **entry.data,
        "prompts": [[shown(title, 2000), weight] for title, weight in titles(facts.preset)][:50],
        "facts": [[name, shown(value, 300)] for name, value in _numbers(facts, made)],
        "curves": _curves(facts),
        "strip": "progress.png" if facts.has("progress.png") else None,
        "views": VIEWS if facts.has(VIEWS) else None,
        "batch": "sheet.png" if facts.has("sheet.png") else None,
        "notes": list(facts.progress.notes) if facts.progress else _read_as(made),
        "traceback": _text(facts, TRACEBACK) if facts.has(TRACEBACK) else None,
        "preset": _whole(facts),
        "files": downloads(facts.listing.files),
        "films": [name for name in (*FILMS, *GROWTHS) if facts.has(name)],
        "drawn": _in_a_row(facts.listing.frames),
        "command": _command(entry, facts),
    }


def short_preset(facts: Facts) -> str | None:
    """The preset without what is so by default, as YAML; None where that cannot be told here.

    It is checked as one of a stranger's: files outside the run's folder and the current one are not looked at.
    """
    place = facts.listing.place.path
    with suppress(ArtgenError, OSError), warnings.catch_warnings(), confined((Path(), place)):
        warnings.simplefilter("ignore", PresetRemark)
        preset = Checker().parse(facts.preset, (), place.name, written_down=not facts.has(RUN_FILE))
        text = str(yaml.safe_dump(brief(preset), **_STYLE))
        return text if is_plain(text) else str(yaml.safe_dump(brief(preset), **{**_STYLE, "allow_unicode": False}))
    return None


def _in_a_row(frames: Sequence[int]) -> int:
    """How many frames there are, from the first on, without a gap."""
    return next((i for i, number in enumerate(frames) if number != i), len(frames))


def _text(facts: Facts, name: str) -> str:
    try:
        text = (facts.listing.place / name).text(1 << 20)
    except InputError:
        return ""
    return "\n".join(shown(line) for line in text[-LONGEST:].splitlines())


def _whole(facts: Facts) -> str:
    """Every setting, resolved, as YAML."""
    if facts.has(PRESET) and not facts.has(RUN_FILE):
        return _text(facts, PRESET)
    return as_yaml(facts.preset)[:LONGEST] if facts.preset else ""


def _recipe(facts: Facts) -> Mapping[str, Any]:
    if not facts.has(metadata.FILE) or facts.has(RUN_FILE):
        return {}
    try:
        return recipe.from_json((facts.listing.place / metadata.FILE).text(recipe.MAX_BYTES), metadata.FILE)
    except InputError:
        return {}


def _read_as(made: Mapping[str, Any]) -> list[str]:
    return [f"drawing {name!r} for {word!r}" for word, name in (made.get("read_as") or {}).items()]


def _numbers(facts: Facts, made: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    preset, told = facts.preset, facts.progress
    if facts.size:
        yield "Size", f"{facts.size[0]} × {facts.size[1]}"
    if name := preset.get("generator", {}).get("type") if isinstance(preset.get("generator"), Mapping) else None:
        yield "Generator", str(name)
    if made:
        yield "Steps", str(made.get("steps_done", ""))
    elif told is not None and told.steps and told.frames is None:
        yield "Steps", f"{told.step} of {told.steps}"
    if isinstance(seed := preset.get("seed"), int):
        yield "Seed", str(seed + (made.get("picture", 0) if made else 0))
    if isinstance(batch := preset.get("batch"), int) and batch > 1:
        yield "Batch", str(batch)
    if facts.kind == "film":
        yield "Frames", str(len(facts.listing.frames))
    if made:
        yield "Device", " ".join(filter(None, (made["device"], made.get("hardware", ""))))
        yield "artgen", str(made["artgen"])


def _curves(facts: Facts) -> list[dict[str, Any]]:
    """Each loss over the steps, their weighted sum last."""
    found: curves.Curves = {}
    if facts.progress is not None and facts.progress.losses:
        found = curves.thinned(facts.progress.losses)
    elif facts.has(curves.FILE):
        with suppress(InputError):
            text = (facts.listing.place / curves.FILE).text(curves.MAX_BYTES)
            found = curves.parse(text, curves.FILE)
    names = [name for name in found if name != "total"] + ["total"] * ("total" in found)
    return [
        {"name": shown(name, 100) if name != "total" else "weighted sum", "points": found[name]} for name in names[:64]
    ]


def _command(entry: WatchedEntry, facts: Facts) -> str:
    """What goes on with it, or makes it again."""
    name = entry.place.said if re.fullmatch(r"[\w./=-]+", entry.place.said) and entry.place.parts else "."
    if entry.state in ("silent", "stopped") and facts.has(RUN_FILE):
        return f"artgen run --resume {name}"
    if entry.state == "finished" and facts.has(PICTURE):
        return f"artgen replay {name}"
    return ""


def _sheet(sweep: WatchedSweep) -> dict[str, Any]:
    """The cells of a sweep by their settings, arranged as its own sheet is."""
    axes = sweep.record.all_axes()
    cells = list(zip(sweep.record.cells, sweep.cells, strict=True))[:MOST_CELLS]
    rows = [
        Row(
            cell.name,
            {axis.key: axis.values[at] for axis, at in zip(axes, cell.at, strict=True)},
            "finished" if entry.state == "finished" else "waiting",
            loss=entry.data.get("loss"),
        )
        for cell, entry in cells
    ]
    found = headings(axes, rows)
    chosen, best = arrange(found), ranking.deciding(ranking.measures(found, rows))
    return {
        "best": best.said if best else "",
        "columns": _axis(chosen.columns),
        "rows": _axis(chosen.rows),
        "fixed": [f"{axis.name} {axis.texts[0]}" for axis in chosen.fixed if axis.texts],
        "blocks": [{"name": name, "cells": inside} for name, inside in chosen.in_blocks(len(rows))],
        "cells": [
            {
                **{key: entry.data.get(key) for key in _OF_CELL},
                "column": chosen.columns.places[i] if chosen.columns else 0,
                "row": chosen.rows.places[i] if chosen.rows else 0,
                "best": best is not None and i in best.best,
                "text": settings_text(rows[i], found, i),
            }
            for i, (_, entry) in enumerate(cells)
        ],
        "left_out": max(0, len(sweep.cells) - MOST_CELLS),
    }


def _axis(axis: Heading | None) -> dict[str, Any] | None:
    return None if axis is None else {"name": axis.name, "texts": list(axis.texts)}
