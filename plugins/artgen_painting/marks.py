"""Brush marks: the faint texture under a drawing from which the painter makes strokes where the drawing is flat."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from artgen.api import Env

_LENGTH, _WIDTH = 18, 3
"""Of a mark, in pixels."""
_ANGLE = math.radians(34)
"""How the marks lie before they are bent: down to the right."""
_BENDS = 5
"""How many numbers along the longer side say how the marks bend, and..."""
_BEND = 0.08
"""...how far, as a share of the longer side."""
_REACH = 2
"""The noise covers places from -2 to 2, in shares of the longer side: what is turned and bent stays well inside."""


def brush_marks(env: Env, size: tuple[int, int]) -> Tensor:
    """(B, 1, *size) of mean 0 and deviation 1: noise that is drawn out in one direction, and bent."""
    longer = max(size)
    y, x = torch.meshgrid(*(torch.arange(side, device=env.device) / longer for side in size), indexing="ij")
    counts = tuple(max(2, round(_BENDS * side / longer)) for side in size)
    bends = functional.interpolate(env.random.normal("bends", (2, *counts)), size=size, mode="bicubic")
    along = x * math.cos(_ANGLE) + y * math.sin(_ANGLE) + _BEND * bends[:, 0]
    across = y * math.cos(_ANGLE) - x * math.sin(_ANGLE) + _BEND * bends[:, 1]
    cells = tuple(round(2 * _REACH * longer / pixels) for pixels in (_WIDTH, _LENGTH))
    noise = env.random.normal("marks", (1, *cells))
    places = torch.stack([along, across], dim=-1) / _REACH
    marks = functional.grid_sample(noise, places, mode="bicubic", padding_mode="reflection", align_corners=False)
    deviation, mean = torch.std_mean(marks, dim=(2, 3), correction=0, keepdim=True)
    normal: Tensor = (marks - mean) / deviation
    return normal
