"""Many pictures of one preset: which settings take which values, and which combinations of them are drawn.

::

    sweep:
      over:
        seed: 1..12
        losses.clip.weight: [1, 2, 4]
        prompts: {file: prompts.txt}
        generator.learning_rate: {random: 40, low: 0.01, high: 0.5, scale: log}
      where:
        - {seed: 1..6}
        - {losses.clip.weight: 4}

`artgen.sweeps` makes the pictures.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from artgen.errors import InputError
from artgen.fields.block import Block, switch, wrong_setting
from artgen.fields.paths import InputFile, LocatedText
from artgen.files import read_text
from artgen.preset.settings.search import SweepSearch
from artgen.prompts.expanding import expansions

MAX_VALUES = 10_000
"""Of one setting."""
MAX_AXES = 16
MAX_FILE = 1 << 20
DIGITS = 6
"""Of numbers between two others."""
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*(?::\s*(\d{{1,6}})\s*)?")

Scale = Literal["linear", "log"]


def _combinations(text: Any) -> Any:
    """Every text that comes of the choices in one."""
    if not isinstance(text, str):
        return text
    folder = text.folder if isinstance(text, LocatedText) else Path()
    try:
        return expansions(text, folder, MAX_VALUES)
    except ValueError as error:
        raise wrong_setting(str(error)) from None


class Values(Block):
    """The values that a setting takes in turn."""

    values: tuple[Any, ...] | None = None
    """These; a list says the same. With `random`, each draw is one of them."""
    low: float | None = None
    """The least number; 1..12 says `low`, `high` and that all whole numbers between them are meant."""
    high: float | None = None
    """The greatest number."""
    count: Annotated[int, Field(ge=2, le=MAX_VALUES)] | None = None
    """How many numbers there are from `low` to `high`, evenly spread; 0..1:5 says the same. Default: all whole ones."""
    scale: Scale = "linear"
    """log: evenly spread are their logarithms, as for learning rates."""
    whole: bool | None = None
    """true: only whole numbers; false: others, too, also where both ends are whole and a search chooses."""
    random: Annotated[int, Field(ge=1, le=MAX_VALUES)] | None = None
    """How many are drawn by chance, from `low` to `high` or of `values`. Settings that are drawn are drawn together:
    two with `random: 40` make 40 combinations, and not 1600."""
    file: InputFile | None = None
    """A file with a value on each line, such as prompts; empty lines, and those that begin with #, are none."""
    choices: Annotated[tuple[str, ...], BeforeValidator(_combinations, json_schema_input_type=str)] | None = None
    """A text with choices, such as `a {red|blue} {fish|bird}`, of which every combination is a value."""

    def misfits(self) -> Iterator[str]:
        given = [self.values is not None, self.low is not None or self.high is not None]
        given += [self.file is not None, self.choices is not None]
        if sum(given) != 1:
            yield "give 'values', or 'low' and 'high', or a 'file', or 'choices'"
        elif (self.low is None) != (self.high is None):
            yield "'low' and 'high' belong together"
        elif self.low is not None and self.high is not None:
            yield from self._wrong_numbers(self.low, self.high)
        elif self.count or self.whole is not None or self.scale != "linear":
            yield "'count', 'scale' and 'whole' belong to 'low' and 'high'"
        elif self.random and self.values is None:
            yield "'random' draws from 'low' to 'high', or of 'values'"
        if self.values is not None and not self.values:
            yield "there are no 'values'"

    def _wrong_numbers(self, low: float, high: float) -> Iterator[str]:
        if high < low:
            yield f"ends before it begins; write {high:g}..{low:g}"
        elif self.scale == "log" and low <= 0:
            yield "a 'log' scale needs a 'low' of more than 0"
        elif self.whole and self.scale == "log" and low < 1:
            yield "a 'log' scale of whole numbers needs a 'low' of at least 1"
        elif self.count and self.random:
            yield "'count' spreads numbers evenly, 'random' draws them; give one of them"

    def uncounted(self) -> Iterator[str]:
        """Why these are no list of values, which a sweep of all combinations needs."""
        if self.low is None or self.high is None or self.count or self.random:
            return
        if not self.has_whole_ends:
            yield f"say how many numbers from {self.low:g} to {self.high:g} are meant, such as {self._such_as}"
        elif self.scale == "log":
            yield "a 'log' scale needs a 'count', or 'random'"
        elif self.whole is False:
            yield f"'whole: false' needs a 'count', such as {self._such_as}, or 'random'"
        elif self.high - self.low >= MAX_VALUES:
            yield f"{self.high - self.low + 1:.0f} values are too many; at most {MAX_VALUES}"

    @property
    def _such_as(self) -> str:
        return f"{self.low:g}..{self.high:g}:5"

    @property
    def has_whole_ends(self) -> bool:
        return all(end is not None and end == int(end) for end in (self.low, self.high))

    def listed(self) -> tuple[Any, ...] | None:
        """The values in their order, each once; None if they are drawn by chance."""
        if self.random:
            return None
        if self.file is not None:
            return _different(_lines(self.file))
        if self.choices is not None:
            return self.choices
        if self.values is not None:
            return _different(self.values)
        assert self.low is not None
        assert self.high is not None
        if not self.count:
            return tuple(range(int(self.low), int(self.high) + 1))
        return _different(self.at(number / (self.count - 1)) for number in range(self.count))

    def at(self, share: float) -> float | int:
        """The number at that share of the way from `low` to `high`, with six digits."""
        assert self.low is not None
        assert self.high is not None
        if self.scale == "log":
            found = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        else:
            found = self.low + share * (self.high - self.low)
        return round(found) if self.whole else rounded(found)


def rounded(number: float) -> float | int:
    """A number with six digits; a whole one as such."""
    written = float(f"{number:.{DIGITS}g}")
    return int(written) if written == int(written) else written


def _lines(file: Path) -> Iterator[str]:
    try:
        text = read_text(file, MAX_FILE, "list of values")
    except InputError as error:
        raise wrong_setting(str(error)) from None
    lines = (line.strip() for line in text.splitlines())
    yield from (LocatedText(line, file.parent) for line in lines if line and not line.startswith("#"))


def _different(values: Iterable[Any]) -> tuple[Any, ...]:
    """Each once; true is not 1."""
    found: dict[str, Any] = {}
    for value in values:
        found.setdefault(repr(value), value)
    if len(found) > MAX_VALUES:
        raise wrong_setting(f"more than {MAX_VALUES} values")
    return tuple(found.values())


def read_range(text: str) -> dict[str, Any] | None:
    """What ``1..12`` and ``0.1..0.9:5`` stand for; None of other texts."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    return {"low": float(match[1]), "high": float(match[2]), **({"count": int(match[3])} if match[3] else {})}


def _expand(value: Any) -> Any:
    """A list, a range as text, or one value that stands alone."""
    if isinstance(value, Values):
        return value
    if isinstance(value, str):
        return read_range(value) or {"values": (value,)}
    if isinstance(value, Mapping):
        return value
    return {"values": tuple(value) if isinstance(value, Sequence) else (value,)}


ValuesField = Annotated[
    Values, BeforeValidator(_expand, json_schema_input_type=Values | list[Any] | str | float | bool | None)
]


SearchField = Annotated[
    SweepSearch | None, BeforeValidator(switch(SweepSearch), json_schema_input_type=SweepSearch | bool | None)
]


class Sweep(Block):
    """Many pictures, each with other settings; `artgen sweep` makes them."""

    over: Annotated[dict[str, ValuesField], Field(min_length=1, max_length=MAX_AXES)]
    """The settings that change, by their paths as --set has them, and the values of each."""
    combine: Literal["product", "zip"] = "product"
    """product: every value with every other. zip: the first values together, then the second ones, and so on."""
    where: Annotated[tuple[dict[str, ValuesField], ...], Field(max_length=256)] = ()
    """Which combinations are drawn: those that fit one of these; default: all. {seed: 1..6, batch: 2} fits where both
    are so."""
    unless: Annotated[tuple[dict[str, ValuesField], ...], Field(max_length=256)] = ()
    """Which combinations are left out: those that fit one of these."""
    search: SearchField = None
    """Chooses the cells by what others have come to, in place of drawing all; true: as it does by itself."""

    def misfits(self) -> Iterator[str]:
        yield from self._wrong_conditions()
        wrong = list(self._wrong_values())
        yield from wrong
        if self.search and self.combine == "zip":
            yield "'zip' goes through lists, and 'search' chooses of them; leave one out"
        elif not self.search and not wrong:
            yield from self._wrong_combination()

    def _wrong_conditions(self) -> Iterator[str]:
        for name in ("where", "unless"):
            for one in getattr(self, name):
                if wrong := [key for key in one if key not in self.over]:
                    yield f"'{name}' speaks of '{wrong[0]}', over which the sweep does not go"
                if drawn := [key for key, values in one.items() if values.random]:
                    yield f"'{name}' of '{drawn[0]}' needs values, or a range, and none by chance"

    def _wrong_values(self) -> Iterator[str]:
        for key, values in self.over.items():
            if not self.search:
                yield from (f"{key}: {reason}" for reason in values.uncounted())
            elif values.random:
                yield f"{key}: a search chooses by itself; leave 'random' out"

    def _wrong_combination(self) -> Iterator[str]:
        lengths = {len(values.listed() or range(values.random or 0)) for values in self.over.values()}
        if self.combine == "zip" and len(lengths) > 1:
            counts = ", ".join(map(str, sorted(lengths)))
            yield f"'zip' goes through all values at the same pace, and there are {counts} of them"
        draws = {values.random for values in self.over.values() if values.random}
        if self.combine == "product" and len(draws) > 1:
            yield "settings that are drawn are drawn together; give each the same 'random'"


def fits(one: Mapping[str, Values], settings: Mapping[str, Any]) -> bool:
    """Whether the settings of a combination are what a line of `where` says, in all that it speaks of."""
    return all(_is_among(settings[key], values) for key, values in one.items())


def _is_among(value: Any, values: Values) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if values.low is not None and values.high is not None and not values.count:
        return is_number and values.low <= value <= values.high
    return any(value == other and isinstance(other, bool) == isinstance(value, bool) for other in values.listed() or ())
