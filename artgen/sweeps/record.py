"""What a sweep's folder says of it, in ``sweep.json``, and what there is of each of its cells.

That a cell is done is told by its own folder alone, so that a sweep that was killed has lost nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from artgen.errors import InputError
from artgen.fields.paths import PICTURE, RUN_FILE
from artgen.files import MissingFile, read_text, write_text
from artgen.recipe.model import ShortText
from artgen.sweeps.axes import value_key, value_places
from artgen.sweeps.rows import Axis, Row
from artgen.version import own_version

FILE = "sweep.json"
CELLS = "cells"
"""The folder of the cells' folders."""
SHARED = "shared"
"""The folder of the folders in which the steps are drawn that several cells have in common, until these are drawn."""
OUTCOME = "cell.json"
"""In the folder of a cell, how drawing it has ended."""
FORMAT = 1
MAX_BYTES = 64 << 20
_OUTCOME_BYTES = 1 << 16

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.=-]{0,99}$")]


class AxisRecord(BaseModel):
    """A setting and its values."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: ShortText
    values: Annotated[list[Any], Field(max_length=100_000)]


class CellRecord(BaseModel):
    """A cell: its folder's name, and the place of its value on each axis."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Name
    at: Annotated[list[Annotated[int, Field(ge=0)]], Field(max_length=64)]


class SearchRecord(BaseModel):
    """How a search has chosen the cells."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    by: ShortText
    goal: ShortText
    """``loss``, ``judges`` or the name of a judge."""
    log: Annotated[list[ShortText], Field(max_length=64)] = []
    """The keys of the axes that were searched by their logarithms."""


class SweepRecord(BaseModel):
    """The form of ``sweep.json``; anybody may have written it. Keys of later versions are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Annotated[int, Field(ge=1, le=FORMAT)] = FORMAT
    artgen: ShortText
    """The version of artgen."""
    title: ShortText
    """What was swept: a preset's name, say."""
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    """Of presets without one, and of values that are drawn by chance."""
    threads: Annotated[int, Field(ge=1, le=4096)]
    """With which each cell is drawn, on whatever machine: sums are split among threads, down to the last bits."""
    axes: Annotated[list[AxisRecord], Field(max_length=64)]
    cells: Annotated[list[CellRecord], Field(max_length=100_000)]
    """In the order in which they were chosen, if they were searched."""
    search: SearchRecord | None = None

    def all_axes(self) -> tuple[Axis, ...]:
        return tuple(Axis(axis.key, tuple(axis.values)) for axis in self.axes)


class CellOutcome(BaseModel):
    """How drawing a cell has ended."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    loss: float | None = None
    seconds: Annotated[float, Field(ge=0)] | None = None
    reason: ShortText | None = None
    """Why it failed, or ended early, in one line."""
    scores: Annotated[dict[ShortText, float], Field(max_length=256)] = {}
    """What the preset's judges say of the picture; more is better."""
    early: float | None = None
    """The loss after a fifth of the steps, where a search has looked at it."""
    pruned: bool = False
    """Whether it ended there. It can be resumed."""


def recorded(
    title: str,
    seed: int,
    threads: int,
    axes: Sequence[Axis],
    cells: Iterable[tuple[str, Mapping[str, Any]]],
    search: SearchRecord | None = None,
) -> SweepRecord:
    """What is written of a sweep; the cells are names, and the values of their axes."""
    places = {axis.key: value_places(axis.values) for axis in axes}
    return SweepRecord(
        artgen=own_version(),
        title=title,
        seed=seed,
        threads=threads,
        axes=[AxisRecord(key=key, values=[json.loads(value) for value in each]) for key, each in places.items()],
        cells=[
            CellRecord(name=name, at=[places[key][value_key(value)] for key, value in settings.items()])
            for name, settings in cells
        ],
        search=search,
    )


def read(folder: Path) -> SweepRecord:
    """What a sweep's folder says; MissingFile if it is none, InputError if it is damaged."""
    file = folder / FILE
    return parse(read_text(file, MAX_BYTES, "record of a sweep"), file)


def parse(text: str, file: Path) -> SweepRecord:
    """What the text of `file` says; InputError if it is damaged."""
    try:
        data = json.loads(text)
        written = data.get("format") if isinstance(data, dict) else None
        if type(written) is int and written > FORMAT:
            raise InputError(f"{file}: has format {written}, this artgen reads {FORMAT}; update artgen")
        record = SweepRecord.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))[:80]
        raise InputError(f"{file}: is no record of a sweep ({where}: {first['msg']})") from None
    except (ValueError, RecursionError):
        raise InputError(f"{file}: is no record of a sweep (no JSON)") from None
    lengths = [len(axis.values) for axis in record.axes]
    for cell in record.cells:
        if len(cell.at) != len(lengths) or any(at >= most for at, most in zip(cell.at, lengths, strict=True)):
            raise InputError(f"{file}: is no record of a sweep ({cell.name} has no place on its axes)")
    return record


def read_if_any(folder: Path) -> SweepRecord | None:
    """The same; None where there is no sweep."""
    try:
        return read(folder)
    except MissingFile:
        return None


def write(folder: Path, record: SweepRecord) -> None:
    data = record.model_dump(exclude=None if record.search else {"search"})
    write_text(folder / FILE, json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n")


def rows(folder: Path, record: SweepRecord) -> list[Row]:
    """What there is of each cell, in their order."""
    axes = record.all_axes()
    return [row(folder, cell, axes) for cell in record.cells]


def row(folder: Path, cell: CellRecord, axes: Sequence[Axis]) -> Row:
    """What there is of one."""
    return row_in(folder, cell.name, {axis.key: axis.values[at] for axis, at in zip(axes, cell.at, strict=True)})


def row_in(folder: Path, name: str, settings: Mapping[str, Any]) -> Row:
    """What there is of the cell of that name in a sweep's folder."""
    place = folder / CELLS / name
    picture = place / PICTURE
    told = outcome(place)
    there = picture if picture.is_file() else None
    if told.pruned:
        return Row(name, settings, "pruned", there, seconds=told.seconds, reason=told.reason, early=told.early)
    if (place / RUN_FILE).is_file():
        return Row(name, settings, "stopped", reason=told.reason)
    if told.reason is not None:
        return Row(name, settings, "failed", there, loss=told.loss, seconds=told.seconds, reason=told.reason)
    if there is None:
        return Row(name, settings, "waiting")
    film, loss, seconds = _film(place), told.loss, told.seconds
    return Row(name, settings, "finished", there, film, loss, seconds, scores=told.scores, early=told.early)


def outcome(place: Path) -> CellOutcome:
    """How drawing the cell in a folder has ended, as far as that is known."""
    try:
        return CellOutcome.model_validate_json(read_text(place / OUTCOME, _OUTCOME_BYTES, "record of a cell"))
    except (InputError, ValidationError):
        return CellOutcome()


def write_outcome(place: Path, told: CellOutcome) -> None:
    write_text(place / OUTCOME, told.model_dump_json(exclude_defaults=True) + "\n")


def _film(place: Path) -> Path | None:
    return next((path for suffix in ("mp4", "webm", "webp") if (path := place / f"film.{suffix}").is_file()), None)
