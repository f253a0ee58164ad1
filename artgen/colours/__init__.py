"""Colours for presets and for pictures: names, Oklab, and palettes.

Light to import (torch, Pillow and matplotlib only inside), so that a spec may use `Colour` and `PaletteColours`.

Nearness is judged in Oklab (B. Ottosson, "A perceptual color space for image processing", 2020), where equal
distances look about equally different.
"""

from artgen.colours.colouring import Colouring
from artgen.colours.learned import AnyPalette, LearnedPalette, representatives
from artgen.colours.names import Colour, channels
from artgen.colours.notation import PaletteColours
from artgen.colours.palette import Palette
from artgen.colours.spaces import oklab, squared_distances, srgb
from artgen.colours.stock import Material, Piece, StockPalette

__all__ = [
    "AnyPalette",
    "Colour",
    "Colouring",
    "LearnedPalette",
    "Material",
    "Palette",
    "PaletteColours",
    "Piece",
    "StockPalette",
    "channels",
    "oklab",
    "representatives",
    "squared_distances",
    "srgb",
]
