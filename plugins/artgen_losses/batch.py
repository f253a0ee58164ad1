"""The working halves of the losses that compare pictures, or views of a picture, with each other."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, InputError, Look
from artgen_losses.batch_spec import Agreement, Diversity


class DiversityLoss:
    """(B,) in [0, 1]: exp(-d^2 / (2 radius^2)), averaged over the others; 0 for a picture without others.

    d is the root mean square difference of the pixels, or half the chord between the unit embeddings, each averaged
    over its views: 0 for twins, 1 for opposites. The kernel, and so the push, fades with distance, so that pictures
    are not driven to black and white.
    """

    def __init__(self, spec: Diversity, env: Env) -> None:
        self._perceptor, self._radius = spec.perceptor, spec.radius
        # Matrices, because adaptive pooling has no deterministic gradient on a GPU.
        self._rows, self._columns = (cell_means(length, spec.cells).to(env.device) for length in env.size)

    def __call__(self, look: Look) -> Tensor:
        traits = self._traits(look)
        alike = torch.exp(-_squared_differences(traits) / (2 * self._radius**2))
        others = 1 - torch.eye(len(traits), device=traits.device)
        return (alike * others).sum(dim=1) / max(1, len(traits) - 1)

    def _traits(self, look: Look) -> Tensor:
        """(B, D): what is compared, scaled so that squared distances are in [0, 1]."""
        if self._perceptor is not None:
            return F.normalize(look.embeddings(self._perceptor).mean(dim=1), dim=-1) / 2
        cells = (self._rows @ look.image @ self._columns.T).flatten(1)
        values: Tensor = cells / cells.shape[1] ** 0.5
        return values


def _squared_differences(traits: Tensor) -> Tensor:
    """(B, B)"""
    return (traits[:, None] - traits[None]).square().sum(dim=-1)


def cell_means(length: int, cells: int) -> Tensor:
    """(min(cells, length), length): each row averages over its share of the pixels, fractions of them included."""
    cells = min(cells, length)
    edges = torch.arange(cells + 1)[:, None] * length / cells
    starts = torch.arange(length)[None]
    shared = torch.minimum(edges[1:], starts + 1) - torch.maximum(edges[:-1], starts)
    return shared.clamp(min=0) * cells / length


class AgreementLoss:
    """(B,) 1 - the mean cosine between two views of a picture, averaged over the perceptors; in [0, 2].

    The `enforce` of Aphantasia, over all pairs of views.
    """

    def __init__(self, spec: Agreement, env: Env) -> None:
        self._names = (spec.perceptor,) if spec.perceptor else tuple(env.perceptors)
        if not self._names:
            raise InputError("agreement: there is no perceptor to look at the picture; add one under 'perceptors'")

    def __call__(self, look: Look) -> Tensor:
        shares = {name: look.weight(name) for name in self._names if look.weight(name) > 0}
        if not shares:
            return look.image.flatten(1).sum(dim=1) * 0
        parts = [share * disagreement(look.embeddings(name)) for name, share in shares.items()]
        return torch.stack(parts).sum(dim=0) / sum(shares.values())


def disagreement(views: Tensor) -> Tensor:
    """(B, n, dim) unit rows to (B,); 0 for a single view."""
    count = views.shape[1]
    # The squared length of the sum is the sum of all cosines, n of which are a view's with itself.
    cosines = views.sum(dim=1).square().sum(dim=-1) - count
    return 1 - cosines / (count * (count - 1)) if count > 1 else cosines * 0
