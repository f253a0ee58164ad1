"""A canvas of waves: smooth at every scale, and a tile by construction."""

from __future__ import annotations

from collections.abc import Set
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Generator, GeneratorSpec, Need, Schedule, Within, hookimpl
from artgen.canvas import CanvasSpec


class Fourier(CanvasSpec):
    """A spectrum whose waves are the drawing; it repeats without a seam, and may open from coarse to fine."""

    can_paint: ClassVar[bool] = True
    type: Literal["fourier"] = "fourier"
    synonyms = ("fft",)
    decay_power: Annotated[float, Field(ge=0, le=4)] = 1.0
    """How much less fine waves count than coarse ones: 1 is natural, 1.5 soft, 0 makes grain."""
    sd: Annotated[float, Field(ge=0)] = 0.01
    """Standard deviation of the spectrum at the start; 0.01 is nearly grey."""
    band: Annotated[Schedule, Within(gt=0, le=1)] = Schedule.constant(1)
    """Share of the frequencies that is drawn, such as {0: 0.1, 60%: 1} for coarse to fine; opens by half octaves."""

    def needs(self) -> Set[Need]:
        return {Need.START}

    def build(self, env: Env) -> Generator:
        from artgen_fourier.drawing import FourierGenerator

        return FourierGenerator(self, env)


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Fourier]
