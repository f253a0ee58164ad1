"""The loss that draws colours towards a palette."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Loss, LossSpec
from artgen.colours import PaletteColours


class Palette(LossSpec):
    """The mean squared distance of the pixels to their nearest palette colours, or to an even share of all of them."""

    type: Literal["palette"] = "palette"
    example: ClassVar = {"palette": "black->red->white\\5"}
    palette: PaletteColours
    r"""The colours to come near: names, `#rrggbb`, ramps (`red->gold\8`), palette files or pictures."""
    space: Literal["oklab", "rgb"] = "oklab"
    """Where distances are measured: as they look (`oklab`), or in red, green and blue (black to white: 3)."""
    balance: Annotated[float, Field(ge=0, le=1)] = 0
    """Share of the pull that divides the picture evenly among the colours, so that all of them get used."""

    def misfits(self) -> Iterable[str]:
        if self.balance and len(self.palette) == 1:
            yield "'balance' compares the areas of colours; this palette has one"

    def build(self, env: Env) -> Loss:
        from artgen_losses.palette import PaletteLoss

        return PaletteLoss(self, env)
