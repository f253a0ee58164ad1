"""Changes to every drawing before anything looks at it: palettes, tiles, symmetries, masks and tones."""

from __future__ import annotations

from artgen.api import FilterSpec, hookimpl
from artgen_filters.adjust_spec import Blur, Pixelate, Tone
from artgen_filters.mask_spec import Mask
from artgen_filters.palette_spec import Palette
from artgen_filters.symmetry_spec import Kaleidoscope, Symmetry
from artgen_filters.tile_spec import Tile

__all__ = ["Blur", "Kaleidoscope", "Mask", "Palette", "Pixelate", "Symmetry", "Tile", "Tone"]


@hookimpl
def artgen_filters() -> list[type[FilterSpec]]:
    return [Palette, Tile, Symmetry, Kaleidoscope, Pixelate, Blur, Tone, Mask]
