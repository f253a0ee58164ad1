"""Palette files that are text: GIMP's, JASC's, and lists of hexadecimal numbers."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from artgen.errors import InputError

SOLID = 128
"""A colour whose alpha is below this, of 255, is left out."""
GIMP = "GIMP Palette"
JASC = "JASC-PAL"

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LEVELS = re.compile(r"([0-9]{1,3})\s+([0-9]{1,3})\s+([0-9]{1,3})(?:\s+(.*))?")
_ALPHA = re.compile(r"([0-9]{1,3})(?:\s.*)?")
# GIMP writes a name and columns; Aseprite adds the channels, which say whether a fourth number is alpha or a name.
_SETTING = re.compile(r"(Name|Columns|Channels)\s*:\s*(.*)")
_HEXADECIMAL = re.compile(r"#?((?:[0-9a-fA-F]{2}){3,4})")


def decoded(data: bytes) -> str:
    """Text in UTF-8, or as its byte order mark says; what is no text becomes marks of replacement."""
    for mark, coding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(coding, "replace")
    return data.decode("utf-8", "replace")


def gimp(data: bytes, name: str) -> list[str]:
    """GIMP's ``.gpl``: red, green and blue from 0 to 255, with Aseprite's alpha where the file says RGBA."""
    lines = decoded(data).splitlines()
    if not lines or lines[0].strip() != GIMP:
        raise InputError(f"'{name}' does not start with '{GIMP}'; give a palette that GIMP saved")
    colours, with_alpha = [], False
    for number, line in _written(lines[1:], 2, "#"):
        if setting := _SETTING.fullmatch(line):
            with_alpha |= setting[1] == "Channels" and setting[2].strip() == "RGBA"
        else:
            colours += _row(line, f"'{name}', line {number}", with_alpha)
    return colours


def jasc(data: bytes, name: str) -> list[str]:
    """Paint Shop Pro's ``.pal``: a version, how many there are, and red, green, blue, perhaps alpha, a line each."""
    lines = decoded(data).splitlines()
    colours: list[str] = []
    for number, line in _written(lines[3:], 4, "#"):
        colours += _row(line, f"'{name}', line {number}", with_alpha=len(line.split()) > 3)
    return colours


def _row(line: str, place: str, with_alpha: bool) -> list[str]:
    """The colour of a line of levels; none if it is see-through."""
    match = _LEVELS.fullmatch(line)
    alpha = _ALPHA.fullmatch(match[4] or "") if match and with_alpha else None
    levels = [int(level) for level in match.groups()[:3]] if match else [256]
    opacity = int(alpha[1]) if alpha else SOLID
    if max(*levels, opacity) > 255 or (with_alpha and not alpha):
        wanted, such = (
            ("red, green, blue and alpha", "255 0 0 255") if with_alpha else ("red, green and blue", "255 0 0")
        )
        raise InputError(f"{place}: expected {wanted} from 0 to 255, such as '{such} Red'")
    return ["#{:02x}{:02x}{:02x}".format(*levels)] if opacity >= SOLID else []


def hexadecimal(data: bytes, name: str) -> list[str]:
    """Lospec's ``.hex``: one ``rrggbb`` or ``rrggbbaa`` a line, with or without ``#``."""
    return [f"#{digits[:6]}" for digits in _numbers(data, name, "rrggbb") if int(digits[6:] or "ff", 16) >= SOLID]


def paint_net(data: bytes, name: str) -> list[str]:
    """paint.net's ``.txt``: one ``aarrggbb`` a line, or ``rrggbb``; what follows a semicolon is a comment."""
    return [f"#{digits[-6:]}" for digits in _numbers(data, name, "aarrggbb") if int(digits[:-6] or "ff", 16) >= SOLID]


def _numbers(data: bytes, name: str, form: str) -> Iterator[str]:
    for number, line in _written(decoded(data).splitlines(), 1, ";"):
        match = _HEXADECIMAL.fullmatch(line.partition(";")[0].strip())
        if not match:
            such = "ff8800" if form == "rrggbb" else "ffff8800"
            raise InputError(f"'{name}', line {number}: expected one {form}, such as {such}")
        yield match[1].lower()


def _written(lines: list[str], first: int, comment: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers."""
    for number, line in enumerate(map(str.strip, lines), first):
        if line and not line.startswith(comment):
            yield number, line
