"""Sinusoidal representation networks (V. Sitzmann et al. 2020, https://arxiv.org/abs/2006.09661)."""

from __future__ import annotations

from torch import Tensor

from artgen.api import Env
from artgen_coordinates.coordinates_spec import Siren
from artgen_coordinates.drawing import CoordinateGenerator


class SirenGenerator(CoordinateGenerator):
    """Layers sin(omega x (W x + b)), with the weights at the start of section 3.2 of the paper."""

    spec: Siren

    @property
    def fit_rate(self) -> float:
        return 4 / (self.spec.width * self.spec.hidden_omega)

    @property
    def gain(self) -> float:
        """The paper's networks end without it; with it the colours move as fast as what they are made of."""
        return self.spec.hidden_omega

    def inputs(self, grid: Tensor) -> Tensor:
        return grid

    def omega(self, layer: int) -> float:
        """What the numbers of a layer are multiplied by before the sine."""
        return self.spec.hidden_omega if layer else self.spec.omega

    def first(self, layer: int, env: Env) -> tuple[Tensor, Tensor]:
        """Uniform: within 1 / inputs in the first layer, sqrt(6 / inputs) / omega after it; biases 1 / sqrt(inputs)."""
        inputs = self.spec.width if layer else 2
        outputs = 3 if layer == self.spec.depth else self.spec.width
        reach = (6 / inputs) ** 0.5 / self.spec.hidden_omega if layer else 1 / inputs
        weight = reach * (2 * env.random.uniform(f"layer {layer}", (inputs, outputs)) - 1)
        bias = inputs**-0.5 * (2 * env.random.uniform(f"bias {layer}", (1, outputs)) - 1)
        return weight, bias

    def activated(self, values: Tensor, layer: int) -> Tensor:
        return (self.omega(layer) * values).sin()
