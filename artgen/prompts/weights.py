r"""Which colon is a weight's: ``cat:2`` has one, ``10:30``, ``16:9``, ``https://`` and ``Trek:The`` have none.

A weight is a number that ends the prompt, right after a colon that stands right after a word. A colon is the text's

- before anything else: ``Star Trek:The Next Generation``, ``https://example.com``, ``portrait: front view``;
- after a space: ``cat :3``;
- between whole numbers, and in ratios: ``10:30``, ``16:9``, ``Matthew 5:16``, ``2.35:1``;
- before a whole number of three digits or more, or with a 0 in front: ``Blade Runner:2049``, ``Bond:007``;
- after a backslash: ``ratio 16\:9``. Then, and before a sign, the last colon is always a weight's: ``ratio 16\:9:2``,
  ``route 66:-1``, ``route 66:+2``.

After the weight, and a second colon, may come where the prompt stops pulling: ``cat:1:0.3`` at that loss, ``cat:1:50%``
at that share of the run. Where people may mean the other thing, one line says how it was read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from artgen.errors import shown

_MARK = re.compile(r"\\[{}|:]|[{}|]|:(?=\S)")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)%")
_LARGE = 5
"""Weights beyond it are rare, and numbers beyond it are common in titles."""
_LONG = re.compile(r"\d{3,}|0\d+")
"""Whole numbers that nobody gives as a weight: years, rooms, agents."""
_MINUTES = re.compile(r"[0-5]\d")
_RATIO = re.compile(
    r"(?<![\d.])(1:\d\.\d+|1:1|1:2|2:1|2:3|3:2|3:4|4:3|4:5|5:4|9:16|16:9|16:10|10:16|21:9|9:21|\d\.\d+:1)$"
)
_DECIMAL_COMMA = re.compile(r"\w:([+-]?\d),(\d{1,2})$")
_ESCAPED = re.compile(r"\\:")
_SPACED = re.compile(r"(\w):\s+([+-]?(?:[0-5]?\.\d+|[0-5]))$")


@dataclass(frozen=True)
class Reading:
    """A prompt as it is read."""

    text: str
    weight: float = 1.0
    stop: float | None = None
    until: float | None = None
    """The percent of the run at which it stops pulling."""
    doubt: str = ""
    """How it was read, for a line that is told; empty where only one thing can be meant."""


def marks(line: str) -> Iterator[tuple[re.Match[str], bool]]:
    """Each sign that means something, and whether it stands between braces."""
    depth = 0
    for match in _MARK.finditer(line):
        depth = max(0, depth + {"{": 1, "}": -1}.get(match[0], 0))
        yield match, depth > 0


def read(part: str) -> Reading:
    """One prompt of a line, without the spaces around it; ValueError says what is wrong with its numbers."""
    colons = [match.start() for match, inside in marks(part) if match[0] == ":" and not inside]
    if comma := _DECIMAL_COMMA.search(part):
        raise ValueError(f"the weight of {part!r} has a comma; write '{comma[1]}.{comma[2]}'")
    if len(colons) >= 3 and all(map(_is_number, _pieces(part, colons[-3:]))) and not _of_digits(part, colons[-3]):
        raise ValueError(f"{part!r} has more than text:weight:stop; write '\\:' for a colon in the text")
    doubt = ""
    for count in (2, 1):
        if len(colons) < count:
            continue
        found = _read(part, colons[-count:])
        if found and found.weight is not None:
            return found.reading(part)
        doubt = doubt or (found.doubt if found else "")
    return Reading(part, doubt=doubt or _spaced(part))


@dataclass(frozen=True)
class _Found:
    """What numbers at the end are read as; without a weight they are the text's."""

    text: str = ""
    weight: float | None = None
    rest: str = ""
    doubt: str = ""

    def reading(self, part: str) -> Reading:
        assert self.weight is not None
        share = _SHARE.fullmatch(self.rest)
        if share and not 0 < float(share[1]) <= 100:
            raise ValueError(
                f"the stop {self.rest!r} of {part!r} is no share of the run; write more than 0%, up to 100%"
            )
        stop = None if share or not self.rest else _finite("stop", self.rest, part)
        return Reading(self.text, self.weight, stop, float(share[1]) if share else None, self.doubt)


def _read(part: str, colons: list[int]) -> _Found | None:
    """What the numbers after these colons are; None if they are no numbers."""
    weight, *rest = _pieces(part, colons)
    text = part[: colons[0]]
    if rest and not (_is_number(rest[0]) or _SHARE.fullmatch(rest[0])):
        return None
    if not _is_number(weight):
        unit = "a weight is a number, such as 0.5" if _SHARE.fullmatch(weight) and text[-1:].isalpha() else ""
        return _Found(doubt=unit and f"'{shown(part, 60)}' is read as a text; {unit}")
    if not text.strip():
        raise ValueError(f"no text before the ':' in {part!r}")
    doubt = _why_text(part, text, weight)
    if doubt is not None:
        return _Found(doubt=doubt)
    value = _finite("weight", weight, part)
    whole = rest and rest[0].isdecimal()
    clear = weight[0] in "+-" or _ESCAPED.search(part)
    unsure = abs(value) > _LARGE or whole or (_of_digits(part, colons[0]) and not clear)
    stop = rest[0] if rest else ""
    said = f"'{shown(part, 60)}' is read as weight {value:g}{f' and stop {stop}' if stop else ''}"
    return _Found(text.strip(), value, stop, f"{said}; write '\\:' for a colon of the text" if unsure else "")


def _why_text(part: str, text: str, number: str) -> str | None:
    """The line to tell, or "" for none, where the number belongs to the text; None where it is a weight."""
    meant = f"{{text: {shown(text.strip(), 40)}, weight: {number}}}"
    advice = f"'{shown(part, 60)}' is read as a text; for a weight write {meant}"
    if text[-1].isspace():
        return "" if number == "3" else advice
    if number[0] in "+-" or _ESCAPED.search(part):
        return None
    if "://" in text.split()[-1]:
        return ""
    digits = text[-1].isdecimal()
    if digits and (_RATIO.search(part) or _MINUTES.fullmatch(number)):
        return ""
    return advice if _LONG.fullmatch(number) or (digits and number.isdecimal()) else None


def _pieces(part: str, colons: list[int]) -> list[str]:
    """What stands after each of the colons."""
    ends = [*colons[1:], len(part)]
    return [part[start + 1 : end].strip() for start, end in zip(colons, ends, strict=True)]


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text))


def _of_digits(part: str, colon: int) -> bool:
    return part[colon - 1 : colon].isdecimal()


def _finite(name: str, text: str, part: str) -> float:
    if not math.isfinite(float(text)):
        raise ValueError(f"the {name} {text!r} of {part!r} is no number; write '\\:' for a colon in the text")
    return float(text)


def _spaced(part: str) -> str:
    """``a cat: 0.5``"""
    match = _SPACED.search(part)
    if not match:
        return ""
    advice = f"a weight has no space before it: '{shown(part[: match.end(1)], 40)}:{match[2]}'"
    return f"'{shown(part, 60)}' is read as a text; {advice}"
