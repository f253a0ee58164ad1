"""Strokes for pen plotters: the middle of each, in millimetres, on a layer for each pen, in a short order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from artgen.colours.learned import representatives
from artgen.colours.spaces import oklab, squared_distances
from artgen.errors import InputError
from artgen.vectors.curves import pieces
from artgen.vectors.ordering import ordered, travel
from artgen.vectors.painting import Shapes
from artgen.vectors.svg_file import HEAD, layer, shown_hex, shown_number, shown_text

Sheet = Literal["a6", "a5", "a4", "a3", "a2", "letter"]
SHEETS: Mapping[Sheet, tuple[float, float]] = {
    "a6": (105, 148),
    "a5": (148, 210),
    "a4": (210, 297),
    "a3": (297, 420),
    "a2": (420, 594),
    "letter": (215.9, 279.4),
}
"""Width and height in mm (ISO 216, ANSI/ASME Y14.1)."""
FINE = 0.02
"""How far a straight piece may be from its curve, in mm."""
FAINT = 0.02
"""A stroke that is more transparent than this is not drawn."""
SAME = 1e-4
"""The square of a distance in Oklab that nobody sees: a pen of the paper's colour draws nothing."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pen:
    """What one pen draws, in order, and how far it goes in the air for that."""

    colour: str
    """As ``#rrggbb``."""
    width: float
    """In mm: the mean of the strokes."""
    lines: Sequence[Floats]
    """Each (n, 2), in mm from the sheet's top left corner."""
    travel: float
    """In mm, from the sheet's corner on."""
    unordered: float
    """The same in the order in which the strokes lie over each other."""


def plot(
    shapes: Shapes | Sequence[Shapes],
    ground: Tensor | None,
    size: tuple[int, int],
    picture: int = 0,
    sheet: Sheet | tuple[float, float] = "a4",
    margin: float = 10,
    pens: int = 8,
    recipe: Mapping[str, Any] | None = None,
) -> bytes:
    """The strokes of one picture, that `paint` draws on canvases of (H, W), as SVG for a pen plotter.

    Each pen has an Inkscape layer that is called ``1 #rrggbb``, the lightest pen first. What lies outside of the canvas
    is cut off, and ``desc`` tells how far each pen goes in the air.

    Args:
        shapes: of which the strokes are drawn, as lines; a plotter fills nothing.
        ground: (B, 3), the paper: a pen of its colour is left out.
        size: height and width in pixels.
        picture: which of the batch.
        sheet: its name or its width and height in mm; it is turned to lie as the picture does.
        margin: in mm, at least, at each side; the picture is in the middle.
        pens: how many there are, at most; further colours are drawn by the pen that is nearest.
        recipe: what made it; JSON in the element ``metadata``.

    Raises:
        InputError: if there are no strokes.
    """
    wide, tall = _turned(SHEETS[sheet] if isinstance(sheet, str) else sheet, size)
    drawn = list(plotted(shapes, ground, size, picture, (wide, tall), margin, pens))
    measure = f'width="{shown_number(wide)}mm" height="{shown_number(tall)}mm"'
    lines = [f'{HEAD} {measure} viewBox="0 0 {shown_number(wide)} {shown_number(tall)}">']
    if recipe is not None:
        lines.append(f'<metadata id="recipe">{shown_text(json.dumps(recipe))}</metadata>')
    told = "; ".join(
        f"pen {pen.colour} goes {pen.travel:.0f} mm in the air, unordered {pen.unordered:.0f}" for pen in drawn
    )
    lines.append(f"<desc>{told}</desc>")
    for number, pen in enumerate(drawn, 1):
        style = f' fill="none" stroke-linecap="round" stroke-linejoin="round" stroke="{pen.colour}"'
        style += f' stroke-width="{shown_number(pen.width)}"'
        lines += layer(f"{number} {pen.colour}", number, style, [_element(line) for line in pen.lines])
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *lines, "</svg>", ""]).encode()


def plotted(
    shapes: Shapes | Sequence[Shapes],
    ground: Tensor | None,
    size: tuple[int, int],
    picture: int,
    sheet: tuple[float, float],
    margin: float,
    pens: int,
) -> Iterator[Pen]:
    """What each pen draws on a sheet of that width and height in mm; the rest as `plot` has it."""
    groups = [group for group in ([shapes] if isinstance(shapes, Shapes) else shapes) if group.widths is not None]
    scale = min((sheet[0] - 2 * margin) / size[1], (sheet[1] - 2 * margin) / size[0])
    if scale <= 0:
        raise InputError(f"a sheet of {sheet[0]:g} x {sheet[1]:g} mm has no room between margins of {margin:g} mm")
    corner = (np.array(sheet) - scale * np.array([size[1], size[0]])) / 2
    if not groups:
        raise InputError("a plotter draws strokes, and this picture has none")
    strokes = [stroke for group in groups for stroke in _strokes(group, picture, FINE / scale)]
    if not strokes:
        return
    colours = torch.stack([stroke.colour for stroke in strokes])
    if ground is not None:
        seen = squared_distances(oklab(colours), oklab(ground[picture : picture + 1].detach().cpu()))[:, 0] > SAME
        strokes = [stroke for stroke, differs in zip(strokes, seen.tolist(), strict=True) if differs]
        colours = colours[seen]
    if not strokes:
        return
    kinds = torch.unique(colours, dim=0)
    chosen = kinds if len(kinds) <= pens else representatives(colours, pens)
    nearest = squared_distances(oklab(colours), oklab(chosen)).argmin(dim=1)
    for pen in oklab(chosen)[:, 0].argsort(descending=True, stable=True).tolist():
        own = [strokes[i] for i in (nearest == pen).nonzero()[:, 0].tolist()]
        lines = [corner + scale * line for stroke in own for line in _cut(stroke.pieces, size)]
        if lines:
            width = scale * sum(stroke.width for stroke in own) / len(own)
            yield _pen(shown_hex(chosen[pen].tolist()), width, lines)


def _pen(colour: str, width: float, lines: list[Floats]) -> Pen:
    starts, ends = (np.stack([line[at] for line in lines]) for at in (0, -1))
    order = ordered(starts, ends)
    found = [lines[number][::-1] if back else lines[number] for number, back in order]
    after = travel(np.stack([line[0] for line in found]), np.stack([line[-1] for line in found]))
    return Pen(colour, width, found, after, travel(starts, ends))


@dataclass(frozen=True)
class _Stroke:
    pieces: Floats
    """(T, 4): x and y of where a straight piece begins, and of where it ends, in pixels."""
    colour: Tensor
    """(3,)."""
    width: float
    """In pixels."""


def _strokes(group: Shapes, picture: int, off: float) -> Iterator[_Stroke]:
    """Those that can be seen, in straight pieces at most `off` pixels off."""
    assert group.widths is not None
    paths, colours = (each[picture].detach().cpu() for each in (group.paths, group.colours))
    if not paths.numel():
        return
    widths = group.widths[picture].detach().cpu().view(len(paths), -1).mean(dim=1).tolist()
    opacities = torch.ones(len(paths)) if group.opacities is None else group.opacities[picture].detach().cpu()
    cut = pieces(paths, paths.new_full((len(paths),), off), paths.new_full((len(paths),), float("inf")))
    each = cut.ends.double().split(torch.bincount(cut.owner, minlength=len(paths)).tolist())
    for ends, colour, width, opacity in zip(each, colours, widths, opacities.tolist(), strict=True):
        if opacity > FAINT:
            yield _Stroke(ends.numpy(), (colour * 255).round() / 255, width)


def _cut(ends: Floats, size: tuple[int, int]) -> Iterator[Floats]:
    """What of straight pieces lies on the canvas, as lines of (n, 2) corners (Liang & Barsky 1984 for each)."""
    begin, way = ends[:, :2], ends[:, 2:] - ends[:, :2]
    far = np.array([size[1], size[0]], dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        sides = np.stack([-begin / way, (far - begin) / way])
    still = way == 0
    inside = (begin >= 0) & (begin <= far)
    enter = np.where(still, np.where(inside, 0, 2), sides.min(axis=0)).max(axis=1).clip(min=0)
    leave = np.where(still, np.where(inside, 1, -1), sides.max(axis=0)).min(axis=1).clip(max=1)
    kept = np.flatnonzero(enter <= leave)
    # A line goes on as long as no piece is left out and none is cut at its beginning.
    number = np.cumsum([i == 0 or here != kept[i - 1] + 1 or enter[here] > 0 for i, here in enumerate(kept)])
    for _, run in groupby(zip(number.tolist(), kept.tolist(), strict=True), key=lambda one: one[0]):
        own = [here for _, here in run]
        corners = begin[own] + leave[own, None] * way[own]
        yield np.concatenate([begin[own[:1]] + enter[own[:1], None] * way[own[:1]], corners])


def _turned(sheet: tuple[float, float], size: tuple[int, int]) -> tuple[float, float]:
    low, high = sorted(sheet)
    return (high, low) if size[1] > size[0] else (low, high)


def _element(line: Floats) -> str:
    return f'<path d="M{" ".join(f"{shown_number(x)} {shown_number(y)}" for x, y in line.tolist())}"/>'
