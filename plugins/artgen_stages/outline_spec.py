"""Ink lines where the picture has borders."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from artgen.api import Env, Finish, FinishSpec, Slider
from artgen.colours import Colour


class Outline(FinishSpec):
    """Draws ink lines along the borders in the picture, as a pen does (extended difference of Gaussians)."""

    type: Literal["outline"] = "outline"
    synonyms = ("xdog", "line art", "lineart", "ink", "edges", "comic", "contour")
    width: Annotated[float, Field(gt=0, le=0.1), Slider(0.001, 0.03)] = 0.006
    """About how wide the lines are, as a share of the shorter side."""
    strength: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How faint borders are that get a line: 0 the strongest alone, 1 the slightest too."""
    fill: Annotated[float, Field(ge=0, le=1)] = 0
    """How much dark places fill up with ink, as with a brush."""
    colour: Colour = "#1d1a20"
    """Of the ink."""

    def build(self, env: Env) -> Finish:
        from artgen_stages.outline import OutlineFinish

        return OutlineFinish(self, env)
