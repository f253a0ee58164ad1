"""The working half of the shadow stage."""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, Finished
from artgen.canvas import components
from artgen.colours import channels
from artgen_stages.shadow_spec import Shadow
from artgen_stages.smoothing import gaussian, scaled

SIDE = 1024
"""Pixels of the longer side at which border and shadow are made, both of which are smooth."""
ROUNDNESS = 0.12
"""Blur of the border's edge, in its widths: a knife takes no sharp turns."""


class ShadowFinish:
    """Stickers."""

    def __init__(self, spec: Shadow, env: Env) -> None:
        self._spec, self._short, self._margin, self._note = spec, min(env.size), spec.margin(env.size), env.note
        self._border = torch.tensor(channels(spec.colour), device=env.device).view(1, 3, 1, 1)
        self._shade = torch.tensor(channels(spec.shade), device=env.device).view(1, 3, 1, 1)

    def __call__(self, finished: Finished) -> Finished:
        if finished.alpha is None:
            self._note(
                "shadow: nothing is transparent, so the whole picture is the sticker; 'transparent: true' cuts one out"
            )
        alpha = torch.ones_like(finished.image[:, :1]) if finished.alpha is None else finished.alpha
        image, alpha = (F.pad(one, (self._margin,) * 4) for one in (finished.image, alpha))
        made = [self._sticker(image[row : row + 1], alpha[row : row + 1]) for row in range(len(image))]
        pictures, covers = zip(*made, strict=True)
        return replace(finished, image=torch.cat(pictures), alpha=torch.cat(covers))

    def _sticker(self, image: Tensor, alpha: Tensor) -> tuple[Tensor, Tensor]:
        """(1, 3, H, W) and (1, 1, H, W), straight: picture over border over shadow."""
        cut = self._cut(alpha)
        shadow = self._spec.opacity * self._cast(cut)
        cover = cut + (1 - cut) * shadow
        paper = torch.lerp(self._border.expand_as(image), image, alpha / cut.clamp(min=1e-6))
        colour = torch.lerp(self._shade.expand_as(image), paper, cut / cover.clamp(min=1e-6))
        return colour.clamp(0, 1), cover.clamp(0, 1)

    def _cut(self, alpha: Tensor) -> Tensor:
        """(1, 1, H, W): what the knife leaves, the shape and all that is within a border's width of it."""
        width = self._spec.border * self._short
        if not width:
            return alpha
        factor = max(1.0, max(alpha.shape[2:]) / SIDE)
        small = scaled(alpha, _size(alpha, factor))
        distance = distances(small[0, 0] >= 0.5, width / factor + 2)
        if not self._spec.holes:
            distance[holes(distance <= width / factor)] = 0
        distance = gaussian(distance[None, None], ROUNDNESS * width / factor)
        distance = scaled(distance, _size(alpha, 1)) * factor
        return (width - distance + 0.5).clamp(0, 1)

    def _cast(self, cut: Tensor) -> Tensor:
        """(1, 1, H, W): where the shadow of what was cut falls."""
        factor = max(1.0, max(cut.shape[2:]) / SIDE)
        small = scaled(cut, _size(cut, factor)).clamp(0, 1)
        right, down = (share * self._short / factor for share in self._spec.offset)
        height, width = small.shape[2:]
        turn = torch.tensor([[[1.0, 0.0, -2 * right / width], [0.0, 1.0, -2 * down / height]]], device=cut.device)
        grid = F.affine_grid(turn, [1, 1, height, width], align_corners=False)
        moved = F.grid_sample(small, grid, align_corners=False)
        return scaled(gaussian(moved, self._spec.blur * self._short / factor), _size(cut, 1)).clamp(0, 1)


def _size(image: Tensor, factor: float) -> tuple[int, int]:
    height, width = (max(1, round(side / factor)) for side in image.shape[2:])
    return height, width


def holes(inside: Tensor) -> Tensor:
    """(H, W): what is not `inside` (H, W) and cannot be reached from the edge of the picture."""
    framed = F.pad(inside[None, None].float(), (1, 1, 1, 1))[0, 0] > 0
    regions = components(framed.long().cpu().numpy())
    beyond = torch.from_numpy(regions == regions[0, 0]).to(inside.device)
    return ~beyond[1:-1, 1:-1] & ~inside


def distances(inside: Tensor, most: float) -> Tensor:
    """(H, W) in pixels: how far each place is from what is `inside` (H, W), up to `most`.

    Exact and separable: along the columns first, then the least over the rows (Saito & Toriwaki 1994).
    """
    down = torch.full(inside.shape, float(most), device=inside.device)
    down[inside] = 0
    for rows in (range(1, len(down)), range(len(down) - 2, -1, -1)):
        step = rows.step
        for row in rows:
            down[row] = torch.minimum(down[row], down[row - step] + 1)
    squares = down**2
    found = squares.clone()
    for shift in range(1, min(int(most), inside.shape[1] - 1) + 1):
        found[:, shift:] = torch.minimum(found[:, shift:], squares[:, :-shift] + shift**2)
        found[:, :-shift] = torch.minimum(found[:, :-shift], squares[:, shift:] + shift**2)
    return found.sqrt().clamp(max=most)
