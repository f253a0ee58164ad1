"""Sketches of few lines."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Generator, Need, Schedule, Slider, Within
from artgen.canvas import DescentSpec
from artgen.colours import Colour

Share = Annotated[float, Field(gt=0, le=1)]
Rate = Annotated[float, Field(ge=0), Slider(scale="log")]


class Sketch(DescentSpec):
    """Few lines in ink that swell and thin out as under a hand's pressure; those that tell nothing are taken away.

    After Vinker et al., "CLIPasso: Semantically-Aware Object Sketching" (2022), which places few strokes by what is
    salient in a picture; its rate of points is the default, for a canvas of 224 pixels.
    """

    can_paint: ClassVar[bool] = True
    exports: ClassVar[Mapping[str, str]] = {
        ".svg": "the lines that are left, over the paper",
        ".plot.svg": "the middle of the lines in mm, for a pen plotter",
    }
    type: Literal["sketch"] = "sketch"
    synonyms: ClassVar[tuple[str, ...]] = ("clipasso", "line drawing", "ink", "pen", "doodle", "abstraction")
    count: Annotated[int, Field(ge=1, le=1024)] = 24
    """How many lines there are at the start."""
    segments: Annotated[int, Field(ge=1, le=16)] = 3
    """How many bends a line may have: cubic Bézier segments, one after the other."""
    width: Share = 0.014
    """Width of the lines at medium pressure, as a share of the shorter side."""
    pressure: Annotated[float, Field(ge=0, le=1)] = 0.7
    """How much wider or thinner a line may become by pressure, as a share of `width`; 0: even lines."""
    length: Share = 0.12
    """How far apart the points of a line are at the start, at most, as a share of the shorter side, if no picture
    says more."""
    ink: Colour = "#1c2030"
    """The colour of the lines."""
    paper: Colour = "white"
    """The colour of what they lie on."""
    sheet: Literal["a6", "a5", "a4", "a3", "a2", "letter"] = "a4"
    """The sheet of paper that `.plot.svg` is for."""
    prune: Annotated[float, Field(ge=0, le=1)] = 0.6
    """The share of the run after which useless lines go; 1: none."""
    useless: Annotated[float, Field(ge=0, le=1)] = 0.25
    """The greatest share of the lines that goes then because the loss would be no higher without them; those with
    the least ink go first."""
    faint: Annotated[float, Field(ge=0, le=1)] = 0.1
    """Lines of a lower opacity than this go then, however many they are."""
    learning_rate: Annotated[Schedule, Within(ge=0), Slider(scale="log")] = Schedule.constant(1)
    """Length of a step, times that of the three rates below; may change over the run."""
    point_rate: Rate = 1.0
    """Pixels that a point moves in a step, on a canvas whose shorter side has 224; of short lines, fewer."""
    pressure_rate: Rate = 0.03
    """How far the pressure, of -1 to 1, changes in a step."""
    opacity_rate: Rate = 0.02
    """How far a line's opacity, of 0 to 1, changes in a step."""
    decay: Annotated[Schedule, Within(ge=0)] = Schedule.constant(0)
    """Pull of the points to the middle, of the pressure to medium and of the opacity to nothing."""

    def needs(self) -> Set[Need]:
        return {Need.START}

    def build(self, env: Env) -> Generator:
        from artgen_strokes.sketch import SketchGenerator

        return SketchGenerator(self, env)
