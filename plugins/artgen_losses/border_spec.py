"""Specs of the losses that pull the rim of the picture to a colour: edge, vignette."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from artgen.api import Env, Loss, LossSpec, PictureFile, Point, wrong_setting
from artgen.colours import Colour

WHITE = "#ffffff"
THICKNESS = 0.05
Share = Annotated[float, Field(ge=0, le=1)]


def _pixels_are_whole(extent: float) -> float:
    if extent > 1 and not extent.is_integer():
        raise wrong_setting("from 1 on it counts pixels, which come whole; a share is below 1")
    return extent


Extent = Annotated[float, Field(ge=0), AfterValidator(_pixels_are_whole)]
"""A share of the picture's shorter side if below 1, else a number of pixels."""


class Edge(LossSpec):
    """Pulls the border of the picture to a colour, or to the border of another picture: mean squared difference."""

    type: Literal["edge"] = "edge"
    colour: Colour = WHITE
    """The colour of the border."""
    image: PictureFile | None = None
    """A picture instead of the colour, cropped to the canvas."""
    thickness: Extent = THICKNESS
    """How wide the border is: below 1 a share of the shorter side, from 1 on a number of pixels."""
    margins: tuple[Extent, Extent, Extent, Extent] | None = None
    """Each side's own thickness instead, [left, right, top, bottom]; 0 leaves a side out."""
    mask: PictureFile | None = None
    """A picture, cropped to the canvas, that is white where this loss applies and black where it does not."""
    invert: bool = False
    """Whether it applies where the mask is black instead."""
    whole: Annotated[float, Field(ge=0)] = 0
    """How much the whole picture is pulled there too; 1 is as much as its border."""

    def misfits(self) -> Iterable[str]:
        if self.image is not None and self.colour != WHITE:
            yield "'image' replaces 'colour'; give one of them"
        if self.margins is not None and self.thickness != THICKNESS:
            yield "'margins' replaces 'thickness'; give one of them"
        if self.invert and self.mask is None:
            yield "'invert' turns a 'mask' round; give one"
        if not any(self.sides) and not self.whole:
            yield "there is no border; give it a thickness, or 'whole' a value"

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """Left, right, top, bottom, as the preset gives them."""
        all_round = self.thickness
        return self.margins or (all_round, all_round, all_round, all_round)

    def build(self, env: Env) -> Loss:
        from artgen_losses.border import EdgeLoss

        return EdgeLoss(self, env)


class Vignette(LossSpec):
    """Fades the picture to a colour away from a point, along a Gaussian: mean difference, the more the further out."""

    type: Literal["vignette"] = "vignette"
    colour: Colour = WHITE
    """The colour outside."""
    centre: Annotated[tuple[Share, Share], Point()] = (0.5, 0.5)
    """Where nothing is pulled: across and down, as shares of the width and height."""
    deviation: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]] = (0.25, 0.25)
    """Standard deviations of the Gaussian, across and down, as shares of the width and height."""

    def build(self, env: Env) -> Loss:
        from artgen_losses.border import VignetteLoss

        return VignetteLoss(self, env)
