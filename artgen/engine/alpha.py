"""The working half of transparency: what covers the background, found by an optimiser or told by the generator."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.canvas import Descent, DescentSpec
from artgen.picture.cutting import bled, crisp
from artgen.picture.noise import four_corners
from artgen.preset.settings.transparency import Transparency
from artgen.rng import Random

Shape = Callable[[int], Tensor]
"""What a drawing's things cover at a step, (B, 1, H, W) in [0, 1]."""


class Alpha(ABC):
    """Shows a drawing over a background that is another one at each step, and cuts it out in the end.

    A background that never comes twice is what makes the shape: a drawing that wants to look like its prompt in
    front of anything has to cover what belongs to it, and may leave out the rest.
    """

    def __init__(self, spec: Transparency, size: tuple[int, int], random: Random) -> None:
        self._spec, self._size, self._random = spec, size, random

    @abstractmethod
    def mask(self, step: int) -> Tensor:
        """How much covers what lies behind, (B, 1, H, W)."""

    def over(self, image: Tensor, step: int) -> Tensor:
        """(B, 3, H, W) over the background of this step: a gradient between four random colours."""
        background = four_corners(self._random.uniform("background", (3, 2, 2), step), self._size)
        return background.lerp(image, self.mask(step))

    def cut(self, image: Tensor, step: int) -> tuple[Tensor, Tensor]:
        """The finished (B, 3, H, W) and its alpha, (B, 1, H, W)."""
        with torch.no_grad():
            mask = self.mask(step)
            if self._spec.edges == "soft":
                return image, mask
            mask = crisp(mask)
            return bled(image, mask), mask

    @abstractmethod
    def advance(self, step: int) -> None:
        """Spend the gradient."""

    @abstractmethod
    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on from here."""

    @abstractmethod
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`'s answer."""


class ToldAlpha(Alpha):
    """As the generator says, which knows what it has drawn."""

    def __init__(
        self, spec: Transparency, size: tuple[int, int], random: Random, shape: Shape, note: Callable[[str], None]
    ) -> None:
        super().__init__(spec, size, random)
        self._shape, self._note = shape, note
        if spec != Transparency(edges=spec.edges):
            note("transparent: the generator says what its things cover, so only 'edges' counts")

    def mask(self, step: int) -> Tensor:
        return self._shape(step)

    def cut(self, image: Tensor, step: int) -> tuple[Tensor, Tensor]:
        image, mask = super().cut(image, step)
        if bool((mask.amin(dim=(1, 2, 3)) > 0.5).any()):
            self._note("transparent: what was drawn covers the whole picture, so nothing of it is see-through")
        return image, mask

    def advance(self, step: int) -> None:
        """The generator moves, and with it what it says."""

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """There is nothing of its own to go on from."""


class FoundAlpha(Alpha):
    """Numbers that the losses' gradient moves, drawn as (0, 1)."""

    def __init__(self, spec: Transparency, size: tuple[int, int], random: Random, steps: int) -> None:
        super().__init__(spec, size, random)
        self._steps = steps
        grid = tuple(max(1, round(side * min(1.0, spec.cells / max(size)))) for side in size)
        opacity = torch.full((len(random.seeds), 1, *grid), spec.opacity, device=random.device)
        descent = DescentSpec(type="alpha", learning_rate=spec.learning_rate)
        self._descent = Descent(descent, [opacity.logit()], steps)

    def mask(self, step: int) -> Tensor:
        numbers = self._descent.parameters[0]
        return F.interpolate(numbers, self._size, mode="bicubic").sigmoid()

    def advance(self, step: int) -> None:
        """Spend the gradient, and the pull towards see-through."""
        weight = self._spec.weight.at(step, self._steps)
        if weight:
            (weight * self.mask(step).mean(dim=(1, 2, 3)).sum()).backward()
        self._descent.step(step)

    def state_dict(self) -> dict[str, Any]:
        return self._descent.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._descent.load_state_dict(state)
