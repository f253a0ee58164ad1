"""Pictures that repeat."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Filter, FilterSpec

Share = Annotated[float, Field(ge=0, le=1)]
BAND = 0.1


class Tile(FilterSpec):
    """Makes the picture a tile whose opposite edges meet, and shows it rolled so that its seams are judged too."""

    moves: ClassVar[bool] = True
    type: Literal["tile"] = "tile"
    axis: Literal["both", "left-right", "up-down"] = "both"
    """Which opposite edges meet."""
    edges: Literal["blend", "mirror", "free"] = "blend"
    """`blend` fades edges into each other, `mirror` draws half and its mirror image, `free` trusts the losses."""
    band: Annotated[float, Field(gt=0, le=0.5)] = BAND
    """For `blend`: the share of the width (height) at each edge that fades into the opposite one."""
    brick: bool = False
    """Whether every other row of tiles is moved by half a tile, as in a brick wall."""
    shift: Literal["random", "none"] | tuple[Share, Share] = "random"
    """Roll of every drawing: by shares of width and height, or a new `random` one each step but not at the end."""

    def misfits(self) -> Iterable[str]:
        if self.edges != "blend" and self.band != BAND:
            yield "'band' belongs to 'edges: blend'"
        if self.edges == "free" and self.shift == "none":
            yield "with 'edges: free' and 'shift: none' nothing makes a tile; change one of them"
        if self.brick and (self.axis != "both" or self.edges == "mirror"):
            yield "'brick' moves rows of tiles sideways; it needs 'axis: both', and edges that blend or are free"
        if self.axis != "both" and not isinstance(self.shift, str) and self.shift[self.axis == "left-right"]:
            yield f"'shift' rolls across edges that do not meet with 'axis: {self.axis}'; make that share 0"

    def build(self, env: Env) -> Filter:
        from artgen_filters.tile import TileFilter

        return TileFilter(self, env)
