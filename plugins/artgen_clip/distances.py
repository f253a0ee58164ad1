"""How far the embeddings of views are from a prompt's: unit rows in, (B, n) out, lower is nearer.

Views are (B, n, dim); a target is (dim,), or (B, 1 or n, dim) where pictures or views have their own. Where each
picture is told something else, it is a list of a (dim,) for each: then the products are taken one by one, and all else
at once, so that every picture is rounded as it would be alone, and its gradients are added up in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

Target = Tensor | Sequence[Tensor]

NEAR = 0.1
"""A change of an embedding that is shorter than this hardly has a direction yet."""


def cosine(views: Tensor, target: Target) -> Tensor:
    """1 - cosine of the angle, in [0, 2]."""
    return 1 - _dot(views, target)


def spherical(views: Tensor, target: Target) -> Tensor:
    """Half the squared angle, in [0, pi^2 / 2], by K. Crowson for VQGAN+CLIP (2021): 2 asin(|a - b| / 2)^2.

    Unlike the cosine it still pulls when nearly opposite and nearly there.
    """
    whole = target if isinstance(target, Tensor) else torch.stack(list(target))[:, None]
    chord = (views - whole).norm(dim=-1) / 2
    # asin is infinitely steep at 1, where the two are opposite.
    values: Tensor = 2 * chord.clamp(max=1 - 1e-6).asin() ** 2
    return values


def contrast(views: Tensor, target: Target, negatives: Target, scale: float) -> Tensor:
    """Cross-entropy of the prompt against (K, dim) negatives, >= 0: CLIP's own training loss, seen from a picture."""
    own = _dot(scale * views, target)
    if isinstance(negatives, Tensor):
        return _contest(own, scale * views, negatives) - own
    rows = zip(own.split(1), (scale * views).split(1), negatives, strict=True)
    return torch.cat([_contest(*row) for row in rows]) - own


def _contest(own: Tensor, views: Tensor, negatives: Tensor) -> Tensor:
    return torch.cat((own[..., None], views @ negatives.T), dim=-1).logsumexp(dim=-1)


def directional(views: Tensor, before: Tensor, direction: Target) -> Tensor:
    """1 - cosine between the change from `before` (B, n, dim) and the unit direction (dim,), in [0, 2].

    Gal et al., "StyleGAN-NADA" (2021), arXiv:2108.00946, equation 2. There the change always has a length; here it
    begins with none, so `NEAR` is added to its square: at first the gradient leads straight along the direction.
    """
    change = views - before
    return 1 - _dot(change, direction) / (change.square().sum(dim=-1) + NEAR**2).sqrt()


def _dot(views: Tensor, target: Target) -> Tensor:
    if not isinstance(target, Tensor):
        return torch.cat([row @ one for row, one in zip(views.split(1), target, strict=True)])
    return views @ target if target.dim() == 1 else (views * target).sum(dim=-1)
