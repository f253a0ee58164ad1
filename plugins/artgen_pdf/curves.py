"""The curves of a drawing that is as `artgen.vectors.svg` writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
SILENT = {"title", "desc", "metadata"}
KNOWN = {
    "rect": {"x", "y", "width", "height", "fill", "fill-opacity"},
    "path": {"d", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity"},
    "g": {"id", "fill", "fill-rule", "stroke-linecap", "stroke-linejoin"},
}
"""The elements and attributes that are understood; a drawing with any other is shown by its pixels."""
COUNT = {"M": 2, "L": 2, "C": 6, "Z": 0}
_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")

Step = tuple[str, list[float]]


class _Unknown(Exception):
    pass


@dataclass(frozen=True)
class Curve:
    """A path that is filled, or a stroke with round ends."""

    steps: list[Step]
    """M, L, C and Z with their coordinates in pixels, y down."""
    colour: tuple[float, float, float]
    """sRGB in [0, 1]."""
    opacity: float
    width: float | None
    """Of a stroke, in pixels; None: filled."""
    even: bool
    """Whether the even-odd rule says what is inside."""


def curves(drawing: bytes) -> list[Curve] | None:
    """What an SVG file draws, in order; None if anything in it is not understood."""
    try:
        root = ElementTree.fromstring(drawing)
        if root.tag != f"{SVG}svg" or root.get("viewBox") != f"0 0 {root.get('width')} {root.get('height')}":
            return None
        return list(_within(root, {}))
    except (_Unknown, ElementTree.ParseError):
        return None


def _within(parent: ElementTree.Element, style: Mapping[str, str]) -> Iterator[Curve]:
    for element in parent:
        name = element.tag.removeprefix(SVG)
        # Names in other namespaces are notes of the programs that draw.
        own = {key: value for key, value in element.attrib.items() if not key.startswith("{")}
        if name in SILENT:
            continue
        if name not in KNOWN or not own.keys() <= KNOWN[name]:
            raise _Unknown
        look = {**style, **own}
        if name == "g":
            yield from _within(element, look)
        elif name == "rect":
            yield _curve(_box(own), look)
        else:
            yield _curve(list(_steps(own.get("d", ""))), look)


def _curve(steps: list[Step], look: Mapping[str, str]) -> Curve:
    if look.get("fill", "none") != "none":
        if "stroke" in look:
            raise _Unknown
        opacity = float(look.get("fill-opacity", "1"))
        return Curve(steps, _colour(look["fill"]), opacity, None, look.get("fill-rule") == "evenodd")
    if look.get("stroke-linecap") != "round" or look.get("stroke-linejoin") != "round":
        raise _Unknown
    opacity = float(look.get("stroke-opacity", "1"))
    return Curve(steps, _colour(look.get("stroke", "")), opacity, float(look.get("stroke-width", "1")), False)


def _box(own: Mapping[str, str]) -> list[Step]:
    try:
        x, y, width, height = (float(own.get(name, "0")) for name in ("x", "y", "width", "height"))
    except ValueError:
        raise _Unknown from None
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return [("L" if number else "M", [*corner]) for number, corner in enumerate(corners)] + [("Z", [])]


def _colour(text: str) -> tuple[float, float, float]:
    if not re.fullmatch(r"#[0-9a-f]{6}", text):
        raise _Unknown
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _steps(text: str) -> Iterator[Step]:
    if _STEP.sub("", text).strip():
        raise _Unknown
    for letter, told in _STEP.findall(text):
        if letter not in COUNT or _NUMBER.sub("", told).strip(" ,\n"):
            raise _Unknown
        numbers = [float(number) for number in _NUMBER.findall(told)]
        each = COUNT[letter]
        if not each and not numbers:
            yield letter, []
        elif not each or not numbers or len(numbers) % each:
            raise _Unknown
        for first in range(0, len(numbers), each or 1):
            # What follows the first place of an M is a line to each further one.
            yield "L" if letter == "M" and first else letter, numbers[first : first + each]
