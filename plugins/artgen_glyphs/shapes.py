"""What is stamped: shapes that are drawn here, and the user's pictures, each in a square."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.canvas import picture_size, read_layer
from artgen_glyphs.stamps_spec import Shape, Stamps

SIDE = 128
"""Pixels of the square that a stamp lies in."""
FINE = 4
"""Every pixel is the mean of so many rows and columns of finer ones."""
LEVELS = 5
"""Of a stamp there are so many versions, each half as sharp as the one before (L. Williams, "Pyramidal parametrics",
1983)."""


def stamps_of(spec: Stamps, device: torch.device) -> Tensor:
    """(K, LEVELS, 5, SIDE, SIDE): how much of its ink a stamp shows, red, green and blue of its own, and its cover."""
    found = _own(spec.pictures, spec.tint) if spec.pictures else _drawn(spec.shapes or ("leaf", "petal"))
    levels = [found]
    for level in range(1, LEVELS):
        coarse = F.avg_pool2d(found, 2**level)
        levels.append(F.interpolate(coarse, (SIDE, SIDE), mode="bilinear"))
    return torch.stack(levels, dim=1).to(device)


def _own(files: Sequence[Path], tint: float) -> Tensor:
    found = []
    for file in files:
        height, width = picture_size(file)
        # A clear pixel all around, so that no edge is smeared over the picture.
        share = (SIDE - 2) / max(height, width)
        size = max(1, round(height * share)), max(1, round(width * share))
        top, left = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
        around = (left, SIDE - size[1] - left, top, SIDE - size[0] - top)
        found.append(F.pad(read_layer(file, size), around))
    layers = torch.cat(found)
    seen, cover = layers[:, :3] * layers[:, 3:], layers[:, 3:]
    return torch.cat([seen.mean(dim=1, keepdim=True) * tint, seen * (1 - tint), cover], dim=1)


def _drawn(names: Sequence[Shape]) -> Tensor:
    axis = (torch.arange(FINE * SIDE) + 0.5) / (FINE * SIDE) * 2 - 1
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    found = []
    for name in names:
        inside, shade = _SHAPES[name](x, -y)
        cover = inside.to(x)
        nothing = torch.zeros_like(cover)
        found.append(torch.stack([shade * cover, nothing, nothing, nothing, cover]))
    return F.avg_pool2d(torch.stack(found), FINE)


_Drawn = tuple[Tensor, Tensor]
"""Which points are inside, and how light the ink is there."""


def _circle(x: Tensor, y: Tensor) -> _Drawn:
    return torch.hypot(x, y) < 0.95, torch.ones_like(x)


def _crescent(x: Tensor, y: Tensor) -> _Drawn:
    return (torch.hypot(x, y) < 0.95) & (torch.hypot(x - 0.4, y) > 0.75), torch.ones_like(x)


def _drop(x: Tensor, y: Tensor) -> _Drawn:
    along = ((y + 0.95) / 1.9).clamp(0, 1)
    return (x.abs() < 1.3 * along.sqrt() * (1 - along).pow(1.4)) & (y.abs() < 0.95), 0.9 + 0.1 * (x < 0)


def _heart(x: Tensor, y: Tensor) -> _Drawn:
    # The sextic (x^2 + y^2 - 1)^3 = x^2 y^3, shrunk into the square.
    a, b = 1.25 * x, 1.22 * y + 0.1
    return (a.square() + b.square() - 1).pow(3) < a.square() * b.pow(3), torch.ones_like(x)


def _leaf(x: Tensor, y: Tensor) -> _Drawn:
    half = 0.48 * (1 - (y / 0.95).square()).clamp(min=0) * (1 - 0.25 * y)
    rib = (x.abs() < 0.022 * (1.2 - y)) & (y < 0.75)
    veins = ((y - 0.75 * x.abs()) * 5).frac().abs() < 0.1
    shade = torch.where(rib, 0.68, torch.where(veins, 0.86, torch.where(x < 0, 1.0, 0.93)))
    return (x.abs() < half) | (rib & (y < 0) & (y > -0.98)), shade


def _petal(x: Tensor, y: Tensor) -> _Drawn:
    along = ((y + 0.95) / 1.9).clamp(0, 1)
    return x.abs() < 0.55 * (math.pi * along.pow(1.6)).sin().clamp(min=0).sqrt(), 0.72 + 0.28 * along


def _square(x: Tensor, y: Tensor) -> _Drawn:
    return (x.abs() < 0.68) & (y.abs() < 0.68), torch.ones_like(x)


def _star(x: Tensor, y: Tensor) -> _Drawn:
    # A tenth of it lies between the ray to a point, at `tip`, and that to the corner between two of them.
    part, tip = math.pi / 5, 0.97
    corner_x, corner_y = (0.382 * tip * each for each in (math.cos(part), math.sin(part)))
    angle = (torch.atan2(x, y) + part).remainder(2 * part) - part
    along, across = torch.hypot(x, y) * angle.cos(), torch.hypot(x, y) * angle.sin().abs()
    return across * (tip - corner_x) < corner_y * (tip - along), torch.ones_like(x)


def _triangle(x: Tensor, y: Tensor) -> _Drawn:
    return (y > -0.475) & (x.abs() * math.sqrt(3) < 0.95 - y), torch.ones_like(x)


_SHAPES: Mapping[Shape, Callable[[Tensor, Tensor], _Drawn]] = {
    "circle": _circle,
    "crescent": _crescent,
    "drop": _drop,
    "heart": _heart,
    "leaf": _leaf,
    "petal": _petal,
    "square": _square,
    "star": _star,
    "triangle": _triangle,
}
