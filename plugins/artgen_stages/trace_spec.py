"""A picture as flat regions in few inks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from artgen.api import Env, Finish, FinishSpec, Slider
from artgen.colours import PaletteColours

INKS = 6
MOST = 32
SCALE = 4


class Trace(FinishSpec):
    """Redraws the picture as flat shapes in few inks, crisp at any size, and writes the same as an SVG drawing."""

    type: Literal["trace"] = "trace"
    synonyms = ("vectorize", "vectorise", "vector", "svg", "potrace", "posterize", "posterise", "screen print")
    inks: Annotated[int, Field(ge=1, le=MOST)] | None = None
    """At most how many colours, 1 to 32; inks that look alike become one. Default: 6, or as many as `palette` has."""
    palette: PaletteColours | None = None
    r"""The colours to print in: names, `#rrggbb`, ramps, palette files or pictures; default: the picture's own."""
    scale: Annotated[float, Field(ge=0.1, le=32), Slider(1, 8)] | None = None
    """How many times larger the picture becomes; default: 4."""
    to: Annotated[int, Field(ge=1)] | None = None
    """Or the longer side that it is to have, in pixels."""
    smooth: Annotated[float, Field(ge=0, le=0.1), Slider(0, 0.02)] = 0.004
    """How round the outlines are: a standard deviation, as a share of the shorter side."""
    specks: Annotated[float, Field(ge=0, le=1), Slider(0, 0.005)] = 0.0003
    """Shapes that are smaller than this share of the picture go to their neighbours."""

    def misfits(self) -> Iterable[str]:
        if self.scale is not None and self.to is not None:
            yield "'scale' and 'to' both say how large; give one of them"

    def resized(self, size: tuple[int, int]) -> tuple[int, int]:
        factor = self.to / max(size) if self.to is not None else SCALE if self.scale is None else self.scale
        height, width = (max(1, round(side * factor)) for side in size)
        return height, width

    def build(self, env: Env) -> Finish:
        from artgen_stages.trace import TraceFinish

        return TraceFinish(self, env)
