"""Text on a sheet's picture: fonts that come with the libraries, and lines that fit."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageDraw, ImageFont

from artgen.sweeps.sheets.labels import shortened

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@cache
def font(size: int, text_is_latin: bool = True) -> Font:
    """Pillow's own, or for other letters than western ones the one that matplotlib brings."""
    if not text_is_latin:
        spec = find_spec("matplotlib")
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            place = Path(folder) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
            if place.is_file():
                return ImageFont.truetype(str(place), size)
    return ImageFont.load_default(size)


def font_for(text: str, size: int) -> Font:
    """The font that has the letters of a text."""
    return font(size, all(letter < "\u0180" or letter in "‘’“”…·" for letter in text))


def width(text: str, size: int) -> float:
    """Of a line, in pixels."""
    return font_for(text, size).getlength(text)


def line_height(size: int) -> int:
    """From one line to the next, in pixels."""
    return round(size * 1.3)


def lines(text: str, size: int, room: float, most: int) -> list[str]:
    """The text in at most so many lines of so many pixels; what is too long loses its middle."""
    # No letter is so narrow that more of them would fit.
    length = min(len(text), int(most * room * 6 / size) + 1)
    while True:
        found = _wrapped(shortened(text, length), size, room)
        if len(found) <= most or length <= 1:
            return found[:most]
        length = min(length - 1, int(length * 0.88))


def _wrapped(text: str, size: int, room: float) -> list[str]:
    found: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width(longer, size) <= room:
            line = longer
            continue
        if line:
            found.append(line)
        line = word
        while width(line, size) > room and len(line) > 1:
            cut = _fitting(line, size, room)
            found.append(line[:cut])
            line = line[cut:]
    return [*found, line] if line else found


def _fitting(line: str, size: int, room: float) -> int:
    """How many letters of a line that is too long have room; at least one."""
    return max(1, bisect_right(range(1, len(line)), room, key=lambda count: width(line[:count], size)))


def write(
    pen: ImageDraw.ImageDraw,
    corner: tuple[float, float],
    written: list[str],
    size: int,
    colour: str,
    anchor: str = "la",
) -> None:
    """Lines one below the other; `corner` is where the first begins, or by `anchor` ends or has its middle."""
    for i, line in enumerate(written):
        place = corner[0], corner[1] + i * line_height(size)
        pen.text(place, line, fill=colour, font=font_for(line, size), anchor=anchor)
