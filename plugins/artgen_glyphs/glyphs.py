"""The working half of the glyphs."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, ExportSource, InputError
from artgen.canvas import Descending, Descent, covered, from_rgb, to_rgb
from artgen.colours import Palette, channels
from artgen_glyphs.choosing import nearest
from artgen_glyphs.glyphs_spec import FREE, Glyphs
from artgen_glyphs.tiles import RATIOS, tiles_of

USUAL = 24
"""Cells on the shorter side, where the spec names no grid."""
NOISE = 0.1
"""Standard deviation of the numbers of free inks before the first step, where there is no picture to begin with."""


class GlyphsGenerator(Descending):
    """How much each cell leans to each tile, (B, rows, columns, T), and free inks, (B, 3, rows, columns)."""

    def __init__(self, spec: Glyphs, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._size = spec, env.size
        self._grid = _grid(spec, env.size)
        self._cell = env.size[0] // self._grid[0], env.size[1] // self._grid[1]
        self._tiles = tiles_of(spec, self._cell, env.device)
        self._palette = Palette(spec.palette, env.device) if spec.palette else None
        self._paper = torch.tensor(channels(spec.paper), device=env.device)
        self._ink = torch.tensor(channels(_ink(spec)), device=env.device)
        self._chance = spec.variety * env.random.normal("tiles", (*self._grid, len(self._tiles.signs)))
        self._descent = Descent(spec, self._first(env), env.steps)
        self._cover = torch.zeros(env.batch, 1, *env.size, device=env.device)

    def _first(self, env: Env) -> list[Tensor]:
        if env.start is not None:
            return self._like(env.start)
        inks = NOISE * env.random.normal("inks", (3, *self._grid))
        return [self._chance, inks] if self._spec.free else [self._chance]

    def _like(self, image: Tensor) -> list[Tensor]:
        """The numbers whose tiles and inks look most like (B, 3, H, W)."""
        ink = None if self._spec.free else self._ink
        leanings, inks = nearest(self._cells(image), self._tiles, self._paper, ink, self._palette)
        found = leanings.unflatten(1, self._grid) + self._chance
        return [found, from_rgb(inks.mT.unflatten(2, self._grid), "rgb")] if self._spec.free else [found]

    def _margins(self) -> tuple[int, int, int, int]:
        """Pixels of paper to the left, to the right, above and below the grid."""
        rest = [side - cells * cell for side, cells, cell in zip(self._size, self._grid, self._cell, strict=True)]
        return rest[1] // 2, rest[1] - rest[1] // 2, rest[0] // 2, rest[0] - rest[0] // 2

    def _inner(self, image: Tensor) -> Tensor:
        """What of (B, C, H, W) the grid covers."""
        left, right, top, bottom = self._margins()
        return F.pad(image, (-left, -right, -top, -bottom))

    def _cells(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) cut into cells: (B, rows x columns, 3, h, w)."""
        parts: Tensor = self._inner(image).unflatten(3, (self._grid[1], -1)).unflatten(2, (self._grid[0], -1))
        return parts.permute(0, 2, 4, 1, 3, 5).flatten(1, 2)

    def draw(self, step: int) -> Tensor:
        inked, cover = self._inked(step)
        return self._put_together(inked + (1 - cover) * self._tiles.paper * self._paper.view(3, 1, 1), self._paper)

    def draw_over(self, ground: Tensor, step: int) -> Tensor:
        """The tiles over (B, 3, H, W) in place of the paper."""
        inked, cover = self._inked(step)
        nothing = torch.zeros_like(self._paper)
        hidden = self._put_together(cover, nothing[:1])
        return self._put_together(inked, nothing) + (1 - hidden) * ground

    def _inked(self, step: int) -> tuple[Tensor, Tensor]:
        """Without the paper, the cells (B, rows x columns, 3, h, w), and what they cover, (..., 1, h, w)."""
        leanings, *inks = self._descent.at(step)
        chosen = self._weights(leanings, step).flatten(1, 2)
        parts = torch.cat([self._tiles.ink, self._tiles.own, self._tiles.cover], dim=1)
        ink, own, cover = (chosen @ parts.flatten(1)).unflatten(2, parts.shape[1:]).split((3, 3, 1), dim=2)
        self._cover = self._put_together(cover.detach(), torch.zeros_like(self._paper[:1]))
        return ink * self._colours(inks) + own, cover

    @property
    def cover(self) -> Tensor:
        """What the tiles cover that were drawn last."""
        return self._cover

    def _weights(self, leanings: Tensor, step: int) -> Tensor:
        """(B, rows, columns, T), of sum 1."""
        hard = F.one_hot(leanings.argmax(dim=-1), leanings.shape[-1]).to(leanings)
        if step >= self.steps:
            # The gradient of the finished picture is that of the last blend.
            soft = (leanings / self._spec.temperature.at(self.steps - 1, self.steps)).softmax(dim=-1)
            return hard + (soft - soft.detach())
        soft = (leanings / self._spec.temperature.at(step, self.steps)).softmax(dim=-1)
        return hard + (soft - soft.detach()) if self._spec.straight_through else soft

    def _colours(self, inks: Sequence[Tensor]) -> Tensor:
        """(B or 1, cells or 1, 3, 1, 1)"""
        if not inks:
            return self._ink.view(1, 1, 3, 1, 1)
        colours = to_rgb(inks[0], "rgb")
        colours = self._palette(colours) if self._palette else colours
        return colours.flatten(2).mT[..., None, None]

    def _put_together(self, cells: Tensor, around: Tensor) -> Tensor:
        """(B, rows x columns, C, h, w) as (B, C, H, W), with (C,) in the margins."""
        parts = cells.unflatten(1, self._grid).permute(0, 3, 1, 4, 2, 5)
        inner: Tensor = parts.flatten(4, 5).flatten(2, 3)
        margins = self._margins()
        if not any(margins):
            return inner
        inside = F.pad(torch.ones_like(inner[:1, :1]), margins)
        return F.pad(inner, margins) + (1 - inside) * around.view(-1, 1, 1)

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from the tiles that look most like (B, 3, H, W)."""
        self._descent.put(self._like(image))

    def paint_over(self, image: Tensor, cover: Tensor, step: int) -> None:
        """As `paint`, in the cells that (1, 1, H, W) touches."""
        cells = covered(self._inner(cover), self._grid)
        leanings, *inks = self._like(image)
        before, *old = self._descent.at(step)
        changed = [leanings.where(cells[0, 0, ..., None], before.detach())]
        changed += [new.where(cells, kept.detach()) for new, kept in zip(inks, old, strict=True)]
        self._descent.put(changed)

    def exported(self, suffix: str, source: ExportSource) -> bytes:
        """The tiles as text."""
        chosen = self._descent.at(self.steps)[0][source.picture].argmax(dim=-1).tolist()
        return "".join("".join(self._tiles.signs[tile] for tile in row) + "\n" for row in chosen).encode()


def _ink(spec: Glyphs) -> str:
    """The ink of tiles that have none of their own: white leaves pictures as they are."""
    if spec.ink is None or spec.ink == FREE:
        return "#ffffff" if spec.tiles == "pictures" else "#000000"
    return spec.ink


def _grid(spec: Glyphs, canvas: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns."""
    if spec.grid is None:
        height = max(1, round(min(canvas) / USUAL))
        width = max(1, round(height * RATIOS.get(spec.tiles, 1)))
        return canvas[0] // height, canvas[1] // width
    columns, rows = spec.grid
    if rows > canvas[0] or columns > canvas[1]:
        raise InputError(
            f"glyphs: a grid of {columns} x {rows} cells does not fit a canvas of {canvas[1]} x {canvas[0]} pixels; "
            "choose a coarser grid or a larger canvas"
        )
    return rows, columns
