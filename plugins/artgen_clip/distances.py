"""How far the embeddings of views are from a prompt's: unit rows in, (B, n) out, lower is nearer."""

from __future__ import annotations

import torch
from torch import Tensor


def cosine(views: Tensor, target: Tensor) -> Tensor:
    """1 - cosine of the angle, in [0, 2]."""
    return 1 - views @ target


def spherical(views: Tensor, target: Tensor) -> Tensor:
    """Half the squared angle, in [0, pi^2 / 2], by K. Crowson for VQGAN+CLIP (2021): 2 asin(|a - b| / 2)^2.

    Unlike the cosine it still pulls when nearly opposite and nearly there.
    """
    chord = (views - target).norm(dim=-1) / 2
    # asin is infinitely steep at 1, where the two are opposite.
    return 2 * chord.clamp(max=1 - 1e-6).asin() ** 2


def contrast(views: Tensor, target: Tensor, rivals: Tensor, scale: float) -> Tensor:
    """Cross-entropy of the prompt against (K, dim) rivals, >= 0: CLIP's own training loss, seen from a picture."""
    own = scale * views @ target
    contest = torch.cat((own[..., None], scale * views @ rivals.T), dim=-1)
    return contest.logsumexp(dim=-1) - own
