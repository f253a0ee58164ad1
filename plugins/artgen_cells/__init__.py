"""Mosaics: canvases of equal cells, such as hexagons, bricks or stitches, each of one colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Exporter, ExportSource, Generator, GeneratorSpec, Need, Schedule, Slider, Within, hookimpl
from artgen.canvas import CanvasSpec
from artgen.colours import AnyPalette, Colour, StockPalette

JOINT = "#202020"
Kind = Literal["square", "shifted", "hexagon", "triangle", "diamond", "knit"]


class Cells(CanvasSpec):
    """Equal cells that fill the canvas, of any aspect, each in one colour: tiles, bricks, honeycombs, stitches."""

    can_paint: ClassVar[bool] = True
    exports: ClassVar[Mapping[str, str]] = {".svg": "the cells as shapes, in a layer for each colour"}
    type: Literal["cells"] = "cells"
    synonyms: ClassVar[tuple[str, ...]] = (
        "mosaic", "hexagons", "honeycomb", "diamonds", "knitting", "knit", "stitches",
    )  # fmt: skip
    kind: Kind = "hexagon"
    """The cells: squares in columns (`square`), or each row moved by half a cell, as bricks are (`shifted`); hexagons,
    triangles, squares on their corners (`diamond`), or stitches (`knit`)."""
    across: Annotated[int, Field(ge=2, le=512)] | None = None
    """How many cells lie side by side on the width of the canvas; default: those of a palette with stock, or 32."""
    aspect: Annotated[float, Field(ge=0.1, le=10), Slider(scale="log")] = 1
    """Height of a cell over its usual height; 2 draws bricks that stand, 0.5 such that lie."""
    gap: Annotated[float, Field(ge=0, le=0.5)] = 0
    """Width of the joints between cells, as a share of a cell's width."""
    joint: Colour = JOINT
    """The colour of the joints."""
    palette: AnyPalette | None = None
    r"""The only colours allowed: names, `#rrggbb`, ramps (`red->gold\8`), palette files or pictures; `{learn: 8}`: that
    many, which the drawing finds by itself; `{lego: 24x24}`, `{dmc: 80x80}`, `{perler: 29x29}` or `{file: stock.csv}`:
    those of pieces to make it of by hand."""
    softness: Annotated[Schedule, Within(ge=0), Slider(0, 0.05)] = Schedule.constant(0)
    """Width of the blend between palette colours (squared Oklab distance, 0.01 is soft); 0: palette colours only."""
    init: Colour = "#808080"
    """The colour to start from, where the preset has no `start`."""
    noise: Annotated[float, Field(ge=0)] = 0.1
    """Standard deviation of the noise that the cells start with; 0.1 is faint, 1 is strong."""

    def misfits(self) -> Iterable[str]:
        if self.palette is None and self.softness != Schedule.constant(0):
            yield "'softness' blends palette colours; without 'palette' it does nothing"
        if isinstance(self.palette, StockPalette):
            yield from self._stock_misfits(self.palette)
        if self.gap == 0 and self.joint != JOINT:
            yield "'joint' is the colour of joints that 'gap: 0' leaves out"

    def _stock_misfits(self, palette: StockPalette) -> Iterable[str]:
        if palette.grid and self.kind != "square":
            yield f"the palette's work is made of squares; write 'kind: square', and not {self.kind}"
        if palette.grid and self.across not in (None, palette.grid[0]):
            yield f"'across' is {self.across}, the palette's work has {palette.grid[0]} columns; leave 'across' out"

    @property
    def columns(self) -> int:
        """How many cells lie side by side on the width of the canvas."""
        work = self.palette.grid if isinstance(self.palette, StockPalette) else None
        return self.across or (work[0] if work else 32)

    def needs(self) -> Set[Need]:
        return {Need.START}

    def build(self, env: Env) -> Generator:
        from artgen_cells.drawing import CellsGenerator

        return CellsGenerator(self, env)


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Cells]


@hookimpl
def artgen_exporters() -> list[Exporter]:
    return [
        Exporter(".sprite.png", "one pixel for each cell", _sprite),
        Exporter(".indexed.png", "the picture with a table of its colours, which are 256 at most", _indexed),
    ]


def _sprite(source: ExportSource) -> bytes:
    from artgen_cells.exporting import sprite

    return sprite(source)


def _indexed(source: ExportSource) -> bytes:
    from artgen_cells.exporting import indexed

    return indexed(source)
