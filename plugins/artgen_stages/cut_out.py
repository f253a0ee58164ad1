"""The working half of the stage that cuts drawings out of their ground."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, Finished
from artgen.canvas import components
from artgen.colours import channels, oklab
from artgen_stages.cut_out_spec import CutOut

REACH = 0.02
"""How far from the ground a pixel may be a mixture with it, as a share of the shorter side."""
STEEPNESS = 3
"""How much steeper than the mixture the edge is: what is less than a third drawing, as a faint halo, goes."""
LEAST = 0.5
"""The share of the picture's edge that has to be ground; less is a picture that goes to its edges."""
HOLE = 3e-4
"""Ground that is enclosed is a hole from this share of the picture on; less are lights and teeth."""


class CutOutFinish:
    """Alpha for pictures on an even ground."""

    def __init__(self, spec: CutOut, env: Env) -> None:
        self._spec, self._note = spec, env.note
        self._reach = max(1, round(REACH * min(env.size)))
        self._ground = None if spec.ground is None else torch.tensor(channels(spec.ground), device=env.device)

    def __call__(self, finished: Finished) -> Finished:
        made = [self._cut(picture) for picture in finished.image]
        image, alpha = (torch.stack(parts) for parts in zip(*made, strict=True))
        return replace(finished, image=image, alpha=alpha if finished.alpha is None else alpha * finished.alpha)

    def _cut(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """(3, H, W) to what covers the ground, and (1, H, W) how much it does."""
        colour = _usual(_edge(picture)) if self._ground is None else self._ground
        distance = (oklab(picture.permute(1, 2, 0)) - oklab(colour)).norm(dim=-1)
        ground = self._hangs_together(distance < self._spec.tolerance)
        if ground is None:
            self._note("cut_out: the picture goes to its edges, so nothing is cut out of it; 'ground' names a colour")
            return picture, torch.ones_like(picture[:1])
        away = distance[None, None]
        near = _widest(ground[None, None].float(), self._reach)
        # A mixture is as far from the ground as it holds of what lies beside it. A halo is wide, and what an edge mixes
        # is near: its shades farther in are no part of it.
        share, close = (
            torch.where(near > 0, away / _widest(away, reach).clamp(min=1e-6), torch.ones_like(away))[0]
            for reach in (self._reach, max(1, self._reach // 4))
        )
        alpha = ((share - 0.5) * STEEPNESS + 0.5).clamp(0, 1).masked_fill(ground, 0)
        pure = colour.view(3, 1, 1) + (picture - colour.view(3, 1, 1)) / close.clamp(min=1 / STEEPNESS)
        return torch.where(alpha > 0, pure.clamp(0, 1), picture), alpha

    def _hangs_together(self, alike: Tensor) -> Tensor | None:
        """(H, W): the pixels like the ground that hang together with the picture's edge, and holes where wanted."""
        if _edge(alike[None]).float().mean() < LEAST:
            return None
        regions = components(alike.cpu().numpy().astype(np.int64))
        wanted = np.unique(np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]]))
        if self._spec.holes:
            numbers, sizes = np.unique(regions, return_counts=True)
            wanted = np.union1d(wanted, numbers[sizes >= HOLE * regions.size])
        return torch.from_numpy(np.isin(regions, wanted)).to(alike.device) & alike


def _edge(picture: Tensor) -> Tensor:
    """(C, N): the pixels along the four sides."""
    return torch.cat([picture[:, 0], picture[:, -1], picture[:, :, 0], picture[:, :, -1]], dim=1)


def _usual(colours: Tensor) -> Tensor:
    """(3, N) to the median of each channel; sorted, because torch's own is in no fixed order on a GPU."""
    return colours.sort(dim=1).values[:, colours.shape[1] // 2]


def _widest(values: Tensor, reach: int) -> Tensor:
    """(1, 1, H, W): the largest value within so many pixels along rows and columns."""
    rows = F.max_pool2d(values, (1, 2 * reach + 1), 1, (0, reach))
    return F.max_pool2d(rows, (2 * reach + 1, 1), 1, (reach, 0))
