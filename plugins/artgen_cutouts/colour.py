"""Colour changes of the views: hue, saturation, contrast and brightness as one affine map per view."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from artgen_cutouts import Cutouts

NUMBERS = 5
"""Uniform numbers that one view takes."""

# Rec. 601, which turns a colour into the grey that looks as bright.
_LUMA = (0.299, 0.587, 0.114)


def jitter(spec: Cutouts, numbers: Tensor) -> tuple[Tensor, Tensor]:
    """Matrices (N, 3, 3) and offsets (N, 3, 1) for (N, NUMBERS) uniform numbers."""
    applied = (numbers[:, :1] < spec.jitter_probability).to(numbers.dtype)
    strengths = numbers.new_tensor((spec.hue, spec.saturation, spec.contrast, spec.brightness))
    hue, saturation, contrast, brightness = ((2 * numbers[:, 1:] - 1) * applied * strengths).unbind(1)
    matrix = (1 + contrast)[:, None, None] * (_saturate(1 + saturation) @ _turn(2 * math.pi * hue))
    offset = brightness - contrast / 2  # contrast leaves mid-grey where it is
    return matrix, offset[:, None, None].expand(-1, 3, 1)


def without_colour(matrix: Tensor, grey: Tensor) -> Tensor:
    """Matrices (N, 3, 3) followed by the loss of all colour where `grey` (N,) is true."""
    return torch.where(grey[:, None, None], matrix.new_tensor(_LUMA).expand(3, 3) @ matrix, matrix)


def _saturate(factor: Tensor) -> Tensor:
    """(N, 3, 3): 0 is grey, 1 leaves the colours as they are."""
    luma = factor.new_tensor(_LUMA).expand(3, 3)
    factor = factor[:, None, None]
    return factor * torch.eye(3).to(factor) + (1 - factor) * luma


def _turn(angle: Tensor) -> Tensor:
    """(N, 3, 3): the rotation of RGB space about its grey axis, by Rodrigues' formula."""
    axis = 3**-0.5
    cross = angle.new_tensor(((0, -axis, axis), (axis, 0, -axis), (-axis, axis, 0)))
    cosine, sine = angle.cos()[:, None, None], angle.sin()[:, None, None]
    return cosine * torch.eye(3).to(angle) + sine * cross + (1 - cosine) / 3
