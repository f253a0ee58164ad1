"""Distances of a latent from its start, (B,), that hold it there: 0 at the start, with a finite gradient."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def spherical(latent: Tensor, start: Tensor) -> Tensor:
    """Half the squared angle between the channels of a cell then and now, averaged over the cells."""
    chord = (F.normalize(latent, dim=1) - F.normalize(start, dim=1)).square().sum(dim=1)
    # The square root is infinitely steep at 0; below 1e-12 (a millionth of a radian) it is cut.
    angle = 2 * (chord / 4).clamp(1e-12, 1 - 1e-6).sqrt().asin()
    return (angle**2 / 2).flatten(1).mean(dim=1)


def mse(latent: Tensor, start: Tensor) -> Tensor:
    return (latent - start).square().flatten(1).mean(dim=1)


def cosine(latent: Tensor, start: Tensor) -> Tensor:
    return 1 - F.cosine_similarity(latent.flatten(1), start.flatten(1), dim=1)


def pixels(image: Tensor, start: Tensor) -> Tensor:
    return (image - start).abs().flatten(1).mean(dim=1)
