"""Shapes as SVG 1.1, which programs for drawing, printing, cutting and plotting read."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

from torch import Tensor

from artgen.vectors.painting import Shapes
from artgen.vectors.swept import outlines

Layers = Literal["groups", "colours"]
_SVG = 'xmlns="http://www.w3.org/2000/svg"'
_INKSCAPE = 'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
HEAD = f'<svg {_SVG} {_INKSCAPE} version="1.1"'
"""The beginning of a file."""
_ILLEGAL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])
"""Characters that XML has no form for."""
_OPAQUE = 0.9995
"""An opacity that is written as 1.000 is not written."""


_STRAIGHT = 0.002
"""Pixels that the handles of a straight segment are off, at most; places are written to a hundredth."""


@dataclass(frozen=True)
class _Shape:
    """One shape: its colour as `#rrggbb`, and the rest as an element."""

    colour: str
    element: str


def svg(
    shapes: Shapes | Sequence[Shapes],
    ground: Tensor | None,
    size: tuple[int, int],
    picture: int = 0,
    names: Sequence[str] = (),
    layers: Layers = "groups",
    title: str | None = None,
    recipe: Mapping[str, Any] | None = None,
) -> bytes:
    """The file of one picture of a batch that `paint` draws on canvases of (H, W), at 1 px each pixel.

    Args:
        shapes: what is drawn, in order; colours are rounded to 8 bits, places to a hundredth of a pixel.
        ground: (B, 3), the colour of the paper; None: it stays clear.
        size: height and width in pixels.
        picture: which of the batch.
        names: what the layer of each `Shapes` is called; ``shapes`` where there is none.
        layers: one for each `Shapes`, or one for each colour, in the order in which they are drawn: where a colour
            comes again above another, it has a second layer.
        title: what the picture is called.
        recipe: what made it; JSON in the element ``metadata``.
    """
    height, width = size
    groups = [shapes] if isinstance(shapes, Shapes) else list(shapes)
    head = f'{HEAD} width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', head]
    if title is not None:
        lines.append(f"<title>{shown_text(title)}</title>")
    if recipe is not None:
        lines.append(f'<metadata id="recipe">{shown_text(json.dumps(recipe))}</metadata>')
    number = 1
    if ground is not None:
        paper = f'<rect width="{width}" height="{height}" fill="{shown_hex(ground[picture].tolist())}"/>'
        lines += layer("paper", number, "", [paper])
    for index, group in enumerate(groups):
        name = names[index] if index < len(names) else "shapes"
        for called, drawn in _layers(list(_drawn(group, picture)), name, layers):
            number += 1
            lines += layer(called, number, _common(group), drawn)
    return "\n".join([*lines, "</svg>", ""]).encode()


def _layers(shapes: list[_Shape], name: str, layers: Layers) -> Iterator[tuple[str, list[str]]]:
    if layers == "groups":
        yield name, [shape.element for shape in shapes]
        return
    for colour, run in groupby(shapes, key=lambda shape: shape.colour):
        yield f"{name} {colour}", [shape.element for shape in run]


def layer(name: str, number: int, style: str, elements: list[str]) -> list[str]:
    label = quoteattr(name.translate(_ILLEGAL))
    head = f'<g id="layer{number}" inkscape:groupmode="layer" inkscape:label={label}{style}>'
    return [head, *elements, "</g>"]


def _common(group: Shapes) -> str:
    """What all shapes of a layer have in common."""
    if group.widths is not None and group.widths.dim() == 2:
        return ' fill="none" stroke-linecap="round" stroke-linejoin="round"'
    return f' fill-rule="{group.rule}"' if group.widths is None and group.rule == "evenodd" else ""


def _drawn(group: Shapes, picture: int) -> Iterator[_Shape]:
    paths, colours = group.paths[picture].tolist(), group.colours[picture].tolist()
    opacities = [1.0] * len(paths) if group.opacities is None else group.opacities[picture].tolist()
    widths: list[Any] = [None] * len(paths) if group.widths is None else group.widths[picture].tolist()
    for path, colour, opacity, width in zip(paths, colours, opacities, widths, strict=True):
        yield _shape(path, shown_hex(colour), opacity, width, group.loops)


def _shape(path: list[Any], colour: str, opacity: float, width: float | list[float] | None, loops: int) -> _Shape:
    kind = "stroke" if isinstance(width, float) else "fill"
    style = f'{kind}="{colour}"'
    if opacity < _OPAQUE:
        style += f' {kind}-opacity="{shown_number(opacity, 4)}"'
    if isinstance(width, float):
        return _Shape(colour, f'<path {style} stroke-width="{shown_number(width, 4)}" d="{_curves(path)}"/>')
    if isinstance(width, list):
        return _Shape(colour, f'<path {style} d="{"".join(_polygon(one) for one in outlines(path, width))}"/>')
    each = len(path) // loops
    form = "".join(_curves(path[i : i + each]) + "Z" for i in range(0, len(path), each))
    return _Shape(colour, f'<path {style} d="{form}"/>')


def _curves(path: list[Any]) -> str:
    bends = "".join(_bend(segment) for segment in path)
    return f"M{_points(path[0][:1])}{bends}"


def _bend(segment: list[Any]) -> str:
    """A curve, or a line where it is one that `polyline` has made."""
    start, *handles, end = segment
    thirds = [[a + (b - a) * part / 3 for a, b in zip(start, end, strict=True)] for part in (1, 2)]
    off = [abs(a - b) for pair in zip(handles, thirds, strict=True) for a, b in zip(*pair, strict=True)]
    return "L" + _points([end]) if max(off) < _STRAIGHT else "C" + _points([*handles, end])


def _polygon(corners: list[tuple[float, float]]) -> str:
    return f"M{_points(corners)}Z"


def _points(points: Sequence[Sequence[float]]) -> str:
    return " ".join(f"{shown_number(x)} {shown_number(y)}" for x, y in points)


def shown_number(value: float, digits: int = 2) -> str:
    """As short as it can be, such as -0.5 or 12."""
    if not math.isfinite(value):
        raise ValueError("a shape has a number that is not finite")
    short = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def shown_hex(colour: Sequence[float]) -> str:
    return "#" + "".join(f"{min(255, max(0, round(255 * part))):02x}" for part in colour)


def shown_text(text: str) -> str:
    return escape(text.translate(_ILLEGAL))
