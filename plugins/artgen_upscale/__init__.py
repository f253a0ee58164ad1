"""Makes finished pictures larger, and their edges crisp."""

from __future__ import annotations

from artgen.api import FinishSpec, hookimpl
from artgen_upscale.upscale_spec import Upscale

__all__ = ["Upscale"]


@hookimpl
def artgen_finishes() -> list[type[FinishSpec]]:
    return [Upscale]
