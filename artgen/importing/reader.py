"""A file's settings one by one: of the right kind and size, or with a note on what was taken instead."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from artgen.errors import hint
from artgen.importing.draft import number, shown

LARGEST = 1e6
"""No weight or length in a settings file is meant to be larger."""
_TRUE, _FALSE = ("yes", "true", "t", "y", "1", "on"), ("no", "false", "f", "n", "0", "off")
_UNIT = re.compile(r"(\d+(?:\.\d+)?)\s*(%|percent|i|iterations?)?", re.IGNORECASE)


class Given:
    """What the file says, by name, and who has asked for what; what is None is as if it were not there."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.asked: set[str] = set()
        self.values = {name: value for name, value in settings.items() if value is not None}

    def left(self) -> list[str]:
        """What nobody has asked for."""
        return [name for name in self.values if name not in self.asked]


class Reader:
    """Reads settings for one part of the preset, where its notes go."""

    def __init__(self, given: Given, note: Callable[[str], None]) -> None:
        self._given, self.note = given, note

    def __contains__(self, name: str) -> bool:
        return name in self._given.values

    def raw(self, name: str) -> Any:
        """As it stands; None if it does not."""
        self._given.asked.add(name)
        return self._given.values.get(name)

    def text(self, name: str, default: str = "") -> str:
        """Stripped; `default` where it is absent or no text."""
        value = self.raw(name)
        if value is None or isinstance(value, (list, tuple, Mapping)):
            self._unless_absent(name, "is no text", default)
            return default
        return str(value).strip()

    def choice(self, name: str, options: Sequence[str], default: str) -> str:
        """One of `options`; the case of letters does not count."""
        text = self.text(name, default).lower()
        if text in options:
            return text
        self.note(f"{name}: {shown(text)} - there is no such one{hint(text, options)}; taken as {default}.")
        return default

    def number(self, name: str, default: float, low: float = -LARGEST, high: float = LARGEST) -> float:
        value = as_number(self.raw(name))
        if value is None or not low <= value <= high:
            self._unless_absent(name, f"is no number from {number(low)} to {number(high)}", f"{default:g}")
            return default
        return value

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        return round(self.number(name, default, low, high))

    def flag(self, name: str) -> bool:
        return is_true(self.raw(name))

    def several(self, name: str) -> list[Any]:
        """The items of a list, or the words of a text."""
        value = self.raw(name)
        if value is None or isinstance(value, Mapping):
            return []
        items = list(value) if isinstance(value, (list, tuple)) else str(value).replace(",", " ").split()
        return [item for item in items if isinstance(item, (str, int, float))]

    def numbers(self, name: str, count: int, low: float, high: float) -> list[float] | None:
        """That many of them, or None."""
        found = [as_number(item) for item in self.several(name)]
        fits = [value for value in found if value is not None and low <= value <= high]
        if len(fits) == len(found) == count:
            return fits
        self._unless_absent(name, f"is not {count} numbers from {number(low)} to {number(high)}", "the default")
        return None

    def moment(self, name: str, value: Any, steps: int, percent: bool) -> str | int | None:
        """``50%`` or a whole step, from forms such as '50%', 20i, '20 iterations'; None if it is no moment."""
        match = _UNIT.fullmatch(str(value).strip())
        found = float(match[1]) if match else math.inf
        in_percent = percent if match is None or match[2] is None else match[2].lower() in ("%", "percent")
        if found > (100 if in_percent else steps):
            self.note(f"{name}: {shown(value)} - is no moment of a run of {steps} steps; left out.")
            return None
        return f"{found:g}%" if in_percent else round(found)

    def _unless_absent(self, name: str, wrong: str, instead: str) -> None:
        if name in self:
            self.note(f"{name}: {shown(self.raw(name))} - {wrong}; taken as {instead or 'absent'}.")


def as_number(value: Any) -> float | None:
    """A finite number, also one in a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def is_true(value: Any) -> bool:
    """Whether a program would take it for yes."""
    return value is True or str(value).strip().lower() in _TRUE


def weighted(text: str) -> tuple[str, float, float | None]:
    """``text:weight:stop``, as VQGAN+CLIP programs take it apart: numbers from the right, as far as they are any."""
    numbers: list[float] = []
    while len(numbers) < 2:
        head, colon, tail = text.rpartition(":")
        value = _floating(tail) if colon else None
        if value is None:
            break
        numbers.insert(0, value)
        text = head
    weight, stop = [*numbers, *(1.0, -math.inf)[len(numbers) :]]
    return text.strip(), _bounded(weight), _bounded(stop) if math.isfinite(stop) else None


def _floating(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _bounded(value: float) -> float:
    return 0.0 if math.isnan(value) else max(-LARGEST, min(LARGEST, value))
