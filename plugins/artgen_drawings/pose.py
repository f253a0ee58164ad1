"""How one drawing of a thing stands another way: a hand that has learnt one cat draws another for another seed.

Not learnt, because it need not be: a network that is shown every drawing bent in many ways spends what it can hold on
the bends. Things are turned the other way, made taller or wider, and bent, as far as they stay themselves.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

STRETCH = 0.06
"""Deviation of the logarithm of how much taller a thing is than it was drawn, and at once how much narrower."""
LEAN = 0.03
"""Deviation of how far its top moves to the side, as a share of its height."""
BEND = 0.02
"""Deviation of how far places move, as a share of the canvas; the whole moves in one wave or two."""
KNOTS = 4
"""Points either way whose moves are drawn; between them they are interpolated."""
ROOM = 0.12
"""Canvas to add on each side, as a share of it, for what moves out of it."""


class Pose:
    """One way to stand, drawn once, for as many pictures of a thing as are made."""

    def __init__(self, rng: torch.Generator, variety: float = 1.0) -> None:
        """`variety` times as far from the drawing as is usual; at 0 not at all."""
        chances = torch.randn(2, generator=rng).clamp(-1.5, 1.5)
        stretch = float((variety * STRETCH * chances[0]).exp())
        mirrored = -1.0 if float(torch.rand((), generator=rng)) < 0.5 else 1.0
        # Rows give where a place of the new picture is looked up in the old one, both from -1 to 1.
        self._turn = torch.tensor([[mirrored * stretch, float(variety * LEAN * chances[1]), 0], [0, 1 / stretch, 0]])
        self._moves = 2 * variety * BEND * torch.randn(1, 2, KNOTS, KNOTS, generator=rng).clamp(-1.5, 1.5)
        self._moved = variety > 0

    def __call__(self, figure: Tensor) -> Tensor:
        """(4, H, W), colours times alpha, in [0, 1], to the same on a somewhat larger canvas; with a graph to them."""
        if not self._moved:
            return figure
        room = [round(ROOM * side) for side in figure.shape[1:]]
        wide = F.pad(figure, (room[1], room[1], room[0], room[0]))[None]
        size = list(wide.shape)
        moves = F.interpolate(self._moves, size[2:], mode="bicubic", align_corners=True).movedim(1, -1)
        places = F.affine_grid(self._turn[None], size, align_corners=False) + moves
        found = F.grid_sample(wide, places, mode="bicubic", padding_mode="zeros", align_corners=False)[0].clamp(0, 1)
        return torch.cat([found[:3].minimum(found[3:]), found[3:]])
