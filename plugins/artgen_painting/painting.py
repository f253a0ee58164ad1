"""The working half of the painting filter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from artgen.api import Env
from artgen.canvas import read_picture
from artgen_painting import Painting
from artgen_painting.colours import brightness, recoloured, strokes_on_tones
from artgen_painting.loading import networks
from artgen_painting.marks import brush_marks
from artgen_painting.networks import CELL, STYLE_SIDE, StyleReader
from artgen_painting.style import Style, picture_of

_NARROWEST = 16
"""The fewest pixels of a side that the painter takes."""


class PaintingFilter:
    """(B, 3, H, W) to the same, painted over.

    It paints at a size of its own, always the whole picture at once, because the painter's normalisation looks at all
    of it; what it painted is then brought to the picture's size.
    """

    def __init__(self, spec: Painting, env: Env) -> None:
        self._spec, self._steps = spec, env.steps
        reader, self._painter, self.weights = networks(env.device)
        with torch.no_grad():
            self._style = style_numbers(spec.style, reader, env.device)
        self._size = working_size(env.size, spec.size)
        self._marks = spec.marks * brush_marks(env, self._size)

    def __call__(self, image: Tensor, step: int) -> Tensor:
        strength = self._spec.strength.at(step, self._steps)
        if strength == 0 or (self._spec.when == "end" and step < self._steps):
            return image
        return image.lerp(self._painted(image), strength)

    def _painted(self, image: Tensor) -> Tensor:
        whole = (image.shape[2], image.shape[3])
        small = resized(image, self._size)
        painted = self._painter(small + self._marks, self._style)
        if not self._spec.keep_colours:
            return resized(painted, whole).clamp(0, 1)
        strokes = strokes_on_tones(brightness(painted), brightness(small))
        return recoloured(resized(strokes, whole), image)


def style_numbers(style: Style, reader: StyleReader, device: torch.device) -> Tensor:
    """(1, 100): what the painter is told; of several styles their weighted mean."""
    shares = dict(style) if isinstance(style, Mapping) else {style: 1.0}
    paths = [name if isinstance(name, Path) else picture_of(name) for name in shares]
    pictures = torch.cat([read_picture(path, (STYLE_SIDE, STYLE_SIDE)) for path in paths]).to(device)
    weights = torch.tensor(list(shares.values()), device=device)
    mixed: Tensor = (weights / weights.sum())[None] @ reader(pictures)
    return mixed


def working_size(size: tuple[int, int], longer: int) -> tuple[int, int]:
    """Height and width at which it paints a picture of `size`: near `longer` along the longer side, multiples of 4."""
    height, width = (max(_NARROWEST, round(side * longer / max(size) / CELL) * CELL) for side in size)
    return height, width


def resized(image: Tensor, size: tuple[int, int]) -> Tensor:
    """Smoothly, and without aliases where it shrinks; the same where it has that size."""
    if image.shape[2:] == size:
        return image
    return functional.interpolate(image, size=size, mode="bicubic", antialias=True, align_corners=False)
