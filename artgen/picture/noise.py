"""Noise that looks like something: soft blobs, clouds, gradients and snow."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.rng import Random

_OCTAVES = 5


def make(kind: str, size: tuple[int, int], cells: int, random: Random) -> Tensor:
    """(B, 3, *size) in [0, 1]: `perlin`, `fractal`, `gradient` or `snow`; `cells` blobs along the longer side."""
    if kind == "snow":
        return random.uniform("snow", (3, *size))
    if kind == "gradient":
        return four_corners(random.uniform("gradient", (3, 2, 2)), size)
    octaves = _OCTAVES if kind == "fractal" else 1
    return (fractal(size, cells, octaves, random) + 0.5).clamp(0, 1)


def four_corners(colours: Tensor, size: tuple[int, int]) -> Tensor:
    """(B, 3, *size): a gradient between the colours (B, 3, 2, 2) of the four corners."""
    return F.interpolate(colours, size, mode="bilinear", align_corners=True)


def fractal(size: tuple[int, int], cells: int, octaves: int, random: Random) -> Tensor:
    """(B, 3, *size): gradient noise of twice the cells and half the strength in each octave, about within 0.5."""
    total = torch.zeros(len(random.seeds), 3, *size, device=random.device)
    for octave in range(octaves):
        finer = cells * 2**octave
        if octave and finer > max(size):
            break  # blobs smaller than a pixel
        total += perlin(size, finer, random, f"octave {octave}") / 2**octave
    return total


def perlin(size: tuple[int, int], cells: int, random: Random, purpose: str) -> Tensor:
    """(B, 3, *size) in [-0.71, 0.71]: gradient noise (K. Perlin, "Improving noise", SIGGRAPH 2002)."""
    longest = max(size)
    rows, columns = (-(-cells * side // longest) for side in size)
    angle = 2 * torch.pi * random.uniform(purpose, (3, rows + 1, columns + 1))
    y, x = (_places(side, cells / longest, random.device) for side in size)
    total = torch.zeros(len(random.seeds), 3, *size, device=random.device)
    for below in (0, 1):
        for right in (0, 1):
            corner = angle[:, :, (y.long() + below)[:, None], (x.long() + right)[None]]
            dy, dx = (y % 1 - below)[:, None], (x % 1 - right)[None]
            weight = _fade(1 - dy.abs()) * _fade(1 - dx.abs())
            total += weight * (corner.cos() * dx + corner.sin() * dy)
    return total


def _places(side: int, cells_per_pixel: float, device: torch.device) -> Tensor:
    return (torch.arange(side, device=device) + 0.5) * cells_per_pixel


def _fade(t: Tensor) -> Tensor:
    return t**3 * (t * (t * 6 - 15) + 10)
