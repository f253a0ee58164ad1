"""Makes finished pictures larger, and their edges crisp; draws through that network, too."""

from __future__ import annotations

from artgen.api import FinishSpec, GeneratorSpec, hookimpl
from artgen_upscale.super_resolution_spec import SuperResolution
from artgen_upscale.upscale_spec import Upscale

__all__ = ["SuperResolution", "Upscale"]


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [SuperResolution]


@hookimpl
def artgen_finishes() -> list[type[FinishSpec]]:
    return [Upscale]
