"""How a sweep's settings and numbers are called where there is little room."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from artgen.errors import shown
from artgen.sweeps.rows import Axis, Row

LONGEST = 2000
"""Characters of a value that are shown at most."""
MISSING = "—"
"""Stands for the value of a setting that a cell has none of."""


@dataclass(frozen=True)
class Heading:
    """An axis as it is read: its name, the texts of its values, and which of them each cell has."""

    key: str
    """In full."""
    name: str
    """What distinguishes the key from the others', in words: ``clip weight``."""
    texts: tuple[str, ...]
    """Of each value, in one line."""
    places: tuple[int, ...]
    """For each cell, in the order of the rows, the number of its value in `texts`, from 0."""

    @cached_property
    def longest(self) -> int:
        """Characters of the longest text."""
        return max(map(len, self.texts), default=0)


def headings(axes: Sequence[Axis], rows: Sequence[Row]) -> list[Heading]:
    """The axes as they are read. A cell's value that its axis does not list comes after those that it does."""
    names = short_keys([axis.key for axis in axes])
    return [_heading(axis, names[axis.key], rows) for axis in axes]


def _heading(axis: Axis, name: str, rows: Sequence[Row]) -> Heading:
    places: dict[str, int] = {}
    texts: list[str] = []
    for value in axis.values:
        if places.setdefault(_canonical(value), len(texts)) == len(texts):
            texts.append(value_text(value))
    found = []
    for row in rows:
        known = axis.key in row.settings
        value = row.settings[axis.key] if known else None
        name_of = _canonical(value) if known else MISSING
        if name_of not in places:
            places[name_of] = len(texts)
            texts.append(value_text(value) if known else MISSING)
        found.append(places[name_of])
    return Heading(axis.key, name, _told_apart(texts, list(places)), tuple(found))


def _canonical(value: Any) -> str:
    """Equal for equal values of one type; ``1`` and ``true`` are two."""
    return json.dumps(value, sort_keys=True, default=str)


def _told_apart(texts: Sequence[str], canonical: Sequence[str]) -> tuple[str, ...]:
    """The texts, those that are alike as JSON: the number ``2`` and the text ``"2"``."""
    counts = Counter(texts)
    return tuple(
        text if counts[text] == 1 else shown(exact, LONGEST) for text, exact in zip(texts, canonical, strict=True)
    )


def short_keys(keys: Sequence[str]) -> dict[str, str]:
    """For each key what tells it from the others, in words: ``clip weight`` for ``losses.clip.weight``."""
    short = {key: _short(key) for key in keys}
    counts = Counter(short.values())
    return {key: name if counts[name] == 1 else _words(key.split(".")) for key, name in short.items()}


def _short(key: str) -> str:
    parts = key.split(".")
    kept = parts if len(parts) == 1 else parts[max(1, len(parts) - 2) :]
    # A place in a list says nothing without the list.
    return _words(parts if kept[0].isdigit() else kept)


def _words(parts: Sequence[str]) -> str:
    return shown(" ".join(parts).replace("_", " "), LONGEST)


def value_text(value: Any) -> str:
    """A value in one line, as a preset would have it or nearly so: ``2``, ``an owl``, ``[64, 48]``, ``type: pixel``."""
    return shown(" ".join(_plainly(value).split()) or '""', LONGEST)


def _plainly(value: Any, inside: bool = False) -> str:
    if isinstance(value, Mapping):
        text = ", ".join(f"{key}: {_plainly(one, inside=True)}" for key, one in value.items())
        return f"{{{text}}}" if inside or not text else text
    if isinstance(value, list | tuple):
        return f"[{', '.join(_plainly(one, inside=True) for one in value)}]"
    if isinstance(value, str):
        return value
    return json.dumps(value, default=str)


def settings_text(row: Row, found: Sequence[Heading], number: int) -> str:
    """All settings of the cell with that number, from 0: ``seed 3, clip weight 2``."""
    return ", ".join(f"{one.name} {one.texts[one.places[number]]}" for one in found)


def number_text(value: float) -> str:
    """A loss or a score: ``0.1234``, ``−2.5``."""
    return f"{value:.4g}".replace("-", "−")


def duration_text(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def shortened(text: str, most: int) -> str:
    """At most so many characters, the middle left out: the end of a text may be what differs."""
    if len(text) <= most:
        return text
    tail = (most - 1) // 3
    return f"{text[: most - 1 - tail].rstrip()}…{text[len(text) - tail :].lstrip() if tail else ''}"
