"""Layers laid over each other in order, each where it covers anything and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


class Over(torch.autograd.Function):
    """Lays layers over a ground: each pixel that a layer covers goes from what is there towards the layer's colour.

    It keeps what lay beneath each covered pixel, and so no picture for each layer.
    """

    @staticmethod
    def forward(
        ctx: Any, ground: Tensor, colour: Tensor, alpha: Tensor, pixel: Tensor, layers: Sequence[tuple[int, int]]
    ) -> Tensor:
        """(P, C) after all layers; `colour` (F, C), `alpha` and `pixel` (F,) say what they cover, layer by layer.

        `layers` has where each begins and ends among the F; none covers a pixel twice.
        """
        image, beneath = ground.clone(), torch.empty_like(colour)
        for first, last in layers:
            at = pixel[first:last]
            under = image.index_select(0, at)
            beneath[first:last] = under
            image[at] = under.lerp(colour[first:last], alpha[first:last, None])
        ctx.save_for_backward(colour, alpha, pixel, beneath)
        ctx.layers = layers
        return image

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """From the topmost layer down."""
        colour, alpha, pixel, beneath = ctx.saved_tensors
        gradient, arriving = gradient.clone(), torch.empty_like(colour)
        for first, last in reversed(ctx.layers):
            at = pixel[first:last]
            part = gradient.index_select(0, at)
            arriving[first:last] = part
            gradient[at] = part * (1 - alpha[first:last, None])
        return gradient, arriving * alpha[:, None], (arriving * (colour - beneath)).sum(dim=1), None, None
