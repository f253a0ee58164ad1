"""Hypercolumns: what all layers say of one place of a picture, in one vector (STROTSS, Kolkin et al. 2019)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env

_POINTS = 1024
_TINY = 1e-6


def places(env: Env, tiles: int, step: int, purpose: str = "places") -> Tensor:
    """(B, T, k, 2) random places in each of T tiles, from -1 to 1; about 1,024 in all, as in the paper."""
    each = max(1, _POINTS // tiles)
    return env.random.uniform(purpose, (tiles, each, 2), step) * 2 - 1


def columns(maps: Sequence[Tensor], where: Tensor) -> Tensor:
    """Maps (B, T, C, h, w) at `where`, (B, T, k, 2), interpolated: (B, T*k, sum of C)."""
    grid = where.flatten(0, 1)[:, None]
    read = [F.grid_sample(found.flatten(0, 1), grid, padding_mode="border", align_corners=False) for found in maps]
    parts = torch.cat(read, dim=1)[:, :, 0].transpose(1, 2)
    values: Tensor = parts.unflatten(0, where.shape[:2]).flatten(1, 2)
    return values


def unit(vectors: Tensor, dim: int) -> Tensor:
    """Vectors along `dim` made of length 1; those of no length keep it, with a finite gradient."""
    return vectors * (vectors.square().sum(dim=dim, keepdim=True) + _TINY).rsqrt()


def cosine_distances(first: Tensor, second: Tensor) -> Tensor:
    """1 - cosine between each two of (B, n, D) and (B, m, D): (B, n, m)."""
    return 1 - unit(first, -1) @ unit(second, -1).transpose(1, 2)
