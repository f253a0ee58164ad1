"""What coordinate networks share: a place goes in, a colour comes out; a picture that they start from is learnt."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, ExportSource
from artgen.canvas import Descending, Descent, to_rgb
from artgen_coordinates.coordinates_spec import CoordinateSpec
from artgen_coordinates.places import places

PIXELS = 1 << 16
"""Pixels that go through the network at once."""
LEARNT = 1 << 12
"""About how many pixels of a picture each step of learning it by heart looks at."""


class CoordinateGenerator(Descending, ABC):
    """Layers of weights, each (B, in, out), and of biases, each (B, 1, out), by turns; those of the colours come last.

    A subclass says what the first layer gets, what weights begin with and what becomes of a layer's numbers.
    """

    def __init__(self, spec: CoordinateSpec, env: Env) -> None:
        self.steps = env.steps
        self.spec, self._size, self._device = spec, env.size, env.device
        share = min(1.0, spec.sketch / min(env.size))
        self._sketch = (max(1, round(env.size[0] * share)), max(1, round(env.size[1] * share)))
        numbers = [part for layer in range(spec.depth + 1) for part in self.first(layer, env)]
        if env.start is not None:
            numbers = self._learnt(numbers, env.start)
        self._descent = Descent(spec, numbers, env.steps)

    @property
    @abstractmethod
    def fit_rate(self) -> float:
        """Length of the first step of learning a picture by heart; the last one's is a tenth."""

    @property
    def gain(self) -> float:
        """What the last layer's numbers are multiplied by before they become colours."""
        return 1.0

    @abstractmethod
    def inputs(self, grid: Tensor) -> Tensor:
        """What the first layer gets of a place: (inputs, ...) of (2, ...)."""

    @abstractmethod
    def first(self, layer: int, env: Env) -> tuple[Tensor, Tensor]:
        """The weights and biases that a layer begins with; the last layer's number is `depth`."""

    @abstractmethod
    def activated(self, values: Tensor, layer: int) -> Tensor:
        """What a layer hands on, (B, P, numbers) of (B, P, width)."""

    def numbers_at(self, step: int) -> Sequence[Tensor]:
        """Weights and biases that `step` is drawn with."""
        return self._descent.at(step)

    def draw(self, step: int) -> Tensor:
        numbers = self._descent.at(step)
        if step >= self.steps or self._sketch == self._size:
            return self._drawn(numbers, self._size)
        return F.interpolate(self._drawn(numbers, self._sketch), self._size, mode="bilinear")

    def _drawn(self, numbers: Sequence[Tensor], size: tuple[int, int]) -> Tensor:
        """(B, 3, *size)"""
        return torch.cat([self._colours(numbers, places(size, rows, self._device)) for rows in _bands(size)], dim=2)

    def _colours(self, numbers: Sequence[Tensor], grid: Tensor) -> Tensor:
        """(B, 3, h, w) of the places (2, h, w)."""
        batch = len(numbers[0])
        values = self.inputs(grid).flatten(1).T.expand(batch, -1, -1)
        for layer in range(self.spec.depth + 1):
            weight, bias = numbers[2 * layer : 2 * layer + 2]
            values = torch.baddbmm(bias, values, weight)
            if layer < self.spec.depth:
                values = self.activated(values, layer)
        return to_rgb((self.gain * values).mT.unflatten(2, grid.shape[1:]), self.spec.colours)

    def paint(self, image: Tensor, step: int) -> None:
        """Learn (B, 3, H, W) by heart, from what it draws now."""
        self._descent.put(self._learnt(self._descent.at(step), image))

    def exported(self, suffix: str, source: ExportSource) -> bytes:
        """The network as a shader."""
        from artgen_coordinates.shader import file_of

        return file_of(self, source)

    @torch.enable_grad()
    def _learnt(self, numbers: Sequence[Tensor], image: Tensor) -> list[Tensor]:
        """The numbers after `fit` steps towards the picture, each of which looks at other pixels of it."""
        fitted = [number.detach().clone().requires_grad_() for number in numbers]
        image = F.interpolate(image, self._sketch, mode="area") if image.shape[2:] != self._sketch else image
        grid = places(self._sketch, slice(None), self._device)
        stride = max(1, round((grid[0].numel() / LEARNT) ** 0.5))
        optimiser = torch.optim.Adam(fitted, lr=self.fit_rate)
        for step in range(self.spec.fit):
            down, across = divmod(step % stride**2, stride)
            seen = (..., slice(down, None, stride), slice(across, None, stride))
            optimiser.param_groups[0]["lr"] = self.fit_rate * 0.1 ** (step / self.spec.fit)
            optimiser.zero_grad(set_to_none=True)
            error = self._colours(fitted, grid[seen]) - image[seen]
            error.square().mean(dim=(1, 2, 3)).sum().backward()
            optimiser.step()
        return [number.detach() for number in fitted]


def _bands(size: tuple[int, int]) -> Iterator[slice]:
    """Rows that go through the network at once."""
    rows = max(1, PIXELS // size[1])
    return (slice(top, top + rows) for top in range(0, size[0], rows))
