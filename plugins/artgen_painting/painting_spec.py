"""Drawings that are painted over."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Filter, FilterSpec, Schedule, Within
from artgen_painting.style import Style


class Painting(FilterSpec):
    """Paints the drawing over in brush strokes, in the manner of a picture (Ghiasi et al. 2017)."""

    type: Literal["painting"] = "painting"
    synonyms: ClassVar[tuple[str, ...]] = ("style transfer", "stylize", "stylise", "fast style transfer")
    example: ClassVar = {"size": 64}
    style: Style = "night"
    """Whose manner: one of artgen's own style pictures, any picture, or a mapping of names to shares, to mix them."""
    strength: Annotated[Schedule, Within(ge=0, le=1)] = Schedule.constant(1)
    """How much of the painting is seen: 0 is the drawing, 1 the painting alone; may change over the run."""
    keep_colours: bool = False
    """Whether the drawing keeps its colours and broad tones, and takes strokes and outlines alone."""
    marks: Annotated[float, Field(ge=0, le=1)] = 0.03
    """Contrast of the brush marks under the drawing, without which flat grounds get no strokes; 0: none."""
    size: Annotated[int, Field(ge=64, le=2048)] = 512
    """Pixels of the longer side at which it paints, whatever the picture's: fewer are coarser strokes, and quicker."""
    when: Literal["always", "end"] = "always"
    """Whether every drawing is so painted, or the finished picture alone."""

    def build(self, env: Env) -> Filter:
        from artgen_painting.painting import PaintingFilter

        return PaintingFilter(self, env)
