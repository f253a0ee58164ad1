"""The working half of the wavelet generator."""

from __future__ import annotations

from math import log2

from torch import Tensor

from artgen.api import Env
from artgen.canvas import Descending, Descent, covered, from_rgb, to_rgb
from artgen_wavelet import Wavelet
from artgen_wavelet.transform import Transform

SIDE = 256
"""Pixels a side of the canvas on which a wavelet's strength is by its level alone."""
SPAN = 4
"""About how many of the broadest wavelets span the shorter side."""


class WaveletGenerator(Descending):
    """Coefficients, each level one parameter, so that one that is not drawn yet gathers no momentum."""

    def __init__(self, spec: Wavelet, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._size = spec, env.size
        levels = spec.levels or max(1, int(log2(max(1, min(env.size) / SPAN))))
        self._transform = Transform(spec.wavelet, levels, env.size, env.device)
        self._scales = scales(levels, spec.decay_power, env.size)
        shapes = [self._transform.sizes[-1], *((3, *size) for size in self._transform.sizes[:0:-1])]
        if env.start is not None:
            first = self._numbers(from_rgb(env.start, spec.colours))
        else:
            first = [spec.sd * env.random.normal(f"level {i}", (3, *shape)) for i, shape in enumerate(shapes)]
        self._descent = Descent(spec, first, env.steps)

    def draw(self, step: int) -> Tensor:
        return to_rgb(self._values(step, self._spec.band.at(step, self.steps)), self._spec.colours)

    def _values(self, step: int, share: float = 1) -> Tensor:
        """(B, 3, H, W): the numbers that become colours, of that share of the levels."""
        band = share * (len(self._scales) - 1)
        numbers = zip(self._descent.at(step), self._scales, strict=True)
        drawn = [scale * number if level <= band + 1e-6 else None for level, (number, scale) in enumerate(numbers)]
        return self._transform.values(drawn)

    def _numbers(self, values: Tensor) -> list[Tensor]:
        """What the descent moves, of the numbers (B, 3, H, W) that become colours."""
        return [part / scale for part, scale in zip(self._transform.coefficients(values), self._scales, strict=True)]

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from the wavelets of (B, 3, H, W)."""
        self._descent.put(self._numbers(from_rgb(image, self._spec.colours)))

    def paint_over(self, image: Tensor, cover: Tensor, step: int) -> None:
        """As `paint`, in the pixels that (1, 1, H, W) covers; details that are not drawn yet stay as they are."""
        change = from_rgb(image, self._spec.colours) - self._values(step).detach()
        parts = self._numbers(change.where(covered(cover, self._size), 0))
        self._descent.put([number + part for number, part in zip(self._descent.at(step), parts, strict=True)])


def scales(levels: int, decay_power: float, size: tuple[int, int]) -> list[float]:
    """What the numbers of the coarse picture and of each level, from coarse to fine, are multiplied by.

    As the generator `fourier` weighs a wave of the level's middle frequency, 3/8 of a cycle a pixel for the finest.
    """
    side = (size[0] * size[1]) ** 0.5 / SIDE
    frequencies = [0.375 * 2.0 ** -(levels - level) for level in range(levels + 1)]
    return [frequency**-decay_power * side ** (1 - decay_power) / 4 for frequency in frequencies]
