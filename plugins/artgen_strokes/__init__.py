"""Drawings of strokes, in colours of their own or few in ink, which stay curves in a file of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Generator, GeneratorSpec, Need, Schedule, Slider, Within, hookimpl
from artgen.canvas import DescentSpec
from artgen.colours import Colour
from artgen_strokes.sketch_spec import Sketch

Share = Annotated[float, Field(gt=0, le=1)]
Rate = Annotated[float, Field(ge=0), Slider(scale="log")]


class Strokes(DescentSpec):
    """Strokes of a pen or a brush that bend, move and change their colour; the drawing is an SVG file, too.

    After Frans, Soros & Witkowski, "CLIPDraw: Exploring Text-to-Drawing Synthesis through Language-Image Encoders"
    (2021), whose numbers are the defaults; lengths count for a canvas of 224 pixels and grow with it.
    """

    can_paint: ClassVar[bool] = True
    exports: ClassVar[Mapping[str, str]] = {
        ".svg": "the strokes as curves, over the paper",
        ".plot.svg": "the middle of the strokes in mm, for a plotter of up to eight pens",
    }
    type: Literal["strokes"] = "strokes"
    synonyms: ClassVar[tuple[str, ...]] = ("clipdraw", "vector", "vectors", "curves", "brush strokes", "line_sketch")
    count: Annotated[int, Field(ge=1, le=4096)] = 256
    """How many strokes there are; later ones lie over those before."""
    segments: Annotated[int, Field(ge=1, le=16)] = 3
    """How many bends a stroke may have: cubic Bézier segments, one after the other."""
    length: Share = 0.1
    """How far a stroke's next point is from the one before at the start, at most, as a share of the shorter side."""
    width: Share = 0.02
    """Width of the strokes at the start, as a share of the shorter side; with a `start`, of the finest of them."""
    widths: tuple[Share, Share] = (0.0045, 0.22)
    """The least and the greatest width that a stroke may have, as shares of the shorter side."""
    paper: Colour = "white"
    """The colour of what the strokes lie on."""
    paper_moves: bool = False
    """Whether the paper's colour is searched for as well, from `paper` on."""
    sheet: Literal["a6", "a5", "a4", "a3", "a2", "letter"] = "a4"
    """The sheet of paper that `.plot.svg` is for."""
    learning_rate: Annotated[Schedule, Within(ge=0), Slider(scale="log")] = Schedule.constant(1)
    """Length of a step, times that of the three rates below; may change over the run."""
    point_rate: Rate = 1.0
    """Pixels that a point moves in a step, on a canvas whose shorter side has 224."""
    width_rate: Rate = 0.1
    """Pixels that a width changes in a step, on a canvas whose shorter side has 224."""
    colour_rate: Rate = 0.01
    """How far a colour's channels, of 0 to 1, and a stroke's opacity change in a step."""
    decay: Annotated[Schedule, Within(ge=0)] = Schedule.constant(0)
    """Pull of the points to the middle, of the widths to nothing and of the colours to clear black."""

    def misfits(self) -> Iterable[str]:
        low, high = self.widths
        if low > high:
            yield "'widths' are the least and the greatest width, in this order"
        elif not low <= self.width <= high:
            yield f"'width' is {self.width:g}; 'widths' allow {low:g} to {high:g}"

    def needs(self) -> Set[Need]:
        return {Need.START}

    def build(self, env: Env) -> Generator:
        from artgen_strokes.drawing import StrokesGenerator

        return StrokesGenerator(self, env)


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Sketch, Strokes]
