"""The working half of the collage: leaves with a smooth outline, painted from the back to the front."""

from __future__ import annotations

import torch
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
SPREAD, GROWTH, PULL, CONTRAST = 0.5, 0.5, 0.6, 1.5
"""Units: places in half the shorter side; e-folds of radius and of stretch at most; what the colours' sigmoid gets."""
REACH = 0.05
"""How far a shadow falls, in half the shorter side."""


class CollageGenerator(Descending):
    """(B, sheets, 14) numbers; those of the first leaf are the lowest."""

    def __init__(self, spec: Collage, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._size = spec, env.size
        self._half = min(env.size) / 2
        self._palette = Palette(spec.palette, env.device)
        self._ground = torch.tensor(channels(spec.ground), device=env.device)
        ratio = spec.smallest / spec.largest
        exponents = torch.linspace(0, 1, spec.sheets, device=env.device)
        self._radii = spec.largest * ratio**exponents
        self._grid = _grid(env)
        self._descent = Descent(spec, [env.random.normal("sheets", (spec.sheets, NUMBERS))], env.steps)

    def draw(self, step: int) -> Tensor:
        (numbers,) = self._descent.at(step)
        outside = self._outside(numbers)
        edge = max(self._spec.edge.at(step, self.steps), 1 / self._half)
        cover = (0.5 - outside / edge).clamp(0, 1)
        shade = self._spec.shadow * (-outside.clamp(min=0) / REACH).exp()
        colours = self._colours(numbers[..., COLOUR])
        image = self._ground.view(1, 3, 1, 1).expand(len(numbers), 3, *self._size)
        for sheet in range(self._spec.sheets):
            image = image * (1 - shade[:, sheet, None])
            image = image.lerp(colours[:, :, sheet, None, None], cover[:, sheet, None])
        return image

    def _colours(self, numbers: Tensor) -> Tensor:
        """(B, 3, sheets) of (B, sheets, 3)."""
        colours = (CONTRAST * numbers).sigmoid().movedim(-1, 1)
        return self._palette(colours[..., None])[..., 0]

    def _outside(self, numbers: Tensor) -> Tensor:
        """(B, sheets, H, W): about how far a pixel is outside of each leaf, in half the shorter side."""
        radius = self._radii * (GROWTH * numbers[..., SIZE].tanh()).exp()[..., 0]
        away = self._grid - SPREAD * numbers[..., PLACE][..., None, None]
        x, y = _unstretched(away, PULL * numbers[..., STRETCH].tanh()).unbind(dim=2)
        length = torch.hypot(x, y).clamp(min=1e-6)
        along, across = x / length, y / length
        # The cosine and sine of k times the angle: powers of a complex number of length 1.
        waves, real, imaginary = torch.zeros_like(x), along, across
        swings = SWING * numbers[..., OUTLINE].unflatten(-1, (len(WAVES), 2))[..., None, None]
        for wave in range(len(WAVES)):
            real, imaginary = real * along - imaginary * across, real * across + imaginary * along
            waves = waves + swings[:, :, wave, 0] * real + swings[:, :, wave, 1] * imaginary
        return length - radius[..., None, None] * waves.exp()


def _grid(env: Env) -> Tensor:
    """(2, H, W): x and y of the pixels' middles, from the picture's middle, in half the shorter side."""
    height, width = env.size
    rows, columns = (torch.arange(side, device=env.device) + 0.5 - side / 2 for side in (height, width))
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return torch.stack([x, y]) / (min(env.size) / 2)


def _unstretched(away: Tensor, stretch: Tensor) -> Tensor:
    """(B, sheets, 2, H, W) through exp(-S), where S = [[a, b], [b, -a]] of (B, sheets, 2): areas stay as they are."""
    amount = stretch.norm(dim=-1, keepdim=True).clamp(min=1e-6)
    even, odd = amount.cosh()[..., None], (amount.sinh() / amount * stretch)[..., None, None]
    x, y = away.unbind(dim=2)
    a, b = odd[:, :, 0], odd[:, :, 1]
    return torch.stack([even * x - a * x - b * y, even * y - b * x + a * y], dim=2)
