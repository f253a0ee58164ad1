"""The working half of the texture stage: surfaces that are lit, and grain. What is printed is in `printing`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import torch
from torch import Tensor

from artgen.api import Env, Finished
from artgen.colours import channels
from artgen_stages.lattice import Lattice
from artgen_stages.printing import halftone, riso
from artgen_stages.texture_spec import RISO, SIZES, STRENGTHS, Texture

LIT = 0.26
"""How much the steepest slopes of a surface brighten or darken the picture at strength 1."""
GRAIN = 0.13
"""Standard deviation of film grain in the middle tones at strength 1."""
COLOURED = 0.35
"""The share of film grain that each colour has of its own."""


class TextureFinish:
    """Pictures on a surface, or printed."""

    def __init__(self, spec: Texture, env: Env) -> None:
        self._spec, self._env = spec, env
        size = SIZES[spec.kind] if spec.size is None else spec.size
        self._lattice = Lattice(env, size)
        inks = RISO if spec.inks is None else spec.inks
        self._inks = torch.tensor([channels(ink) for ink in inks], device=env.device)

    def __call__(self, finished: Finished) -> Finished:
        image = finished.image.clone()
        for row in range(len(image)):
            image[row : row + 1] = self._textured(image[row : row + 1], row).clamp(0, 1)
            self._env.progress((row + 1) / len(image))
        return replace(finished, image=image)

    def _textured(self, image: Tensor, row: int) -> Tensor:
        """(1, 3, H, W) of one picture of the batch."""
        strength = STRENGTHS[self._spec.kind] if self._spec.strength is None else self._spec.strength
        surfaces: Mapping[str, Callable[[Lattice, int], Tensor]] = {"paper": paper, "canvas": canvas}
        if self._spec.kind in surfaces:
            return lit(image, surfaces[self._spec.kind](self._lattice, row), strength)
        if self._spec.kind == "grain":
            return image + strength * grain(image, self._lattice, row)
        if self._spec.kind == "halftone":
            return torch.lerp(image, halftone(image, self._lattice, row), strength)
        return torch.lerp(image, riso(image, self._inks, self._lattice, row), strength)


def lit(image: Tensor, height: Tensor, strength: float) -> Tensor:
    """`image` on a surface of `height` (1, 1, H, W), in steps of its own size, with a light from the top left."""
    slope = -(height.diff(dim=2, append=height[:, :, -1:]) + height.diff(dim=3, append=height[:, :, :, -1:]))
    # A single pixel has no deviation, and is flat.
    slope = slope / slope.std(correction=min(1, slope.numel() - 1)).clamp(min=1e-6) / 3
    shade = strength * LIT * slope.clamp(-1, 1)
    # Light adds to what is dark, too, but less: ink lies in the hollows.
    return image * (1 + shade) + 0.15 * shade.clamp(min=0) * (1 - image)


def paper(lattice: Lattice, row: int) -> Tensor:
    """(1, 1, H, W): the bumps of cold-pressed paper, and fibres across them."""
    octaves = ((4, 0.8), (2, 1.0), (1, 0.7))
    bumps = torch.stack([weight * lattice.noise(f"bumps {scale}", row, scale) for scale, weight in octaves]).sum(dim=0)
    fibres = lattice.noise("fibres", row, 0.7, long=6) + lattice.noise("crossing", row, 6 * 0.7, long=1 / 6)
    return bumps + 0.12 * fibres


def canvas(lattice: Lattice, row: int) -> Tensor:
    """(1, 1, H, W): threads that pass over and under each other, of uneven width."""
    x, y = lattice.places()
    x = x + 0.35 * lattice.noise("warp", row, 5, long=1 / 4)
    y = y + 0.35 * lattice.noise("weft", row, 5, long=4)
    over = (math.pi * x).sin() * (math.pi * y).sin()
    warp = (math.pi * x).sin().abs() * (1 + 0.6 * over)
    weft = (math.pi * y).sin().abs() * (1 - 0.6 * over)
    return torch.maximum(warp, weft) + 0.12 * lattice.noise("fluff", row, 0.5)


def grain(image: Tensor, lattice: Lattice, row: int) -> Tensor:
    """(1, 3, H, W): what film grain adds, most in the middle tones."""
    light = image.mean(dim=1, keepdim=True)
    shared = lattice.noise("silver", row, 1)
    own = torch.cat([lattice.noise(f"dye {channel}", row, 1) for channel in range(3)], dim=1)
    mixed = math.sqrt(1 - COLOURED**2) * shared + COLOURED * own
    return GRAIN * (0.25 + 3 * light * (1 - light)) * mixed
