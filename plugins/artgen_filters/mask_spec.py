"""Drawings that keep to a shape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from artgen.api import Env, Filter, FilterSpec, PictureFile, Slider
from artgen.colours import Colour

WHITE = "#ffffff"


class Mask(FilterSpec):
    """Confines the drawing to the white parts of a mask; outside lies a colour or a picture."""

    type: Literal["mask"] = "mask"
    image: PictureFile
    """The mask, cropped to the canvas: white is drawing, black and see-through are outside, greys blends."""
    invert: bool = False
    """Whether black is drawing and white outside."""
    feather: Annotated[float, Field(ge=0, le=0.5), Slider(0, 0.1)] = 0
    """Softness of the mask's edges: standard deviation of a blur, as a share of the picture's shorter side."""
    background: Colour = WHITE
    """The colour outside."""
    background_image: PictureFile | None = None
    """The picture outside instead, cropped to the canvas."""

    def misfits(self) -> Iterable[str]:
        if self.background_image is not None and self.background != WHITE:
            yield "'background_image' replaces 'background'; give one of them"

    def build(self, env: Env) -> Filter:
        from artgen_filters.mask import MaskFilter

        return MaskFilter(self, env)
