r"""Pixray's palettes in our words, as its ``util.py`` reads them.

There ``rust\8`` is 8 colours from black to rust, ``red->gold`` 16, ``[red, #ff0000]`` two, ``@photo.png\8`` 8 of a
picture, and ``;`` parts such pieces. A name is looked up in the xkcd survey before CSS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from artgen.importing import Reader, as_number, shown
from artgen_pixray.context import Context

MOST = 256
PIXEL_COLOURS = {
    "pixel_green": "#70ff87",
    "pixel_orange": "#ffcc33",
    "pixel_blue": "#7087ff",
    "pixel_red": "#ff8770",
    "pixel_grayscale": "#ffffff",
}
# What the filter `lookup` takes where the file gives no palette (its ``filters/colorlookup.py``).
LOOKUP = [
    "#000000",
    "#ffffff",
    "#3f2832",
    "#262b44",
    "#5a6988",
    "#8b9bb4",
    "#193c3e",
    "#265c42",
    "#3e8948",
    "#63c74d",
    "#fee761",
    "#feae34",
    "#f77622",
    "#b86f50",
    "#743f39",
]
_TRIPLE = re.compile(r"([(\[])([\d.]+)\+([\d.]+)\+([\d.]+)[)\]]")


def convert(context: Context, reader: Reader, text: str) -> list[str]:
    """The entries of the palette; what cannot be read is left out with a note."""
    entries: list[str] = []
    for section in (part.strip() for part in text.split(";")):
        try:
            entries += _section(context, reader, section) if section else ()
        except ValueError as error:
            reader.note(f"palette: {shown(section)} - {error}; left out.")
    return entries


def joined(items: list[object]) -> str:
    """A list as one text: colours that follow each other are one bracket, ramps and files parts of their own."""
    parts: list[str] = []
    for item in items:
        text = levels(item) if isinstance(item, list) and len(item) == 3 else str(item)
        if set("[;@\\") & set(text) or "->" in text:
            parts.append(text)
        elif parts and parts[-1].startswith("[") and parts[-1].endswith("]"):
            parts[-1] = f"{parts[-1][:-1]},{text}]"
        else:
            parts.append(f"[{text}]")
    return ";".join(parts)


def colour(text: str) -> str:
    """A colour as we write it; ValueError if it is none."""
    from matplotlib import colors

    text = text.strip()
    if text in PIXEL_COLOURS:
        return PIXEL_COLOURS[text]
    if match := _TRIPLE.fullmatch(text):
        largest = 1 if match[1] == "[" else 255
        return _hex(min(1.0, float(level) / largest) * 255 for level in match.groups()[1:])
    if text.startswith("mat:"):
        return _css(text[4:])
    if f"xkcd:{text.lower()}" in colors.XKCD_COLORS:
        return _xkcd(text.lower())
    return _css(text)


def _xkcd(name: str) -> str:
    """Bare where CSS means the same."""
    from matplotlib import colors

    full = f"xkcd:{name}"
    return name if name in colors.CSS4_COLORS and colors.to_hex(name) == colors.to_hex(full) else full


def _css(text: str) -> str:
    from matplotlib import colors

    if text.lower() in colors.CSS4_COLORS:
        return text.lower()
    try:
        return colors.to_hex(text)
    except ValueError:
        raise ValueError("no colour that Pixray knows") from None


def _section(context: Context, reader: Reader, section: str) -> Iterable[str]:
    body, count = _counted(section)
    if section[0] == "@" or section.startswith("http"):
        return _file(context, reader, body, count)
    if section[0] == "[":
        names = [colour(name) for name in body.strip("[]").split(",") if name.strip()]
        return _ramp(names, count) if count and len(names) > 1 else names
    stops = [colour(name) for name in body.split("->")]
    # One colour alone is a ramp from black.
    return _ramp(stops if len(stops) > 1 else ["black", *stops], count or 16)


def _counted(section: str) -> tuple[str, int | None]:
    body, mark, count = section.partition("\\")
    if not mark:
        return section, None
    if not (count.strip().isascii() and count.strip().isdigit() and 1 <= int(count.strip()[:9]) <= MOST):
        raise ValueError(f"a palette has 1 to {MOST} colours")
    return body.strip(), int(count)


def _ramp(stops: list[str], count: int) -> list[str]:
    """Each colour of it: Pixray mixes the numbers of sRGB, our own ramps mix what the eye sees."""
    from matplotlib import colors

    corners = [colors.to_rgb(stop) for stop in stops]
    # One alone is where the ramp ends.
    places = [step / (count - 1) * (len(corners) - 1) if count > 1 else len(corners) - 1 for step in range(count)]
    ramp = []
    for place in places:
        first = min(int(place), len(corners) - 2)
        pairs = zip(corners[first], corners[first + 1], strict=True)
        ramp.append(_hex([(low + (high - low) * (place - first)) * 255 for low, high in pairs]))
    return ramp


def levels(values: list[object]) -> str:
    """A colour given as numbers, which are shares if none is above 1; ValueError if it is none."""
    found = [as_number(value) for value in values]
    numbers = [value for value in found if value is not None and 0 <= value <= 255]
    if len(numbers) != len(found) or len(numbers) != 3:
        raise ValueError("no colour that Pixray knows")
    return _hex([value * 255 for value in numbers] if max(numbers) <= 1 else numbers)


def _hex(levels: Iterable[float]) -> str:
    return "#" + "".join(f"{round(level):02x}" for level in levels)


def _file(context: Context, reader: Reader, body: str, count: int | None) -> Iterator[str]:
    name = body.removeprefix("@")
    if not name.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".act")):
        raise ValueError("Pixray reads .png, .jpg, .gif and .act files")
    found = context.pictures(name)
    if not found:
        raise ValueError("there is no such file here; save it beside the preset and write its name into the palette")
    if re.search(r"[,;]", found[0]):
        raise ValueError("the name of a file in a palette has no comma or semicolon here")
    ending = "" if name.lower().endswith(".act") else f"\\{count or 255}"
    _check(f"{context.home / found[0]}{ending}")
    if ending and count is None:
        reader.note(f"palette: {shown(body)} - Pixray takes up to 255 of a picture's colours; so here.")
    yield f"{found[0]}{ending}"


def _check(entry: str) -> None:
    """ValueError if artgen reads no palette there."""
    from pydantic import TypeAdapter, ValidationError

    from artgen.colours import PaletteColours

    try:
        TypeAdapter(PaletteColours).validate_python([entry])
    except ValidationError:
        raise ValueError("no palette that artgen reads; save it as a PNG, and name that") from None
