"""A shape cut out of the ground that it lies on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from artgen.api import Env, Finish, FinishSpec, Slider
from artgen.colours import Colour


class CutOut(FinishSpec):
    """Makes the even ground around the drawing transparent, with a crisp edge, as for stickers.

    White things on white stay whole where an outline or the least shade tells them from it. `transparent: true` needs
    neither, but a run.
    """

    type: Literal["cut_out"] = "cut_out"
    synonyms = ("cutout", "remove background", "background removal", "rembg", "transparent background", "matte")
    ground: Colour | None = None
    """The colour of the ground; default: the one that most of the picture's edge has."""
    tolerance: Annotated[float, Field(gt=0, le=1), Slider(0.005, 0.3)] = 0.06
    """How far from the ground a colour may be and belong to it: a distance in Oklab, where white is 1 from black."""
    holes: bool = False
    """Whether ground that the drawing encloses is cut out as well, as in a ring."""

    def build(self, env: Env) -> Finish:
        from artgen_stages.cut_out import CutOutFinish

        return CutOutFinish(self, env)
