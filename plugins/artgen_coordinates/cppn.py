"""Compositional pattern producing networks (K. O. Stanley, "Compositional pattern producing networks", 2007).

As pictures to be optimised, with arctan and its square side by side: A. Mordvintsev, N. Pezzotti, L. Schubert and
C. Olah, "Differentiable Image Parameterizations" (Distill, 2018).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from artgen.api import Env
from artgen_coordinates.coordinates_spec import Activation, Cppn
from artgen_coordinates.drawing import CoordinateGenerator
from artgen_coordinates.places import folded

SPREAD = 3**0.5
"""The standard deviation of a place between -1 and 1 is 1 / SPREAD."""


class Function(NamedTuple):
    """An activation, with its mean and deviation where its input is normally distributed, of deviation 1."""

    of: Callable[[Tensor], Tensor]
    mean: float
    deviation: float
    glsl: str
    """The same of a variable `x` in GLSL."""

    def __call__(self, values: Tensor) -> Tensor:
        return (self.of(values) - self.mean) / self.deviation


FUNCTIONS: dict[Activation, Function] = {
    "arctan": Function(torch.atan, 0.0, 0.6706, "atan(x)"),
    "square": Function(lambda x: x.atan().square(), 0.4497, 0.3961, "atan(x) * atan(x)"),
    "sine": Function(torch.sin, 0.0, 0.6575, "sin(x)"),
    "gaussian": Function(lambda x: (-0.5 * x.square()).exp(), 0.7071, 0.2781, "exp(-0.5 * x * x)"),
    "ridge": Function(torch.abs, 0.7979, 0.6028, "abs(x)"),
}


class CppnGenerator(CoordinateGenerator):
    """Layers with several activations side by side."""

    spec: Cppn

    @property
    def fit_rate(self) -> float:
        return 0.01

    def inputs(self, grid: Tensor) -> Tensor:
        return SPREAD * self.spec.scale * folded(grid, self.spec.folds, self.spec.mirror)

    def first(self, layer: int, env: Env) -> tuple[Tensor, Tensor]:
        spec, last = self.spec, layer == self.spec.depth
        inputs = spec.width * len(spec.activation) if layer else 3
        shape = (inputs, 3 if last else spec.width)
        strength = (spec.contrast if last else 1.0) * inputs**-0.5
        weight = strength * env.random.normal(f"layer {layer}", shape)
        return weight, weight.new_zeros(env.batch, 1, shape[1])

    def activated(self, values: Tensor, layer: int) -> Tensor:
        return torch.cat([FUNCTIONS[name](values) for name in self.spec.activation], dim=2)
