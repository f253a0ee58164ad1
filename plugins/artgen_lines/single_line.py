"""The working half of a pen's line that is never lifted."""

from __future__ import annotations

import torch
from torch import Tensor

from artgen.api import Env, ExportSource
from artgen.canvas import Descending, Descent
from artgen.colours import channels
from artgen.vectors import Shapes, paint_with_cover, plot, svg
from artgen_lines.lines_spec import Lines
from artgen_lines.touring import tours

RATE = 0.003
"""How far a point moves in a step of length 1, as a share of the shorter side."""


class SingleLine(Descending):
    """The points (B, lines, points, 2) that each line runs through, counted in steps."""

    def __init__(self, spec: Lines, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._size, self._env = spec, env.size, env
        self._rate = RATE * min(env.size)
        self._colours = torch.tensor([channels(colour) for colour in spec.colours], device=env.device)
        self._paper = torch.tensor(channels(spec.paper), device=env.device)
        self._middle = torch.tensor([env.size[1] / 2, env.size[0] / 2], device=env.device)
        self._descent = Descent(spec, [self._counted(tours(spec, env, env.start))], env.steps)
        self._cover = torch.zeros(env.batch, 1, *env.size, device=env.device)

    def _counted(self, points: Tensor) -> Tensor:
        return (points - self._middle) / self._rate

    def _points(self, step: int) -> Tensor:
        """(B, lines, points, 2) in pixels."""
        return self._descent.at(step)[0] * self._rate + self._middle

    def shapes(self, step: int) -> Shapes:
        """The lines after so many steps."""
        points = self._points(step)
        colours = self._colours.expand(len(points), *self._colours.shape)
        widths = points.new_full(points.shape[:2], self._spec.line_width * min(self._size))
        return Shapes(through(points, self._spec.roundness), colours, widths=widths)

    def draw(self, step: int) -> Tensor:
        return self.draw_over(self._paper.expand(self._env.batch, 3), step)

    def draw_over(self, ground: Tensor, step: int) -> Tensor:
        """The lines over (B, 3, H, W) in place of the paper."""
        picture, cover = paint_with_cover(self.shapes(step), ground, self._size)
        self._cover = cover.detach()
        return picture

    @property
    def cover(self) -> Tensor:
        """What the lines cover that were drawn last."""
        return self._cover

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from lines that show (B, 3, H, W)."""
        self._descent.put([self._counted(tours(self._spec, self._env, image))])

    def exported(self, suffix: str, source: ExportSource) -> bytes:
        """The lines as curves, as a plotter's way, or as the points they run through."""
        if suffix == ".txt":
            return self._listed(self._points(self.steps)[source.picture]).encode()
        shapes, paper = self.shapes(self.steps), self._paper.expand(source.picture + 1, 3)
        if suffix == ".plot.svg":
            return plot(shapes, paper, self._size, source.picture, self._spec.sheet, recipe=source.recipe)
        return svg(shapes, paper, self._size, source.picture, ["lines"], recipe=source.recipe)

    def _listed(self, lines: Tensor) -> str:
        height, width = self._size
        found = [f"Points of a pen's line on a canvas of {width} x {height}: number, to the right, down."]
        for line, colour in zip(lines.tolist(), self._spec.colours, strict=True):
            found += ["", f"Line {colour}"]
            found += [f"{number}: {x:.2f} {y:.2f}" for number, (x, y) in enumerate(line, 1)]
        return "\n".join([*found, ""])


def through(points: Tensor, roundness: float) -> Tensor:
    """(..., V, 2) to (..., V - 1, 4, 2): the curve through all of them (Catmull & Rom 1974), straight at 0."""
    before, after = points[..., :1, :], points[..., -1:, :]
    around = torch.cat([before, points, after], dim=-2)
    slope = (around[..., 2:, :] - around[..., :-2, :]) * (roundness / 6)
    start, end = points[..., :-1, :], points[..., 1:, :]
    return torch.stack([start, start + slope[..., :-1, :], end - slope[..., 1:, :], end], dim=-2)
