"""A sticker: a white border around the shape, and a shadow below."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from artgen.api import Env, Finish, FinishSpec
from artgen.colours import Colour

Share = Annotated[float, Field(ge=-0.5, le=0.5)]
BLURS = 2.5
"""Standard deviations of a shadow that are seen."""


class Shadow(FinishSpec):
    """Makes a sticker of a transparent picture: a border cut around its shape, and a soft shadow; it grows by both."""

    type: Literal["shadow"] = "shadow"
    synonyms = ("sticker", "drop shadow", "die cut", "die-cut", "cutout border")
    border: Annotated[float, Field(ge=0, le=0.2)] = 0.025
    """Width of the border, as a share of the shorter side; 0: none."""
    holes: bool = False
    """Whether holes in the shape are cut out as well; they are filled with the border's colour otherwise."""
    colour: Colour = "#ffffff"
    """Of the border."""
    blur: Annotated[float, Field(ge=0, le=0.2)] = 0.012
    """Softness of the shadow: a standard deviation, as a share of the shorter side."""
    offset: tuple[Share, Share] = (0.006, 0.012)
    """How far the shadow lies to the right and down, in shares of the shorter side."""
    opacity: Annotated[float, Field(ge=0, le=1)] = 0.4
    """How dark it is; 0: no shadow."""
    shade: Colour = "#10131c"
    """Its colour."""

    def margin(self, size: tuple[int, int]) -> int:
        """Pixels by which a picture of that height and width grows on each side, so that nothing is cut off."""
        shadow = BLURS * self.blur + max(map(abs, self.offset)) if self.opacity else 0.0
        return math.ceil((self.border + shadow) * min(size)) + 1

    def resized(self, size: tuple[int, int]) -> tuple[int, int]:
        more = 2 * self.margin(size)
        return size[0] + more, size[1] + more

    def build(self, env: Env) -> Finish:
        from artgen_stages.shadow import ShadowFinish

        return ShadowFinish(self, env)
