"""The working half of transparency: an alpha channel as numbers that an optimiser moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.canvas import Descent, DescentSpec
from artgen.picture.noise import four_corners
from artgen.preset.settings.transparency import Transparency
from artgen.rng import Random


class Alpha:
    """(B, 1, H, W) in (0, 1); shows a drawing over a background that is another one at each step.

    A background that never comes twice is what makes the shape: a drawing that wants to look like its prompt in
    front of anything has to cover what belongs to it, and may leave out the rest.
    """

    def __init__(self, spec: Transparency, size: tuple[int, int], steps: int, random: Random) -> None:
        self._spec, self._size, self._steps, self._random = spec, size, steps, random
        grid = tuple(max(1, round(side * min(1.0, spec.cells / max(size)))) for side in size)
        opacity = torch.full((len(random.seeds), 1, *grid), spec.opacity, device=random.device)
        descent = DescentSpec(type="alpha", learning_rate=spec.learning_rate)
        self._descent = Descent(descent, [opacity.logit()], steps)

    def mask(self) -> Tensor:
        """How much covers what lies behind, (B, 1, H, W)."""
        numbers = self._descent.parameters[0]
        return F.interpolate(numbers, self._size, mode="bicubic").sigmoid()

    def over(self, image: Tensor, step: int) -> Tensor:
        """(B, 3, H, W) over the background of this step: a gradient between four random colours."""
        background = four_corners(self._random.uniform("background", (3, 2, 2), step), self._size)
        return background.lerp(image, self.mask())

    def advance(self, step: int) -> None:
        """Spend the gradient, and the pull towards see-through."""
        weight = self._spec.weight.at(step, self._steps)
        if weight:
            (weight * self.mask().mean(dim=(1, 2, 3)).sum()).backward()
        self._descent.step(step)

    def state_dict(self) -> dict[str, Any]:
        return self._descent.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._descent.load_state_dict(state)
