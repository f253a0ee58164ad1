"""The working half of the stage that cuts drawings out of their ground."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, Finished
from artgen.canvas import components, without_specks
from artgen.colours import channels, oklab
from artgen_stages.cut_out_spec import CutOut
from artgen_stages.smoothing import gaussian

REACH = 0.02
"""How far from the ground a pixel may be a mixture with it, as a share of the shorter side."""
STEEPNESS = 3
"""How much steeper than the mixture the edge is: what is less than a third drawing, as a faint halo, goes."""
LEAST = 0.5
"""The share of the picture's edge that has to be ground; less is a picture that goes to its edges."""
HOLE = 3e-4
"""Ground that is enclosed is a hole from this share of the picture on; less are lights and teeth."""
EVENNESS = 0.98
"""The share of the ground along the picture's edge that is no farther from its colour than its noise."""
FAINT = 0.008
"""The least distance from the ground that is seen as a shade, however even the ground is; two noises are none yet."""
GAP = 0.006
"""Half the width of the gaps through which no ground flows into a pale shape, as a share of the shorter side."""
BREADTH = 0.015
"""Half the breadth of a pale shape; what is thinner is a halo."""


class CutOutFinish:
    """Alpha for pictures on an even ground."""

    def __init__(self, spec: CutOut, env: Env) -> None:
        self._spec, self._note, self._short = spec, env.note, min(env.size)
        self._reach = self._pixels(REACH)
        self._ground = None if spec.ground is None else torch.tensor(channels(spec.ground), device=env.device)

    def __call__(self, finished: Finished) -> Finished:
        made = [self._cut(picture) for picture in finished.image]
        image, alpha = (torch.stack(parts) for parts in zip(*made, strict=True))
        return replace(finished, image=image, alpha=alpha if finished.alpha is None else alpha * finished.alpha)

    def _cut(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """(3, H, W) to what covers the ground, and (1, H, W) how much it does."""
        colour = _usual(_edge(picture)) if self._ground is None else self._ground
        distance = (oklab(picture.permute(1, 2, 0)) - oklab(colour)).norm(dim=-1)
        alike = distance < self._spec.tolerance
        if _edge(alike[None]).float().mean() < LEAST:
            self._note("cut_out: the picture goes to its edges, so nothing is cut out of it; 'ground' names a colour")
            return picture, torch.ones_like(picture[:1])
        pale = self._pale(distance, _reached(alike))
        ground = _reached(alike & ~pale)
        if self._spec.holes:
            ground |= _large(alike & ~ground & ~pale)
        # Where a pale shape ends nothing is mixed that would tell how much; there the outline itself is smoothed.
        near = _widest(ground, self._reach) & ~_widest(pale, self._reach)
        away = distance[None, None]
        # A mixture is as far from the ground as it holds of what lies beside it. A halo is wide, and what an edge mixes
        # is near: its shades farther in are no part of it.
        share, close = (
            torch.where(near, away / _most(away, reach).clamp(min=1e-6), torch.ones_like(away))[0]
            for reach in (self._reach, max(1, self._reach // 4))
        )
        alpha = ((share - 0.5) * STEEPNESS + 0.5).clamp(0, 1).masked_fill(ground, 0)
        alpha = torch.where(_widest(pale, self._reach), self._smooth(ground), alpha)
        alpha = without_specks(alpha[None], holes=not self._spec.holes)[0]
        pure = colour.view(3, 1, 1) + (picture - colour.view(3, 1, 1)) / close.clamp(min=1 / STEEPNESS)
        return torch.where(alpha > 0, pure.clamp(0, 1), picture), alpha

    def _pale(self, distance: Tensor, ground: Tensor) -> Tensor:
        """(H, W): the parts of the `ground` that are none, as white things on white, told by a shade or an outline.

        The ground is filled in a second time, up to its own noise and through no narrow gap. What that leaves is a
        shape where it is broad, and a halo where it is not.
        """
        edge = _edge(distance[None])[0]
        noise = edge[edge < self._spec.tolerance].sort().values
        faint = min(self._spec.tolerance, max(FAINT, 2 * float(noise[int(EVENNESS * (len(noise) - 1))])))
        gap, breadth = self._pixels(GAP), self._pixels(BREADTH)
        certain = _widest(_reached(_narrowest(distance < faint, gap)), gap)
        left = ground & ~certain
        return left & _widest(_narrowest(left, breadth), 2 * breadth)

    def _smooth(self, ground: Tensor) -> Tensor:
        """(1, H, W): what is not `ground`, with an even outline."""
        blurred = gaussian((~ground)[None, None].float(), self._reach / 4)[0]
        return ((blurred - 0.5) * self._reach / 2 + 0.5).clamp(0, 1)

    def _pixels(self, share: float) -> int:
        return max(1, round(share * self._short))


def _reached(alike: Tensor) -> Tensor:
    """(H, W): what is `alike` and hangs together with the picture's edge."""
    regions = components(alike.cpu().numpy().astype(np.int64))
    outer = np.unique(np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]]))
    return torch.from_numpy(np.isin(regions, outer)).to(alike.device) & alike


def _large(enclosed: Tensor) -> Tensor:
    """(H, W): what is `enclosed` and large enough for a hole."""
    regions = components(enclosed.cpu().numpy().astype(np.int64))
    large = np.bincount(regions.ravel()) >= HOLE * regions.size
    return torch.from_numpy(large[regions]).to(enclosed.device) & enclosed


def _edge(picture: Tensor) -> Tensor:
    """(C, N): the pixels along the four sides."""
    return torch.cat([picture[:, 0], picture[:, -1], picture[:, :, 0], picture[:, :, -1]], dim=1)


def _usual(colours: Tensor) -> Tensor:
    """(3, N) to the median of each channel; sorted, because torch's own is in no fixed order on a GPU."""
    return colours.sort(dim=1).values[:, colours.shape[1] // 2]


def _most(values: Tensor, reach: int) -> Tensor:
    """(1, 1, H, W): the largest value within so many pixels along rows and columns."""
    rows = F.max_pool2d(values, (1, 2 * reach + 1), 1, (0, reach))
    return F.max_pool2d(rows, (2 * reach + 1, 1), 1, (reach, 0))


def _widest(inside: Tensor, reach: int) -> Tensor:
    """(H, W): what is `inside`, and all within so many pixels of it along rows and columns."""
    return _most(inside[None, None].float(), reach)[0, 0] > 0


def _narrowest(inside: Tensor, reach: int) -> Tensor:
    """(H, W): what has so many pixels `inside` around it; the picture's edge takes none away."""
    return ~_widest(~inside, reach)
