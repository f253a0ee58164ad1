"""A canvas of wavelets: each number is a small wave at one place, from broad to fine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Generator, GeneratorSpec, Need, Schedule, Within, hookimpl
from artgen.canvas import CanvasSpec

_NAMES = re.compile(r"haar|dmey|(db|sym|coif)\d{1,2}|bior\d\.\d|rbio\d\.\d")


class Wavelet(CanvasSpec):
    """Coefficients of a wavelet transform are the drawing: broad forms and fine ones, each at its place."""

    can_paint: ClassVar[bool] = True
    type: Literal["wavelet"] = "wavelet"
    synonyms: ClassVar[tuple[str, ...]] = ("dwt", "wavelets", "wavelet transform")
    wavelet: str = "coif2"
    """The wavelet by PyWavelets' name, such as `haar` (blocks), `db2`, `sym4`, `coif2` (smooth) or `bior4.4`; needs
    `pip install "artgen[wavelet]"`."""
    levels: Annotated[int, Field(ge=1, le=12)] | None = None
    """How often the wavelets double in size; null: until some four of them span the canvas."""
    decay_power: Annotated[float, Field(ge=0, le=4)] = 1.0
    """How much less fine wavelets count than broad ones: 1 is natural, 1.5 soft, 0 makes grain."""
    sd: Annotated[float, Field(ge=0)] = 0.01
    """Standard deviation of the coefficients at the start; 0.01 is nearly grey."""
    band: Annotated[Schedule, Within(gt=0, le=1)] = Schedule.constant(1)
    """Share of the levels that is drawn, such as {0: 0.4, 60%: 1} for coarse to fine."""

    def misfits(self) -> Iterable[str]:
        if not _NAMES.fullmatch(self.wavelet):
            yield f"no wavelet is called '{self.wavelet}'; choose one such as haar, db2, sym4, coif2 or bior4.4"

    def needs(self) -> Set[Need]:
        return {Need.START}

    def build(self, env: Env) -> Generator:
        from artgen_wavelet.drawing import WaveletGenerator

        return WaveletGenerator(self, env)


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Wavelet]
