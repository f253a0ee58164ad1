"""Matrices in six bits a number, four numbers in three bytes: what a model of 17 million numbers is shipped in."""

from __future__ import annotations

import torch
from torch import Tensor

HIGHEST = 31
"""Numbers go from -31 to 31."""
GROUP = 128
"""How many numbers of a row share a scale, at most."""


def group(columns: int) -> int:
    """How many of so many columns share a scale: a divisor that is a multiple of four; 0 for none."""
    return next((n for n in range(GROUP, 3, -4) if columns % n == 0), 0)


def pack(value: Tensor) -> tuple[Tensor, Tensor]:
    """(R, C) to (R, C * 3 / 4) bytes and the scales (R, groups)."""
    groups = value.float().unflatten(1, (-1, group(value.shape[1])))
    scale = (groups.abs().amax(-1) / HIGHEST).clamp(min=1e-8).half()
    numbers = (groups / scale.float()[..., None]).round().clamp(-HIGHEST, HIGHEST).flatten(1).int() + 32
    a, b, c, d = numbers.unflatten(1, (-1, 4)).unbind(-1)
    triples = torch.stack([a | (b & 3) << 6, b >> 2 | (c & 15) << 4, c >> 4 | d << 2], -1)
    return triples.flatten(1).to(torch.uint8), scale


def unpack(packed: Tensor, scale: Tensor) -> Tensor:
    """What `pack` was given, as nearly as six bits tell."""
    x, y, z = packed.int().unflatten(1, (-1, 3)).unbind(-1)
    numbers = torch.stack([x & 63, x >> 6 | (y & 15) << 2, y >> 4 | (z & 3) << 4, z >> 2], -1).flatten(1) - 32
    values: Tensor = numbers.unflatten(1, (scale.shape[1], -1)).float() * scale.float()[..., None]
    return values.flatten(1)


def unpacked(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of a file as floats."""
    values = {}
    for name, value in state.items():
        if not name.endswith(".scale"):
            scale = state.get(f"{name}.scale")
            values[name] = value.float() if scale is None else unpack(value, scale)
    return values
