"""Losses that look at the pixels: form, colour, the border, a picture to match, and what tells pictures apart."""

from __future__ import annotations

from artgen.api import LossSpec, hookimpl
from artgen_losses.batch_spec import Agreement, Diversity
from artgen_losses.border_spec import Edge, Vignette
from artgen_losses.colour_spec import Colourfulness, Exposure, Range, Saturation
from artgen_losses.palette_spec import Palette
from artgen_losses.shape_spec import Sharpness, Smoothness, Symmetry
from artgen_losses.target_spec import Stay, Target

__all__ = [
    "Agreement",
    "Colourfulness",
    "Diversity",
    "Edge",
    "Exposure",
    "Palette",
    "Range",
    "Saturation",
    "Sharpness",
    "Smoothness",
    "Stay",
    "Symmetry",
    "Target",
    "Vignette",
]


@hookimpl
def artgen_losses() -> list[type[LossSpec]]:
    return [
        Symmetry,
        Smoothness,
        Sharpness,
        Saturation,
        Colourfulness,
        Palette,
        Range,
        Exposure,
        Edge,
        Vignette,
        Target,
        Stay,
        Diversity,
        Agreement,
    ]
