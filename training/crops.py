"""Parts of large drawings, for the model that learns what a few pixels look like."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from training.drawings import SIZE, Drawings

# Shares of crops that show a drawing at half and at a quarter of its size, so that small canvases work as well.
HALF, QUARTER = 0.22, 0.08
# Shares of crops whose hue is turned, so that no colour is rare, and of grounds that are not white.
TURNED, COLOURED = 0.3, 0.35
GROUND_ONLY = 0.06  # crops of an even or slowly changing ground without a drawing, which must not grow a weave


class Crops:
    """Draws from some drawings; everyday things and coloured sets more often."""

    def __init__(self, drawings: Drawings, leave_out: tuple[str, ...], size: int, seed: int) -> None:
        self.drawings, self.size = drawings, size
        self.rng = np.random.default_rng(seed)
        chance = np.clip(drawings.weight, 0.1, 1.0) * np.where(drawings.tint, 0.15, 1.0)
        # Hundreds of hands instead of one emoji standard: what Open Clip Art draws counts double.
        chance = chance * np.where(drawings.family == "openclipart", 4.0, 1.0)
        chance[np.isin(drawings.family, leave_out)] = 0
        self.bounds = np.cumsum(chance / chance.sum())

    def batch(self, count: int) -> Tensor:
        """(count, 3, size, size) in [0, 1]"""
        chosen = np.minimum(np.searchsorted(self.bounds, self.rng.random(count)), len(self.bounds) - 1)
        parts = torch.from_numpy(np.stack([self._part(int(i)) for i in chosen])).permute(0, 3, 1, 2)
        alpha, ground = parts[:, 3:], self._grounds(count)
        tint = torch.from_numpy(self.rng.random((count, 3, 1, 1), dtype=np.float32))
        shape_only = torch.from_numpy(self.drawings.tint[chosen])[:, None, None, None]
        image = torch.where(shape_only, tint * alpha, parts[:, :3]) + (1 - alpha) * ground
        turn = torch.from_numpy(np.where(self.rng.random(count) < TURNED, self.rng.random(count), 0.0)).float()
        return turned(image, turn * 2 * torch.pi)

    def _part(self, index: int) -> np.ndarray:
        """(size, size, 4) of float: a place of one drawing where there is something to see, nearly always."""
        rng, size = self.rng, self.size
        whole = self.drawings.pixels[index]
        share = rng.random()
        step = 4 if share < QUARTER else 2 if share < QUARTER + HALF else 1
        room, wanted = SIZE - size * step, rng.random() > 0.1
        for _ in range(4):
            top, left = (int(rng.integers(0, room + 1)) for _ in range(2))
            part = whole[top : top + size * step, left : left + size * step].astype(np.float32) / 255
            if not wanted or part[..., 3].mean() > 0.05:
                break
        if step > 1:
            part = part.reshape(size, step, size, step, 4).mean((1, 3))
        if rng.random() < GROUND_ONLY:
            part = np.zeros_like(part)
        found: np.ndarray = part[:, ::-1].copy() if rng.random() < 0.5 else part
        return found

    def _grounds(self, count: int) -> Tensor:
        """(count, 3, size, size): white, one colour, or a slow change from one to another."""
        rng = self.rng
        ends = torch.from_numpy(rng.random((2, count, 3), dtype=np.float32))
        kind = torch.from_numpy(rng.random(count))
        ends[:, kind > COLOURED] = 1.0
        even = kind > 0.4 * COLOURED
        ends[1, even] = ends[0, even]
        ends[1] = ends[0].lerp(ends[1], 0.4)  # a crop sees only a part of a canvas's change
        ramp = torch.linspace(0, 1, self.size).view(1, 1, -1, 1)
        ground = ends[0][:, :, None, None] * (1 - ramp) + ends[1][:, :, None, None] * ramp
        return ground.expand(-1, -1, -1, self.size)


# RGB to luma and two chroma axes of equal length, and back (YIQ turned so that the axes are orthogonal to grey).
_AXES = torch.tensor([[1 / 3, 1 / 3, 1 / 3], [2 / 3, -1 / 3, -1 / 3], [0.0, 3**-0.5, -(3**-0.5)]])
_BACK = torch.linalg.inv(_AXES)


def turned(images: Tensor, angle: Tensor) -> Tensor:
    """Pictures whose colours are turned about grey by `angle` (B,) in radians; what leaves the cube is cut."""
    cos, sin = angle.cos(), angle.sin()
    one, zero = torch.ones_like(cos), torch.zeros_like(cos)
    rows = [one, zero, zero, zero, cos, -sin, zero, sin, cos]
    matrix = _BACK @ torch.stack(rows, 1).view(-1, 3, 3) @ _AXES
    mixed = torch.einsum("bij,bjhw->bihw", matrix, images)
    return torch.where((angle == 0)[:, None, None, None], images, mixed).clamp(0, 1)
