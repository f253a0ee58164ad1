"""The working half of the collage: leaves with a smooth outline, painted from the back to the front."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env
from artgen.canvas import Descending, Descent
from artgen.colours import Palette, channels
from artgen_evolve import Collage

# What a leaf's numbers stand for. At 1 each has about its usual size, so that one sigma suits all.
PLACE, SIZE, STRETCH, OUTLINE, COLOUR = slice(0, 2), slice(2, 3), slice(3, 5), slice(5, 11), slice(11, 14)
NUMBERS = 14
WAVES = (2, 3, 4)
"""How often the outline swings out on its way round, each with a cosine and a sine."""
SWING = 0.25
"""Outlines are exp(SWING x (sum of waves)) from the middle."""
SPREAD, GROWTH, PULL, CONTRAST = 0.9, 0.5, 0.6, 1.5
"""Units: places at most, as shares of half a side; e-folds of radius and of stretch at most; what the colours' sigmoid
gets."""
REACH = 0.05
"""How far a shadow falls, in half the shorter side."""


class CollageGenerator(Descending):
    """(B, sheets, 14) numbers; those of the first leaf are the lowest."""

    def __init__(self, spec: Collage, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._size, self._device = spec, env.size, env.device
        self._palette = Palette(spec.palette, env.device)
        self._ground = torch.tensor(channels(spec.ground), device=env.device)
        ratio = spec.smallest / spec.largest
        self._radii = spec.largest * ratio ** torch.linspace(0, 1, spec.sheets, device=env.device)
        share = min(1.0, spec.sketch / min(env.size))
        self._sketch = (max(1, round(env.size[0] * share)), max(1, round(env.size[1] * share)))
        self._descent = Descent(spec, [env.random.normal("sheets", (spec.sheets, NUMBERS))], env.steps)

    def draw(self, step: int) -> Tensor:
        (numbers,) = self._descent.at(step)
        if step >= self.steps or self._sketch == self._size:
            return self._drawn(numbers, self._size, step)
        sketch = self._drawn(numbers, self._sketch, step)
        return F.interpolate(sketch, self._size, mode="bilinear")

    def _drawn(self, numbers: Tensor, size: tuple[int, int], step: int) -> Tensor:
        """(B, 3, *size)"""
        edge = max(self._spec.edge.at(step, self.steps), 2 / min(size))
        colours = self._palette((CONTRAST * numbers[..., COLOUR]).sigmoid().movedim(-1, 1)[..., None])
        image = self._ground.view(1, 3, 1, 1).expand(len(numbers), 3, *size)
        grid = _grid(size, self._device)
        for sheet, radius in enumerate(self._radii):
            outside = _outside(numbers[:, sheet], radius, grid)[:, None]
            image = image * (1 - self._spec.shadow * (-outside.clamp(min=0) / REACH).exp())
            image = image.lerp(colours[:, :, sheet, None], (0.5 - outside / edge).clamp(0, 1))
        return image


def _grid(size: tuple[int, int], device: torch.device) -> Tensor:
    """(2, H, W): x and y of the pixels' middles, from the picture's middle, in half the shorter side."""
    rows, columns = (torch.arange(side, device=device) + 0.5 - side / 2 for side in size)
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return torch.stack([x, y]) / (min(size) / 2)


def _outside(numbers: Tensor, radius: Tensor, grid: Tensor) -> Tensor:
    """(B, H, W): about how far a pixel is outside of a leaf of (B, 14) numbers, in half the shorter side.

    The outline is where f(q) = |q| - radius x exp(waves of q's angle) is 0, with q the place before the stretch; f
    divided by the length of its gradient is the distance, to first order.
    """
    numbers = numbers[..., None, None]
    reach = grid.amax(dim=(1, 2), keepdim=True)
    stretch = PULL * numbers[:, STRETCH].tanh()
    x, y = _unstretched(grid - SPREAD * reach * (numbers[:, PLACE] / 2).tanh(), stretch).unbind(dim=1)
    length = torch.hypot(x, y).clamp(min=1e-6)
    along, across = x / length, y / length
    # The cosine and sine of k times the angle are the powers of a complex number of length 1.
    real, imaginary = along, across
    waves, slope = torch.zeros_like(x), torch.zeros_like(x)
    swings = (SWING * numbers[:, OUTLINE]).split(2, dim=1)
    for wave, (cosine, sine) in zip(WAVES, (swing.unbind(dim=1) for swing in swings), strict=True):
        real, imaginary = real * along - imaginary * across, real * across + imaginary * along
        waves = waves + cosine * real + sine * imaginary
        slope = slope + wave * (sine * real - cosine * imaginary)
    outline = radius * (GROWTH * numbers[:, SIZE.start].tanh() + waves).exp()
    turned = outline * slope / length.maximum(outline / 2)  # further in, there is no outline to turn from
    rise = _unstretched(torch.stack([along + turned * across, across - turned * along], dim=1), stretch)
    return (length - outline) / rise.square().sum(dim=1).clamp(min=1e-12).sqrt()


def _unstretched(places: Tensor, stretch: Tensor) -> Tensor:
    """(B, 2, H, W) through exp(-S), where S = [[a, b], [b, -a]] of (B, 2, 1, 1); areas stay as they are."""
    amount = stretch.square().sum(dim=1).clamp(min=1e-12).sqrt()
    even, odd = amount.cosh(), amount.sinh() / amount
    (x, y), (a, b) = places.unbind(dim=1), (odd[:, None] * stretch).unbind(dim=1)
    return torch.stack([even * x - a * x - b * y, even * y - b * x + a * y], dim=1)
