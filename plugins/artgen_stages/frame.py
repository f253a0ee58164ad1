"""The working half of the frame stage."""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, Finished
from artgen.colours import channels
from artgen_stages.frame_spec import Frame

BEVEL = 0.006
"""Width of a mat's bevel, as a share of the picture's shorter side."""
SIDES = {"top": 0.80, "left": 0.87, "right": 0.97, "bottom": 1.0}
"""How bright the bevel's sides are, with a light from the top left: those near to it face away."""
CAST = 0.22
"""How dark the mat's shadow is on the picture, at its edge."""
REACH = 0.012
"""How far that shadow reaches from the left; from the top it reaches twice as far."""
HOLE = 0.3
"""Radius of a stamp's holes, as a share of its margin."""
PITCH = 3.3
"""From hole to hole, in radii, or a little less or more, so that a side has a whole number."""


class FrameFinish:
    """Pictures with something around them."""

    def __init__(self, spec: Frame, env: Env) -> None:
        self._spec, self._size, self._device = spec, env.size, env.device
        self._width = spec.pixels(env.size)
        self._colour = torch.tensor(channels(spec.colour), device=env.device).view(1, 3, 1, 1)

    def __call__(self, finished: Finished) -> Finished:
        if self._spec.kind == "mat":
            return self._in_mat(finished)
        if self._spec.kind == "stamp":
            return self._cut(self._padded(finished), self._perforated())
        return self._cut(finished, self._rounded())

    def _padded(self, finished: Finished) -> Finished:
        width = self._width
        board = self._colour.repeat(len(finished.image), 1, *self._spec.resized(self._size))
        board[:, :, width:-width, width:-width] = finished.image
        alpha = None if finished.alpha is None else F.pad(finished.alpha, (width,) * 4, value=1.0)
        return replace(finished, image=board, alpha=alpha)

    def _in_mat(self, finished: Finished) -> Finished:
        shaded = replace(finished, image=finished.image * self._shadow())
        framed = self._padded(shaded)
        bevel = min(self._width, max(1, round(BEVEL * min(self._size))))
        _draw_bevel(framed.image, range(self._width - bevel, self._width))
        return framed

    def _shadow(self) -> Tensor:
        """(H, W) in [0, 1]: what the mat leaves of the light on the picture."""
        y, x = self._places(self._size)
        reach = REACH * min(self._size)
        return 1 - CAST * torch.maximum((-x / reach).exp(), (-y / (2 * reach)).exp())

    def _places(self, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """y and x of the pixels' centres, (H, 1) and (1, W)."""
        y, x = (torch.arange(side, device=self._device) + 0.5 for side in size)
        return y[:, None], x[None]

    def _perforated(self) -> Tensor:
        """(H, W) in [0, 1]: how much of each pixel a stamp's holes leave; one is at each corner."""
        size = self._spec.resized(self._size)
        radius = HOLE * self._width
        y, x = self._places(size)
        (to_row, from_side), (to_column, from_top) = (
            (_to_hole(place, side, PITCH * radius), torch.minimum(place, side - place))
            for place, side in ((y, size[0]), (x, size[1]))
        )
        distance = torch.minimum(torch.hypot(to_row, from_top), torch.hypot(to_column, from_side))
        return (distance - radius + 0.5).clamp(0, 1)

    def _rounded(self) -> Tensor:
        """(H, W) in [0, 1]: how much of each pixel lies within the round corners."""
        radius = min(self._width, min(self._size) / 2)
        y, x = self._places(self._size)
        down, right = (
            (torch.maximum(radius - place, place - (side - radius))).clamp(min=0)
            for place, side in ((y, self._size[0]), (x, self._size[1]))
        )
        return (radius - torch.hypot(down, right) + 0.5).clamp(0, 1)

    def _cut(self, finished: Finished, cover: Tensor) -> Finished:
        """`finished` where `cover` (H, W) is 1, and what lies outside elsewhere."""
        if self._spec.outside is None:
            alpha = cover.expand(len(finished.image), 1, -1, -1)
            return replace(finished, alpha=alpha if finished.alpha is None else finished.alpha * alpha)
        beyond = torch.tensor(channels(self._spec.outside), device=self._device).view(1, 3, 1, 1)
        if finished.alpha is None:
            return replace(finished, image=torch.lerp(beyond.expand_as(finished.image), finished.image, cover))
        share = finished.alpha * cover
        alpha = share + 1 - cover
        image = torch.lerp(beyond.expand_as(finished.image), finished.image, share / alpha.clamp(min=1e-6))
        return replace(finished, image=image, alpha=alpha)


def _draw_bevel(board: Tensor, rings: range) -> None:
    """Draws into `board` (B, 3, H, W), of its own, one ring of pixels after the other, so that sides meet in mitres."""
    height, width = board.shape[2:]
    for ring in rings:
        across, down = slice(ring, width - ring), slice(ring + 1, height - ring - 1)
        board[:, :, ring, across] = SIDES["top"]
        board[:, :, height - 1 - ring, across] = SIDES["bottom"]
        board[:, :, down, ring] = SIDES["left"]
        board[:, :, down, width - 1 - ring] = SIDES["right"]


def _to_hole(place: Tensor, side: int, pitch: float) -> Tensor:
    """How far each place along a side is from the nearest hole's centre."""
    step = side / max(1, round(side / pitch))
    return ((place + step / 2) % step - step / 2).abs()
