"""What shapes cover, as a list of those pixels only."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Coverage:
    """F pixels that N shapes cover, shape by shape; no pixel comes twice in a shape."""

    shape: Tensor
    """(F,): which shape, sorted."""
    pixel: Tensor
    """(F,): which pixel of the canvas, row by row."""
    share: Tensor
    """(F,) in (0, 1]: how much of the pixel is covered. The gradient goes to the shapes."""


def joined(parts: list[Coverage], like: Tensor) -> Coverage:
    """The parts, one after the other."""
    if not parts:
        nothing = torch.zeros(0, dtype=torch.long, device=like.device)
        return Coverage(nothing, nothing, like.new_zeros(0))
    shape, pixel, share = (torch.cat([getattr(part, name) for part in parts]) for name in ("shape", "pixel", "share"))
    return Coverage(shape, pixel, share)


def half_plane(inside: Tensor, across: Tensor, down: Tensor) -> Tensor:
    """The share of a pixel that a straight border leaves inside: exact, with no blur but the pixel's own square.

    `inside` is how far the pixel's middle is inside, in pixels, and (across, down) the border's direction, of length 1.
    """
    across, down = across.abs(), down.abs()
    long, short = torch.maximum(across, down), torch.minimum(across, down)
    # Beyond `flat` the border crosses only two neighbouring sides, and what is left of the square is a triangle.
    reach, flat, off = (long + short) / 2, (long - short) / 2, inside.abs()
    corner = (reach - off).clamp(min=0).square() / (2 * long * short).clamp(min=1e-12)
    return 0.5 + torch.where(off > flat, inside.sign() * (0.5 - corner), inside / long.clamp(min=1e-6))
