"""The working half of the strokes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from artgen.api import Env, ExportSource
from artgen.canvas import Descending, Descent
from artgen.colours import channels
from artgen.vectors import Shapes, chain, paint_with_cover, plot, svg
from artgen_strokes import Strokes
from artgen_strokes.beginning import at_random, from_picture

CANVAS = 224
"""Pixels of the shorter side for which CLIPDraw's rates are given."""
SMALLEST_RATE = 1e-6
"""A rate of 0 holds numbers still; they count in steps, and none may be 0."""


class StrokesGenerator(Descending):
    """Points (B, count, 3 segments + 1, 2), widths (B, count), colours (B, count, 4) and the paper (B, 3).

    Each is counted in the steps that it takes, so that one optimiser moves all of them at their own rates.
    """

    def __init__(self, spec: Strokes, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._size, self._env = spec, env.size, env
        side = min(env.size)
        self._middle = torch.tensor([env.size[1] / 2, env.size[0] / 2], device=env.device)
        self._widths = tuple(share * side for share in spec.widths)
        scale = side / CANVAS
        rates = (spec.point_rate * scale, spec.width_rate * scale, spec.colour_rate, spec.colour_rate)
        self._rates = [max(rate, SMALLEST_RATE) for rate in rates]
        first = at_random(spec, env) if env.start is None else from_picture(spec, env, env.start)
        paper = torch.tensor(channels(spec.paper), device=env.device).expand(len(first[0]), 3)
        self._descent = Descent(spec, self._counted([*first, paper]), env.steps)
        self._cover = torch.zeros(env.batch, 1, *env.size, device=env.device)

    def _counted(self, values: Sequence[Tensor]) -> list[Tensor]:
        """Points, widths, colours and paper as the optimiser has them."""
        points, *others = values
        return [value / rate for value, rate in zip([points - self._middle, *others], self._rates, strict=True)]

    def _values(self, step: int) -> list[Tensor]:
        """Points in pixels, widths in pixels, colours with their opacity, and the paper."""
        counted = zip(self._descent.at(step), self._rates, strict=True)
        points, widths, colours, paper = (value * rate for value, rate in counted)
        if step >= self.steps:
            # An average may have begun with numbers that were not brought back yet.
            widths, colours, paper = widths.clamp(*self._widths), colours.clamp(0, 1), paper.clamp(0, 1)
        return [points + self._middle, widths, colours, paper if self._spec.paper_moves else paper.detach()]

    def shapes(self, step: int) -> tuple[Shapes, Tensor]:
        """The strokes after so many steps, and the paper, (B, 3)."""
        points, widths, colours, paper = self._values(step)
        return Shapes(chain(points), colours[..., :3], colours[..., 3], widths), paper

    def draw(self, step: int) -> Tensor:
        return self._over(*self.shapes(step))

    def draw_over(self, ground: Tensor, step: int) -> Tensor:
        """The strokes over (B, 3, H, W) in place of the paper."""
        return self._over(self.shapes(step)[0], ground)

    def _over(self, shapes: Shapes, ground: Tensor) -> Tensor:
        picture, cover = paint_with_cover(shapes, ground, self._size)
        self._cover = cover.detach()
        return picture

    @property
    def cover(self) -> Tensor:
        """What the strokes cover that were drawn last."""
        return self._cover

    def advance(self, step: int) -> None:
        """Spend the gradient; what leaves its range is brought back, as CLIPDraw does."""
        super().advance(step)
        self._bring_back()

    def put_numbers(self, numbers: Sequence[Tensor]) -> None:
        """Draw with these from now on."""
        super().put_numbers(numbers)
        self._bring_back()

    def _bring_back(self) -> None:
        _, widths, colours, paper = self._descent.parameters
        low, high = self._widths
        widths.data.clamp_(low / self._rates[1], high / self._rates[1])
        for channel in (colours, paper):
            channel.data.clamp_(0, 1 / self._rates[2])

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from strokes that lie and are coloured as (B, 3, H, W) has it."""
        paper = self._values(step)[3].detach()
        self._descent.put(self._counted([*from_picture(self._spec, self._env, image), paper]))

    def exported(self, suffix: str, source: ExportSource) -> bytes:
        """The strokes as SVG, or the way of a plotter's pens."""
        shapes, paper = self.shapes(self.steps)
        if suffix == ".plot.svg":
            return plot(shapes, paper, self._size, source.picture, self._spec.sheet, recipe=source.recipe)
        return svg(shapes, paper, self._size, source.picture, names=["strokes"], recipe=source.recipe)
