"""The working half of the cells."""

from __future__ import annotations

import torch
from torch import Tensor

from artgen.api import Env, ExportSource, InputError
from artgen.canvas import Descending, Descent, from_rgb, to_rgb
from artgen.colours import Colouring, StockPalette, channels
from artgen.vectors import Shapes, polygon, polyline, svg
from artgen_cells import Cells
from artgen_cells.mixing import Mixing

SEAM = 2.0
"""Width in pixels of what lies below the edges in a file of shapes; no paper shines through between two cells."""


class CellsGenerator(Descending):
    """Numbers (B, 3, N) that become the colours of N cells, and those of a learned palette."""

    def __init__(self, spec: Cells, env: Env) -> None:
        self.steps = env.steps
        self._spec = spec
        self._mixing = Mixing(spec, env.size, env.device)
        self._joint = torch.tensor(channels(spec.joint), device=env.device)
        if isinstance(spec.palette, StockPalette) and spec.palette.grid:
            self._check_rows(spec.palette.grid)
        self._colouring = Colouring(spec.palette, env.device, self._mixing.count)
        values = self._start(env) + spec.noise * env.random.normal("cells", (3, self._mixing.count))
        start = None if env.start is None else lambda: to_rgb(values, spec.colours)
        self._descent = Descent(spec, [values, *self._colouring.first(start, env.random.normal)], env.steps)

    def _check_rows(self, work: tuple[int, int]) -> None:
        places = self._mixing.places
        columns, rows = (places.amax(dim=0) - places.amin(dim=0) + 1).tolist()
        if (columns, rows) != work:
            raise InputError(
                f"cells: the canvas has {columns}x{rows} cells, the palette's work {work[0]}x{work[1]}; "
                "choose a 'size' of that shape"
            )

    def _start(self, env: Env) -> Tensor:
        """The numbers of the start, or of the spec's colour: (1 or B, 3, N)."""
        if env.start is not None:
            return from_rgb(self._mixing.cut(env.start), self._spec.colours)
        colour = torch.tensor(channels(self._spec.init), device=env.device).view(1, 3, 1)
        return from_rgb(colour.expand(1, 3, self._mixing.count), self._spec.colours)

    def colours(self, step: int) -> Tensor:
        """Those of the cells after so many steps, (B, 3, N) in [0, 1]."""
        values, *learned = self._descent.at(step)
        image = to_rgb(values, self._spec.colours)
        return self._colouring(image, learned, self._colouring.softness(self._spec.softness, step, self.steps))

    def draw(self, step: int) -> Tensor:
        return self._mixing.drawn(self.colours(step), self._joint)

    def advance(self, step: int) -> None:
        """Spend the gradient."""
        super().advance(step)
        values, *learned = self._descent.at(step)
        if learned and step < self.steps // 2:
            self._colouring.use_all(learned, to_rgb(values.detach(), self._spec.colours))

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from cells that have the mean colours of (B, 3, H, W)."""
        self._put(from_rgb(self._mixing.cut(image), self._spec.colours), step)

    def paint_over(self, image: Tensor, cover: Tensor, step: int) -> None:
        """As `paint`, in the cells that (1, 1, H, W) touches."""
        new = from_rgb(self._mixing.cut(image), self._spec.colours)
        self._put(new.where(self._mixing.touched(cover), self._descent.at(step)[0].detach()), step)

    def _put(self, values: Tensor, step: int) -> None:
        self._descent.put([values, *self._descent.at(step)[1:]])

    def sprite(self, picture: int) -> Tensor:
        """One pixel a cell: (4, rows, columns) in [0, 1], clear where a row has none."""
        places = self._mixing.places
        if self._spec.kind == "diamond":  # columns and rows run aslant
            column, row = places.unbind(dim=1)
            places = torch.stack([(column + row).div(2, rounding_mode="floor"), column - row], dim=1)
        places = places - places.amin(dim=0)
        columns, rows = (places.amax(dim=0) + 1).tolist()
        colours = self.colours(self.steps)[picture]
        found = colours.new_zeros(4, rows, columns)
        found[:, places[:, 1], places[:, 0]] = torch.cat([colours, torch.ones_like(colours[:1])])
        return found

    def exported(self, suffix: str, source: ExportSource) -> bytes:
        """The cells as SVG, a layer for each colour."""
        colours = self.colours(self.steps)[source.picture].T.cpu()
        order = _by_colour(colours)
        outlines = self._mixing.outlines()
        paths, ground = polygon(outlines)[None, order], self._joint.cpu()[None]
        fills = Shapes(paths, colours[None, order])
        gap = self._spec.gap * self._mixing.unit[0]
        if gap:
            edges = polyline(_edges(outlines))[None]
            joints = ground.expand(1, edges.shape[1], 3)
            groups, names = [fills, Shapes(edges, joints, widths=joints[..., 0] * 0 + gap)], ["cells", "joints"]
        else:
            # Where two cells share a pixel, the one that is filled last is laid over nothing but the other.
            backwards = fills.colours.flip(1)
            seams = Shapes(paths.flip(1), backwards, widths=backwards[..., 0] * 0 + SEAM)
            groups, names = [seams, fills], ["seams", "cells"]
        return svg(groups, ground, self._mixing.size, names=names, layers="colours", recipe=source.recipe)


def _edges(outlines: Tensor) -> Tensor:
    """The sides of (N, corners, 2), (E, 2, 2): what two cells share is there once, or its edge would be drawn twice."""
    sides = torch.stack([outlines, outlines.roll(-1, dims=1)], dim=2).flatten(0, 1)
    ends = (sides * 64).round().long()
    ends = ends[..., 0] * (1 << 24) + ends[..., 1]
    seen: dict[tuple[int, ...], int] = {}
    for number, pair in enumerate(ends.sort(dim=1).values.tolist()):
        seen.setdefault(tuple(pair), number)
    return sides[list(seen.values())]


def _by_colour(colours: Tensor) -> Tensor:
    """The order of (N, 3) in which cells of one colour, as 8 bits have it, follow each other."""
    levels = (colours * 255).round().long()
    order: Tensor = (levels * torch.tensor([1 << 16, 1 << 8, 1])).sum(dim=1).argsort(stable=True)
    return order
