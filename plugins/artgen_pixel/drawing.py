"""The working half of the pixel generator."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, InputError
from artgen.canvas import Descending, Descent, covered, from_rgb, to_rgb
from artgen.colours import Colouring, StockPalette, channels
from artgen_pixel import Pixel


class PixelGenerator(Descending):
    """Levels of numbers whose sum, made into colours, is the drawing."""

    def __init__(self, spec: Pixel, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._canvas = spec, env.size
        self._grid = _grid(spec, env.size)
        self._colouring = Colouring(spec.palette, env.device, self._grid[0] * self._grid[1])
        self._unlock = spec.unlock or (0.0,) * len(spec.pyramid or (1,))
        levels = self._levels(env)
        start = None if env.start is None else lambda: to_rgb(self._sum(levels), spec.colours)
        self._descent = Descent(spec, [*levels, *self._colouring.first(start, env.random.normal)], env.steps)

    def _levels(self, env: Env) -> list[Tensor]:
        """The start, shared out, plus noise: (B, 3, rows, columns) each."""
        levels = self._share_out(_start(self._spec, env))
        noise = (env.random.normal(f"level {i}", tuple(level.shape[1:])) for i, level in enumerate(levels))
        return [level + self._spec.noise * grain for level, grain in zip(levels, noise, strict=True)]

    def _share_out(self, image: Tensor) -> list[Tensor]:
        """The numbers that draw (B, 3, H, W), from coarse to fine: each level holds what the coarser ones lack."""
        return self._shared(from_rgb(_fitted(image, self._grid), self._spec.colours))

    def _shared(self, rest: Tensor) -> list[Tensor]:
        """Levels whose sum is (B, 3, *grid), as nearly as the finest of them can."""
        levels = []
        for size in level_sizes(self._spec, self._grid):
            level = F.interpolate(rest, size, mode="area")
            rest = rest - _enlarge(level, self._grid)
            levels.append(level)
        return levels

    def draw(self, step: int) -> Tensor:
        values = self._values(step)
        if self._spec.interpolation != "nearest":
            # Numbers are smoothed, not colours: bicubic overshoot then stays in range.
            return self._colour(_resize(values, self._canvas, self._spec.interpolation), step)
        return _resize(self._colour(values, step), self._canvas, "nearest-exact")

    def sprite(self, picture: int) -> Tensor:
        """One pixel a cell: (4, rows, columns) in [0, 1]. InputError if they are not squares of one colour."""
        if self._spec.interpolation != "nearest":
            raise InputError("cells that run into each other have no colour of their own; write interpolation: nearest")
        colours = self._colour(self._values(self.steps), self.steps)[picture].clamp(0, 1)
        return torch.cat([colours, torch.ones_like(colours[:1])])

    def _values(self, step: int) -> Tensor:
        """The sum of the levels, (B, 3, *grid); levels that are still locked are left out of the gradient."""
        moving = [step >= share * self.steps for share in self._unlock]
        levels = zip(self._parted(step)[0], moving, strict=True)
        return self._sum([level if moves else level.detach() for level, moves in levels])

    def _sum(self, levels: Sequence[Tensor]) -> Tensor:
        """(B, 3, *grid)"""
        enlarged = [_enlarge(level, self._grid) for level in levels]
        return torch.stack(enlarged).sum(0) if len(enlarged) > 1 else enlarged[0]

    def _parted(self, step: int) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
        """The levels, and what a learned palette is made of."""
        numbers, count = self._descent.at(step), len(self._unlock)
        return numbers[:count], numbers[count:]

    def _colour(self, values: Tensor, step: int) -> Tensor:
        image = to_rgb(values, self._spec.colours)
        softness = self._colouring.softness(self._spec.softness, step, self.steps)
        return self._colouring(image, self._parted(step)[1], softness)

    def advance(self, step: int) -> None:
        """Spend the gradient."""
        super().advance(step)
        learned = self._parted(step)[1]
        if learned and step < self.steps // 2:
            self._colouring.use_all(learned, to_rgb(self._values(step).detach(), self._spec.colours))

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from the numbers that draw (B, 3, H, W)."""
        self._descent.put([*self._share_out(image), *self._parted(step)[1]])

    def paint_over(self, image: Tensor, cover: Tensor, step: int) -> None:
        """As `paint`, in the cells that (1, 1, H, W) touches."""
        change = from_rgb(_fitted(image, self._grid), self._spec.colours) - self._values(step).detach()
        parts = self._shared(change.where(covered(cover, self._grid), 0))
        levels, learned = self._parted(step)
        self._descent.put([*(level + part for level, part in zip(levels, parts, strict=True)), *learned])


def level_sizes(spec: Pixel, grid: tuple[int, int]) -> list[tuple[int, int]]:
    """Rows and columns of each level: the grid's aspect, and never finer than the grid."""
    if spec.pyramid is None:
        return [grid]
    shares = [min(cells / max(grid), 1.0) for cells in spec.pyramid]
    return [(max(1, round(grid[0] * share)), max(1, round(grid[1] * share))) for share in shares]


def _grid(spec: Pixel, canvas: tuple[int, int]) -> tuple[int, int]:
    work = spec.palette.grid if isinstance(spec.palette, StockPalette) else None
    columns, rows = spec.grid or work or (canvas[1], canvas[0])
    if rows > canvas[0] or columns > canvas[1]:
        raise InputError(
            f"pixel: a grid of {columns} x {rows} cells does not fit a canvas of {canvas[1]} x {canvas[0]} pixels; "
            "choose a coarser grid or a larger canvas"
        )
    return rows, columns


def _start(spec: Pixel, env: Env) -> Tensor:
    """(1 or B, 3, H, W): the preset's start, or the spec's colour."""
    if env.start is not None:
        return env.start
    return torch.tensor(channels(spec.init), device=env.device).view(1, 3, 1, 1).expand(1, 3, *env.size)


def _fitted(image: Tensor, grid: tuple[int, int]) -> Tensor:
    """A cell has the mean colour of what it covers."""
    return image if image.shape[-2:] == grid else F.interpolate(image, grid, mode="area")


def _enlarge(level: Tensor, grid: tuple[int, int]) -> Tensor:
    return _resize(level, grid, "bilinear")


def _resize(values: Tensor, size: tuple[int, int], mode: str) -> Tensor:
    return values if values.shape[-2:] == size else F.interpolate(values, size, mode=mode)
