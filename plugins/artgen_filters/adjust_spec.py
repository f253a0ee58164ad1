"""Coarser, softer, brighter: changes that treat every place of the picture alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Filter, FilterSpec, Formerly, Schedule, Slider, Within

Factor = Annotated[Schedule, Within(ge=0)]


class Pixelate(FilterSpec):
    """Squares of one colour: the mean of what they cover."""

    type: Literal["pixelate"] = "pixelate"
    cells: Annotated[int, Field(ge=1), Slider(8, 128)] = 32
    """Squares along the longer side of the picture."""

    def build(self, env: Env) -> Filter:
        from artgen_filters.adjust import PixelateFilter

        return PixelateFilter(self, env)


class Blur(FilterSpec):
    """Gaussian blur; strong at first and gone in the end, it makes large shapes before small ones."""

    type: Literal["blur"] = "blur"
    sigma: Annotated[Schedule, Within(ge=0, le=0.5), Slider(0, 0.1), Formerly("sd", since="0.2", until="1.0")] = (
        Schedule.constant(0.01)
    )
    """Standard deviation as a share of the picture's shorter side; may change over the run."""

    def build(self, env: Env) -> Filter:
        from artgen_filters.adjust import BlurFilter

        return BlurFilter(self, env)


class Tone(FilterSpec):
    """Gamma, brightness, contrast and saturation, in this order; each may change over the run."""

    type: Literal["tone"] = "tone"
    synonyms = ("brightness", "contrast", "gamma")
    example: ClassVar = {"saturation": {0: 0.5, "100%": 1}}
    gamma: Annotated[Schedule, Within(gt=0), Slider(0.2, 5, scale="log")] = Schedule.constant(1)
    """Exponent of every channel: above 1 darkens the middle, below 1 lightens it."""
    brightness: Annotated[Schedule, Within(ge=-1, le=1)] = Schedule.constant(0)
    """What is added to every channel, -1 to 1."""
    contrast: Factor = Schedule.constant(1)
    """Distance from mid-grey, as a factor."""
    saturation: Factor = Schedule.constant(1)
    """Distance from the grey of the same brightness (Rec. 601), as a factor; 0 is grey."""

    def misfits(self) -> Iterable[str]:
        neutral = (Schedule.constant(1), Schedule.constant(0), Schedule.constant(1), Schedule.constant(1))
        if (self.gamma, self.brightness, self.contrast, self.saturation) == neutral:
            yield "changes nothing; set gamma, brightness, contrast or saturation"

    def build(self, env: Env) -> Filter:
        from artgen_filters.adjust import ToneFilter

        return ToneFilter(self, env)
