"""The cells of a sweep: each a preset of its own, named by what is in it, so that none is ever drawn twice."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from artgen.errors import InputError, PresetError, Problem, shown
from artgen.preset.loading import Given, load
from artgen.preset.merging import Override
from artgen.preset.model import Preset
from artgen.preset.needs import input_files
from artgen.weights import sha256

PRESET = "preset"
"""The axis that goes over whole presets, by their names."""
NAME_LENGTH = 48
MOST_PROBLEMS = 5
"""That are told together."""
_UNPLAIN = re.compile(r"[^A-Za-z0-9.=]+")


@dataclass(frozen=True)
class Cell:
    """A picture that is to be drawn."""

    settings: Mapping[str, Any]
    """The value of each axis, by its key."""
    preset: Preset
    digest: str
    """sha256 of all that the preset says, and of the files that it names."""

    @property
    def name(self) -> str:
        """What its folder is called: what is special about it, as far as there is room, and the digest's first part."""
        parts = (f"{key.rpartition('.')[2]}={_written(value)}" for key, value in self.settings.items())
        said = _UNPLAIN.sub("-", "_".join(parts).replace("_", "-")).strip("-.")[:NAME_LENGTH].strip("-.=")
        return f"{said}-{self.digest[:10]}" if said else self.digest[:10]


class Maker:
    """Makes the cells of a sweep of their settings, each checked as a preset is that somebody runs."""

    def __init__(self, given: Given | None, overrides: Sequence[Override], seed: int, source: str = "--over") -> None:
        """What all cells share.

        Args:
            given: the preset; None where an axis goes over presets.
            overrides: changes to the preset, before those of the axes.
            seed: of presets that have none, so that cells differ in nothing but the axes.
            source: where the axes stand, for messages.
        """
        self._given, self._overrides, self._seed, self._source = given, overrides, seed, source
        self._digests: dict[Any, str] = {}

    def one(self, settings: Mapping[str, Any]) -> Cell:
        """The cell with these settings; InputError with its mistakes, a line each."""
        try:
            preset = _preset(self._given, settings, self._overrides, self._seed)
        except PresetError as error:
            told = "\n".join(_at(problem, settings, self._source) for problem in error.problems)
            raise InputError(told) from None
        except InputError as error:
            raise InputError(f"{self._source} {spoken(settings)}: {_unset(str(error), settings)}") from None
        return Cell(settings, preset, _digest(preset, self._digests))

    def all_of(self, wanted: Iterable[Mapping[str, Any]]) -> list[Cell]:
        """The cells with these settings; InputError with the first mistakes, each with the values that lead to it."""
        made: list[Cell] = []
        problems: list[str] = []
        for settings in wanted:
            try:
                made.append(self.one(settings))
            except InputError as error:
                problems += str(error).splitlines()
                if len(problems) >= MOST_PROBLEMS:
                    break
        if problems:
            raise InputError("\n".join(dict.fromkeys(problems)))
        return made


def _preset(given: Given | None, settings: Mapping[str, Any], overrides: Sequence[Override], seed: int) -> Preset:
    named = settings.get(PRESET, given)
    if named is None:
        raise InputError("name a preset, such as quickstart, or go over several: --over preset=quickstart,vqgan")
    changes = [(key, value) for key, value in settings.items() if key != PRESET]
    preset = load(named, [*overrides, ("sweep", None), *changes])
    return preset if preset.seed is not None else load(preset, seed=seed)


def _at(problem: Problem, settings: Mapping[str, Any], source: str) -> str:
    """A mistake that a value leads to, told of the value."""
    key = problem.mark.source.removeprefix("--set ")
    if key in settings:
        place = "" if problem.path == key else f"{problem.path}: " if problem.path else ""
        return f"{source} {key}={shown(_written(settings[key]), 80)}: {place}{problem.message}"
    return f"{source} {spoken(settings)}: {problem}"


def _unset(message: str, settings: Mapping[str, Any]) -> str:
    """A message without the ``--set`` that nobody has typed."""
    said = next((f"--set {key}: " for key in settings if message.startswith(f"--set {key}: ")), "")
    return message.removeprefix(said)


def spoken(settings: Mapping[str, Any]) -> str:
    """Settings in a line, as they are typed."""
    return shown(" ".join(f"{key}={_written(value)}" for key, value in settings.items()), 200)


def _written(value: Any) -> str:
    """A value in one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _digest(preset: Preset, known: dict[Any, str]) -> str:
    resolved = preset.resolved()
    resolved.pop("reporters", None)  # they only watch
    files = {}
    for path in sorted(set(input_files(preset))):
        if path.is_file():
            if path not in known:
                known[path] = sha256(path)
            files[str(path)] = known[path]
    text = json.dumps([resolved, files], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
