"""The working half of the palette filter."""

from __future__ import annotations

from torch import Tensor

from artgen import colours
from artgen.api import Env
from artgen_filters import Palette
from artgen_filters.cells import cell_grid, enlarge, shrink
from artgen_filters.dither import KERNELS, diffuse, ordered


class PaletteFilter:
    """(B, 3, H, W) to the same in palette colours."""

    def __init__(self, spec: Palette, env: Env) -> None:
        self._spec, self._steps = spec, env.steps
        self._grid = cell_grid(spec.cells, env.size) if spec.cells else env.size
        self._palette = colours.Palette(spec.palette, env.device)

    def __call__(self, image: Tensor, step: int) -> Tensor:
        if self._spec.when == "end" and step < self._steps:
            return image
        return enlarge(self._recolour(shrink(image, self._grid), step), image)

    def _recolour(self, image: Tensor, step: int) -> Tensor:
        softness = self._spec.softness.at(step, self._steps)
        # Errors that travel make far pixels depend on each other, which no step of descent could follow.
        waits = self._spec.dither in KERNELS and step < self._steps
        if softness > 0 or self._spec.dither == "none" or waits:
            return self._palette(image, softness)
        return self._dither(image.detach()) + (image - image.detach())

    def _dither(self, image: Tensor) -> Tensor:
        if self._spec.dither == "ordered":
            return ordered(image, self._palette, self._spec.matrix, self._spec.strength)
        return diffuse(image, self._palette, KERNELS[self._spec.dither], self._spec.strength)
