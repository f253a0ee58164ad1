"""Palette files that are no text: Adobe's three, Microsoft's, and Procreate's.

Adobe's are big-endian; their CMYK is turned to RGB without a profile, since the files bring none.
"""

from __future__ import annotations

import colorsys
import io
import json
import struct
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from artgen.colours.spaces import rgb_of_cielab
from artgen.colours.text_files import SOLID, decoded
from artgen.errors import InputError

RIFF = b"RIFF"
EXCHANGE = b"ASEF"
ZIP = b"PK\x03\x04"
MAX_UNPACKED = 1 << 22
"""Bytes of the JSON in a Procreate file; one with more is refused."""

_SPRITE = b"\xe0\xa5"
"""What stands at byte 4 of Aseprite's drawings, which end in ``.ase`` as Adobe's swatches do."""
_COLOUR = 1
_MODELS = {b"RGB ": "RGB", b"CMYK": "CMYK", b"LAB ": "Lab", b"Gray": "grey"}
_NUMBERS = {"RGB": 3, "CMYK": 4, "Lab": 3, "grey": 1}
_SPACES = {0: "RGB", 1: "HSB", 2: "CMYK", 7: "Lab", 8: "grey"}


def _damaged(name: str, kind: str) -> NoReturn:
    raise InputError(f"'{name}' is no {kind}, or is damaged; save it again, or as .gpl")


def _colour(model: str, values: Sequence[float]) -> str:
    """Lab has L in [0, 100]; all other numbers are in [0, 1], or are cut to it."""
    rgb: Sequence[float]
    if model == "Lab":
        rgb = rgb_of_cielab(*values[:3])
    elif model == "CMYK":
        rgb = [(1 - min(max(ink, 0.0), 1.0)) * (1 - min(max(values[3], 0.0), 1.0)) for ink in values[:3]]
    elif model == "HSB":
        rgb = colorsys.hsv_to_rgb(*values[:3])
    else:
        rgb = values[:3] if model == "RGB" else (values[0],) * 3
    # Not a number compares as false: it becomes 0.
    levels = (round(255 * min(level, 1.0)) if level > 0 else 0 for level in rgb)
    return "#{:02x}{:02x}{:02x}".format(*levels)


def colour_table(data: bytes, name: str) -> list[str]:
    """Adobe's ``.act``: 256 triplets; newer files add how many count, and which is transparent (two bytes each)."""
    count = int.from_bytes(data[768:770], "big") if len(data) == 772 else 256
    if len(data) not in (768, 772):
        raise InputError(f"'{name}' is no Adobe colour table (768 or 772 bytes); save it as .act again")
    if count > 256:
        raise InputError(f"'{name}' says that {count} of its 256 colours count; save it as .act again")
    # Where none counts, nobody has said how many.
    return [f"#{data[3 * i : 3 * i + 3].hex()}" for i in range(count or 256)]


def swatch_exchange(data: bytes, name: str) -> list[str]:
    """Adobe's ``.ase``, Swatch Exchange: blocks, of which some are colours with a name and a model."""
    if data[4:6] == _SPRITE:
        raise InputError(f"'{name}' is a drawing of Aseprite's; save its palette as .gpl, or the drawing as .png")
    if not data.startswith(EXCHANGE):
        _damaged(name, "Adobe Swatch Exchange file")
    try:
        return list(_exchanged(data))
    except (struct.error, KeyError):
        _damaged(name, "Adobe Swatch Exchange file")


def _exchanged(data: bytes) -> Iterator[str]:
    (count,) = struct.unpack_from(">I", data, 8)
    place = 12
    for _ in range(count):
        kind, length = struct.unpack_from(">HI", data, place)
        if kind == _COLOUR:
            (letters,) = struct.unpack_from(">H", data, place + 6)
            model = _MODELS[data[place + 8 + 2 * letters :][:4]]
            values = struct.unpack_from(f">{_NUMBERS[model]}f", data, place + 12 + 2 * letters)
            yield _colour(model, (100 * values[0], *values[1:]) if model == "Lab" else values)
        place += 6 + length


def swatches(data: bytes, name: str) -> list[str]:
    """Photoshop's ``.aco``: a version, and colours of four 16-bit numbers; version 2 adds names, mostly as well."""
    try:
        version, count = struct.unpack_from(">HH", data)
        if version not in (1, 2):
            _damaged(name, "Photoshop swatch file")
        colours, place = [], 4
        for _ in range(count):
            space, *values = struct.unpack_from(">HHhhH" if data[place : place + 2] == b"\0\7" else ">5H", data, place)
            colours.append(_swatch(space, values, name))
            place += 10
            if version == 2:
                place += 4 + 2 * struct.unpack_from(">I", data, place)[0]
    except struct.error:
        _damaged(name, "Photoshop swatch file")
    return colours


def _swatch(space: int, values: Sequence[int], name: str) -> str:
    model = _SPACES.get(space)
    if model is None:
        raise InputError(f"'{name}' holds a colour of a printer's book (kind {space}); make its swatches RGB, or .gpl")
    if model == "Lab":
        return _colour(model, [value / 100 for value in values])
    if model == "grey":
        return _colour(model, [values[0] / 10_000])
    # Some programs write a level of 255 as 0xffff, others as 0xff00: its upper byte says it either way.
    shares = [value / 65535 if model == "HSB" else (value >> 8) / 255 for value in values]
    return _colour(model, [1 - share for share in shares] if model == "CMYK" else shares)


def riff(data: bytes, name: str) -> list[str]:
    """Microsoft's ``.pal``: among the chunks of a RIFF file, one of a version, a count, and four bytes a colour."""
    place = 12
    try:
        while data[8:12] == b"PAL " and place < len(data):
            kind, length = struct.unpack_from("<4sI", data, place)
            if kind == b"data":
                _, count = struct.unpack_from("<HH", data, place + 8)
                rows = (struct.unpack_from("3B", data, place + 12 + 4 * i) for i in range(count))
                return ["#{:02x}{:02x}{:02x}".format(*row) for row in rows]
            place += 8 + length + length % 2
    except struct.error:
        pass
    _damaged(name, "RIFF palette")


def procreate(data: bytes, name: str) -> list[str]:
    """Procreate's ``.swatches``: hue, saturation and brightness as JSON, in a zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("Swatches.json") as file:
            text = file.read(MAX_UNPACKED + 1)
        if len(text) > MAX_UNPACKED:
            _damaged(name, "Procreate palette")
        held = json.loads(decoded(text))
        groups = held if isinstance(held, list) else [held]
        return [colour for group in groups for swatch in group["swatches"] if swatch for colour in _painted(swatch)]
    except InputError:
        raise
    except Exception:  # the many ways in which a zip, or what is in it, can be damaged
        _damaged(name, "Procreate palette")


def _painted(swatch: dict[str, Any]) -> list[str]:
    """The colour of a swatch; none if it is see-through."""
    if float(swatch.get("alpha", 1)) * 255 < SOLID - 0.5:
        return []
    parts = swatch.get("components")
    # Some programs write red, green and blue, and no true hue beside them.
    if swatch.get("colorModel") == 0 and isinstance(parts, list) and len(parts) >= 3:
        return [_colour("RGB", [float(part) for part in parts])]
    return [_colour("HSB", [float(swatch[part]) for part in ("hue", "saturation", "brightness")])]
