"""The working half of the smoothness loss."""

from __future__ import annotations

import torch
from torch import Tensor

from artgen.api import Look
from artgen_losses.blurring import blur
from artgen_losses.shape_spec import Smoothness


class SmoothnessLoss:
    """(B,) total variation (Rudin, Osher & Fatemi 1992; the form that adds up both directions).

    The picture counts as one unit of area, so a drawing made twice as large keeps its value: a black-and-white
    edge from top to bottom of a square is 1, whatever its pixels. With a spacing of d pixels, d pairs straddle such
    an edge, and each counts 1/d.
    """

    def __init__(self, spec: Smoothness) -> None:
        self._spec = spec

    def __call__(self, look: Look) -> Tensor:
        image = blur(look.image, self._spec.blur, self._spec.wrap)
        height, width = image.shape[-2:]
        total = self._cost(image, dim=2) + self._cost(image, dim=3)
        values: Tensor = total / (self._spec.spacing * (height * width) ** 0.5)
        return values

    def _cost(self, image: Tensor, dim: int) -> Tensor:
        """Sum over the pixels, mean over the channels."""
        spacing = self._spec.spacing
        following = image.roll(-spacing, dim)
        if not self._spec.wrap:
            pairs = max(image.shape[dim] - spacing, 0)
            image, following = (t.narrow(dim, 0, pairs) for t in (image, following))
        return self._shape((following - image).abs()).sum(dim=(1, 2, 3)) / 3

    def _shape(self, steps: Tensor) -> Tensor:
        edge = self._spec.edge
        if self._spec.kind == "clipped":
            return steps.clamp(max=edge)
        return torch.log1p(steps / edge) * edge if self._spec.kind == "log" else steps
