"""What is done once to finished pictures: flat inks and SVG, paper and print, frames, ink lines, shadows."""

from __future__ import annotations

from artgen.api import FinishSpec, hookimpl
from artgen_stages.trace_spec import Trace

__all__ = ["Trace"]


@hookimpl
def artgen_finishes() -> list[type[FinishSpec]]:
    return [Trace]
