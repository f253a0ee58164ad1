"""Specs of the losses about colour and light: saturation, colourfulness, range, exposure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Loss, LossSpec

Unit = Annotated[float, Field(ge=0, le=1)]


class Saturation(LossSpec):
    """How far the picture's mean saturation is from `target`, squared."""

    type: Literal["saturation"] = "saturation"
    target: Unit = 1
    """The mean saturation to reach: 0 is grey, 1 as vivid as can be."""
    measure: Literal["chroma", "hsv"] = "chroma"
    """A pixel's saturation: `chroma`, its distance from grey, small in the dark; `hsv`, as colour pickers show it."""

    def build(self, env: Env) -> Loss:
        from artgen_losses.colour import SaturationLoss

        return SaturationLoss(self)


class Colourfulness(LossSpec):
    """The colourfulness that people perceive, by Hasler & Suesstrunk: 1 for grey, 0 for extremely colourful."""

    type: Literal["colourfulness"] = "colourfulness"
    target: Annotated[float, Field(ge=0, le=200)] | None = None
    """What to reach instead of ever more: 15 is slightly colourful, 45 averagely, 82 highly, 109 extremely."""

    def build(self, env: Env) -> Loss:
        from artgen_losses.colour import ColourfulnessLoss

        return ColourfulnessLoss(self)


class Range(LossSpec):
    """Keeps pixels off pure black and white: the mean square of what is below `low` or above `high`."""

    type: Literal["range"] = "range"
    low: Unit = 0.05
    """Darker channels cost; a picture never goes below 0."""
    high: Unit = 0.95
    """Brighter channels cost; a picture never goes above 1."""

    def misfits(self) -> Iterable[str]:
        if self.low > self.high:
            yield "'low' is above 'high'; swap them"
        if (self.low, self.high) == (0, 1):
            yield "every picture is in 0 to 1; raise 'low' or lower 'high'"

    def build(self, env: Env) -> Loss:
        from artgen_losses.colour import RangeLoss

        return RangeLoss(self)


class Exposure(LossSpec):
    """How far brightness and contrast are from what is asked for, squared; at least one of them is."""

    type: Literal["exposure"] = "exposure"
    example: ClassVar = {"brightness": 0.5, "contrast": 0.2}
    brightness: Unit | None = None
    """The mean to reach: 0 is black, 1 white."""
    contrast: Annotated[float, Field(ge=0, le=0.5)] | None = None
    """The standard deviation to reach: 0 is flat, 0.25 lively, 0.5 half black and half white."""
    channel: Literal["luma", "red", "green", "blue"] = "luma"
    """What is measured: luma (Rec. 709) or one channel."""

    def misfits(self) -> Iterable[str]:
        if self.brightness is None and self.contrast is None:
            yield "give 'brightness', 'contrast' or both"

    def build(self, env: Env) -> Loss:
        from artgen_losses.colour import ExposureLoss

        return ExposureLoss(self)
