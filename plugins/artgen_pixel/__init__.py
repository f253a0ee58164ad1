"""A canvas of colour cells: pixel art, palettes, and coarse-to-fine pyramids."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Generator, GeneratorSpec, Need, Schedule, Slider, Within, hookimpl
from artgen.canvas import CanvasSpec
from artgen.colours import AnyPalette, Colour, StockPalette

GREY = "#808080"
Cells = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, lt=1)]


class Pixel(CanvasSpec):
    """A grid of colours, each cell free; optionally a few palette colours, or grown from coarse to fine."""

    can_paint: ClassVar[bool] = True
    type: Literal["pixel"] = "pixel"
    synonyms = ("pixel art", "pixels", "pixeldraw")
    grid: tuple[Cells, Cells] | None = None
    """Columns and rows of cells; default: those of a palette with stock, or one cell a pixel."""
    interpolation: Literal["nearest", "bilinear", "bicubic"] = "nearest"
    """How cells become pixels: hard squares (nearest) or smooth."""
    palette: AnyPalette | None = None
    r"""The only colours allowed: names, `#rrggbb`, ramps (`red->gold\8`), palette files or pictures; `{learn: 8}`: that
    many, which the drawing finds by itself; `{lego: 24x24}`, `{dmc: 80x80}`, `{perler: 29x29}` or `{file: stock.csv}`:
    those of pieces to make it of by hand."""
    softness: Annotated[Schedule, Within(ge=0), Slider(0, 0.05)] = Schedule.constant(0)
    """Width of the blend between palette colours (squared Oklab distance, 0.01 is soft); 0: palette colours only."""
    pyramid: Annotated[tuple[Cells, ...], Field(min_length=1)] | None = None
    """Cells along the longer side of each level, coarse to fine, such as [4, 8, 16, 32]; the drawing is their sum."""
    unlock: tuple[Share, ...] | None = None
    """For each level of the pyramid, the share of the run (0 to 1) after which it moves; default: all at once."""
    init: Colour = GREY
    """The colour to start from, where the preset has no `start`."""
    noise: Annotated[float, Field(ge=0)] = 0.1
    """Standard deviation of the noise that each level starts with; 0.1 is faint, 1 is strong."""

    def misfits(self) -> Iterable[str]:
        if self.pyramid and list(self.pyramid) != sorted(set(self.pyramid)):
            yield "the levels of 'pyramid' go from coarse to fine, each once"
        if self.unlock is not None:
            yield from self._unlock_misfits(self.unlock)
        if isinstance(self.palette, StockPalette):
            yield from self.palette.unfit(self.grid)
            if self.interpolation != "nearest":
                yield "a palette with stock has whole pieces; 'interpolation' is nearest with it"
        if self.palette is None and self.softness != Schedule.constant(0):
            yield "'softness' blends palette colours; without 'palette' it does nothing"

    def _unlock_misfits(self, unlock: tuple[float, ...]) -> Iterable[str]:
        if self.pyramid is None or len(unlock) != len(self.pyramid):
            yield f"'unlock' has {len(unlock)} moments for the {len(self.pyramid or ())} levels of 'pyramid'"
        elif 0 not in unlock:
            yield "'unlock' holds every level back; one of them starts at 0"

    def needs(self) -> Set[Need]:
        return {Need.START}

    def build(self, env: Env) -> Generator:
        from artgen_pixel.drawing import PixelGenerator

        return PixelGenerator(self, env)


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Pixel]
