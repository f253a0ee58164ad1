"""The working halves of pixelate, blur and tone."""

from __future__ import annotations

import math

import torch
from kornia.color import rgb_to_grayscale
from kornia.filters import gaussian_blur2d
from torch import Tensor

from artgen.api import Env
from artgen_filters import Blur, Pixelate, Tone
from artgen_filters.cells import cell_grid, enlarge, shrink

_DARKEST = 1e-4
"""Below this a gamma under 1 is too steep for a gradient."""


class PixelateFilter:
    """(B, 3, H, W) to the same in squares of one colour."""

    def __init__(self, spec: Pixelate, env: Env) -> None:
        self._grid = cell_grid(spec.cells, env.size)

    def __call__(self, image: Tensor, step: int) -> Tensor:
        return enlarge(shrink(image, self._grid), image)


class BlurFilter:
    """(B, 3, H, W) to the same, blurred."""

    def __init__(self, spec: Blur, env: Env) -> None:
        self._spec, self._steps = spec, env.steps

    def __call__(self, image: Tensor, step: int) -> Tensor:
        return blur(image, self._spec.sigma.at(step, self._steps))


class ToneFilter:
    """(B, 3, H, W) to the same in other tones; what leaves [0, 1] is cut, and its gradient passes straight through."""

    def __init__(self, spec: Tone, env: Env) -> None:
        self._spec, self._steps = spec, env.steps

    def __call__(self, image: Tensor, step: int) -> Tensor:
        gamma, brightness, contrast, saturation = (
            schedule.at(step, self._steps)
            for schedule in (self._spec.gamma, self._spec.brightness, self._spec.contrast, self._spec.saturation)
        )
        toned = image if gamma == 1 else image.clamp(min=_DARKEST) ** gamma
        toned = (toned + brightness - 0.5) * contrast + 0.5
        toned = torch.lerp(rgb_to_grayscale(toned), toned, saturation)
        return toned.detach().clamp(0, 1) + (toned - toned.detach())


def blur(image: Tensor, sigma: float) -> Tensor:
    """(B, C, H, W), blurred by a gaussian of `sigma` x the shorter side; the edges are drawn out."""
    pixels = sigma * min(image.shape[2:])
    if pixels == 0:
        return image
    side = 2 * math.ceil(3 * pixels) + 1
    return gaussian_blur2d(image, (side, side), (pixels, pixels), border_type="replicate")
