"""The settings that a sweep changes: as they are typed, and all their combinations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from artgen.errors import InputError, PresetError, shown
from artgen.preset.nodes import from_text
from artgen.preset.settings.sweep import Sweep, Values, fits, read_range
from artgen.rng import Random
from artgen.sweeps.rows import Axis

MAX_CELLS = 100_000
FILE_SIGN = "@"
"""``prompts=@prompts.txt`` is short for ``prompts={file: prompts.txt}``."""


def read_over(texts: Iterable[str], source: str = "--over") -> dict[str, Any]:
    """What several ``key.path=values`` say, as `Sweep.over` takes it; InputError, in one line, of what is none.

    Values are a list as YAML has it, without the brackets: ``1,2,4``, ``a fish, "a ship, at sea"``; a range, ``1..12``
    or ``0.1..0.9:5``; ``@file``, with one on each line; or a mapping, ``{random: 40, low: 0.01, high: 1, scale: log}``.
    """
    found: dict[str, Any] = {}
    for text in texts:
        key, equals, values = text.partition("=")
        key = key.strip()
        if not equals or not key:
            raise InputError(f"{source} {shown(text, 80)}: expected key.path=values, such as losses.clip.weight=1,2,4")
        if key in found:
            raise InputError(f"{source} {shown(key, 80)}: is given twice; put all its values into one")
        found[key] = _read_values(values.strip(), f"{source} {shown(key, 80)}")
    return found


def _read_values(text: str, source: str) -> Any:
    if text.startswith(FILE_SIGN):
        return {"file": text.removeprefix(FILE_SIGN)}
    if (span := read_range(text)) is not None:
        return span
    try:
        node, problems = from_text(f"[{text}]", source, Path())
    except PresetError as error:
        problems = error.problems
    if problems:
        raise InputError(f"{source}: cannot be read as values ({problems[0].message}); put texts in quotes")
    read = node.data()
    if not read:
        raise InputError(f"{source}: has no values, such as 1,2,4")
    is_whole = len(read) == 1 and isinstance(read[0], dict) and read[0].keys() & Values.model_fields.keys()
    return read[0] if is_whole else read


def checked(data: Mapping[str, Any], source: str = "--over") -> Sweep:
    """The sweep of plain data; InputError, in one line, of the first thing that is wrong with it."""
    try:
        return Sweep.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = [str(part) for part in first["loc"] if part not in ("over", "Values")]
        where = f" {shown('.'.join(place), 80)}" if place else ""
        # What is told of all of it may begin with the setting that is meant.
        is_named = not place and str(first["msg"]).partition(": ")[0] in data.get("over", ())
        raise InputError(f"{source}{where}{' ' if is_named else ': '}{first['msg']}") from None


def axes(sweep: Sweep, seed: int) -> tuple[Axis, ...]:
    """Each setting with its values; those that are drawn by chance are drawn by `seed`."""
    return tuple(Axis(key, values.listed() or _drawn(key, values, seed)) for key, values in sweep.over.items())


def _drawn(key: str, values: Values, seed: int) -> tuple[Any, ...]:
    import torch

    assert values.random is not None
    shares = Random((seed,), f"sweep/{key}", torch.device("cpu")).uniform("values", (values.random,))[0].tolist()
    if values.values is not None:
        return tuple(values.values[int(share * len(values.values))] for share in shares)
    return tuple(values.at(share) for share in shares)


def combinations(sweep: Sweep, found: Sequence[Axis]) -> list[dict[str, Any]]:
    """The settings of each cell, in their order: the last axis changes fastest, and what is drawn changes together.

    Raises:
        InputError: if there are none, or too many.
    """
    together = [axis for axis in found if sweep.combine == "zip" or sweep.over[axis.key].random]
    groups = [[axis] for axis in found if axis not in together] + ([together] if together else [])
    count = prod(len(group[0].values) for group in groups)
    if count > MAX_CELLS:
        raise InputError(f"sweep: {count} combinations are too many; at most {MAX_CELLS}, so give fewer values")
    made = [cell for cell in _combined(groups, [axis.key for axis in found]) if is_wanted(sweep, cell)]
    if not made:
        raise InputError("sweep: 'where' and 'unless' leave no combination; loosen them")
    return made


def _combined(groups: Sequence[Sequence[Axis]], order: Sequence[str]) -> Iterator[dict[str, Any]]:
    rows = [[dict(zip((axis.key for axis in group), each, strict=True)) for each in _rows(group)] for group in groups]
    for chosen in product(*rows):
        together = {key: value for part in chosen for key, value in part.items()}
        yield {key: together[key] for key in order}


def _rows(group: Sequence[Axis]) -> Iterator[tuple[Any, ...]]:
    yield from zip(*(axis.values for axis in group), strict=True)


def is_wanted(sweep: Sweep, settings: Mapping[str, Any]) -> bool:
    """Whether `where` and `unless` let a combination through."""
    asked = not sweep.where or any(fits(one, settings) for one in sweep.where)
    return asked and not any(fits(one, settings) for one in sweep.unless)


def value_key(value: Any) -> str:
    """The same for equal values alone: true is not 1."""
    return json.dumps(value, sort_keys=True)


def value_places(values: Iterable[Any]) -> dict[str, int]:
    """The place of each value by its key, those alike counted once: values that are drawn by chance may repeat."""
    return {key: place for place, key in enumerate(dict.fromkeys(map(value_key, values)))}
