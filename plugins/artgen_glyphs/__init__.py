"""Pictures of small things: cells that choose a tile each, and stamps that find their places."""

from __future__ import annotations

from artgen.api import GeneratorSpec, hookimpl
from artgen_glyphs.glyphs_spec import Glyphs
from artgen_glyphs.stamps_spec import Stamps


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Glyphs, Stamps]
