"""A filter that paints the drawing over, in the manner of any picture."""

from __future__ import annotations

from artgen.api import FilterSpec, hookimpl
from artgen_painting.painting_spec import Painting

__all__ = ["Painting"]


@hookimpl
def artgen_filters() -> list[type[FilterSpec]]:
    return [Painting]
