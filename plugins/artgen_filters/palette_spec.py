"""Pictures in a few colours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Filter, FilterSpec, Schedule, Slider, Within
from artgen.colours import PaletteColours

Side = Literal[2, 4, 8]
MATRIX: Side = 4


class Palette(FilterSpec):
    """Each pixel takes the palette colour that looks nearest (in Oklab); the gradient passes as if it had not."""

    type: Literal["palette"] = "palette"
    example: ClassVar = {"palette": "black->red->white\\5"}
    palette: PaletteColours
    r"""The only colours allowed: names, `#rrggbb`, ramps (`red->gold\8`), palette files or pictures."""
    when: Literal["always", "end"] = "always"
    """Whether every drawing is so coloured, or the finished picture alone."""
    softness: Annotated[Schedule, Within(ge=0), Slider(0, 0.05)] = Schedule.constant(0)
    """Width of the blend of palette colours (squared Oklab distance, 0.01 is soft); above 0 nothing is dithered."""
    dither: Literal["none", "ordered", "floyd-steinberg", "atkinson"] = "none"
    """How dots mix colours that are missing; the last two pass each dot's error on, in the finished picture alone."""
    matrix: Side = MATRIX
    """For `ordered`: side of the pattern in dots; larger ones mix more shades and take longer."""
    strength: Annotated[float, Field(ge=0, le=1)] = 1
    """Share of a dot's error that the other dots make up for; less is plainer."""
    cells: Annotated[int, Field(ge=1)] | None = None
    """Dots along the longer side of the picture; default: each pixel is one."""

    def misfits(self) -> Iterable[str]:
        if self.dither != "ordered" and self.matrix != MATRIX:
            yield "'matrix' belongs to 'dither: ordered'"
        if self.dither == "none" and self.strength != 1:
            yield "'strength' is how strongly 'dither' works; choose a kind of it"
        if self.when == "end" and self.softness != Schedule.constant(0):
            yield "'softness' eases the palette in over the run; with 'when: end' it does nothing"

    def build(self, env: Env) -> Filter:
        from artgen_filters.palette import PaletteFilter

        return PaletteFilter(self, env)
