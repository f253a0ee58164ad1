"""What a search chooses from: the values of each setting that it goes over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from artgen.preset.settings.sweep import Sweep, Values, rounded
from artgen.sweeps.axes import value_key

SEED = "seed"
"""The setting whose neighbouring values have nothing in common, although they are numbers."""


@dataclass(frozen=True)
class Choices:
    """A setting that has one of several values, of which none is nearer to another."""

    key: str
    values: tuple[Any, ...]

    def place(self, value: Any) -> int | None:
        """The number of a value, from 0; None of one that is not among them."""
        wanted = value_key(value)
        return next((place for place, one in enumerate(self.values) if value_key(one) == wanted), None)

    def edges(self) -> tuple[Any, ...]:
        """Values that are to be right, if all are."""
        return self.values


@dataclass(frozen=True)
class Numbers:
    """A setting that is a number, from `low` to `high`, both included; with six digits if it need not be whole."""

    key: str
    low: float
    high: float
    is_whole: bool
    is_log: bool

    def contains(self, value: Any) -> bool:
        """Whether a value is such a number."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            return False
        return value == int(value) if self.is_whole else value == rounded(value)

    def written(self, number: float) -> float | int:
        """A number as the preset has it."""
        return round(number) if self.is_whole else rounded(number)

    def edges(self) -> tuple[Any, ...]:
        """Values that are to be right, if all are."""
        return self.written(self.low), self.written(self.high)


Dimension = Choices | Numbers


def space(sweep: Sweep) -> tuple[Dimension, ...]:
    """What a sweep goes over: lists, files, counted ranges and seeds as choices, other ranges as numbers."""
    return tuple(_dimension(key, values) for key, values in sweep.over.items())


def _dimension(key: str, values: Values) -> Dimension:
    if values.low is None or values.high is None or values.count:
        return Choices(key, values.listed() or ())
    is_log = values.scale == "log"
    is_whole = values.has_whole_ends and not is_log if values.whole is None else values.whole
    if key == SEED and not any(True for _ in values.uncounted()):
        return Choices(key, values.listed() or ())
    low, high = (values.low, values.high) if is_whole else (rounded(values.low), rounded(values.high))
    return Numbers(key, low, high, is_whole, is_log)


def contains(dimensions: Sequence[Dimension], settings: Mapping[str, Any]) -> bool:
    """Whether settings are of these dimensions, and within them."""
    if settings.keys() != {one.key for one in dimensions}:
        return False
    return all(
        one.place(settings[one.key]) is not None if isinstance(one, Choices) else one.contains(settings[one.key])
        for one in dimensions
    )


def size(dimensions: Sequence[Dimension]) -> int | None:
    """How many combinations there are; None if numbers need not be whole, which are as good as endless."""
    counts = [_count(one) for one in dimensions]
    return None if None in counts else prod(count for count in counts if count is not None)


def _count(one: Dimension) -> int | None:
    if isinstance(one, Choices):
        return len(one.values)
    return int(one.high) - int(one.low) + 1 if one.is_whole else None


def all_of(dimensions: Sequence[Dimension]) -> Iterator[dict[str, Any]]:
    """Every combination, where they can be counted."""
    lists = [one.values if isinstance(one, Choices) else range(int(one.low), int(one.high) + 1) for one in dimensions]
    for chosen in product(*lists):
        yield {one.key: value for one, value in zip(dimensions, chosen, strict=True)}


def probes(dimensions: Sequence[Dimension]) -> Iterator[dict[str, Any]]:
    """Combinations that show whether each value is right: one setting after the other at its edges, others at first."""
    first = {one.key: one.edges()[0] for one in dimensions}
    yield first
    for one in dimensions:
        yield from ({**first, one.key: value} for value in one.edges()[1:])
