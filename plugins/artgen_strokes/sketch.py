"""The working half of sketches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from artgen.api import Env, ExportSource
from artgen.canvas import Descending, Descent
from artgen.colours import channels
from artgen.vectors import Shapes, chain, paint_with_cover, plot, svg
from artgen_strokes.edges import as_chains
from artgen_strokes.sketch_spec import Sketch

CANVAS = 224
"""Pixels of the shorter side for which the rate of points is given."""
SMALLEST_RATE = 1e-6
"""A rate of 0 holds numbers still; they count in steps, and none may be 0."""
LIFTED = -0.8
"""Pressure at both ends of a line at the start, where the pen comes down and leaves."""
FREE = 0.3
"""Lines that are shorter than this share of the shorter side move less in a step, so that they keep their form."""
THINNEST = 0.05
"""The least width, as a share of `width`."""


class SketchGenerator(Descending):
    """Points (B, count, 3 segments + 1, 2), pressure (B, count, segments + 1) and opacities (B, count).

    Each is counted in the steps that it takes, so that one optimiser moves all of them at their own rates.
    """

    def __init__(self, spec: Sketch, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._env = spec, env
        self._middle = torch.tensor([env.size[1] / 2, env.size[0] / 2], device=env.device)
        self._ink, self._paper = (
            torch.tensor([channels(colour)], device=env.device).expand(env.batch, 3)
            for colour in (spec.ink, spec.paper)
        )
        start = env.start
        points = self._anywhere() if start is None else self._along(start)
        short = (_lengths(points) / (FREE * min(env.size))).clamp(0, 1)[..., None, None]
        rates = (short * spec.point_rate * min(env.size) / CANVAS, spec.pressure_rate, spec.opacity_rate)
        self._rates = [torch.as_tensor(rate, device=env.device).clamp(min=SMALLEST_RATE) for rate in rates]
        self._descent = Descent(spec, self._counted(points), env.steps)
        self._left = torch.ones(env.batch, spec.count, dtype=torch.bool, device=env.device)
        self._gain = torch.zeros(env.batch, spec.count, device=env.device)
        self._cover = torch.zeros(env.batch, 1, *env.size, device=env.device)

    def _anywhere(self) -> Tensor:
        """Points of short lines."""
        spec, env = self._spec, self._env
        places = env.random.uniform("places", (spec.count, 1, 2)) * 2 * self._middle
        bends = env.random.uniform("bends", (spec.count, 3 * spec.segments, 2)) - 0.5
        path = torch.cat([torch.zeros_like(places), bends.cumsum(dim=2)], dim=2)
        return places + path * 2 * spec.length * min(env.size)

    def _along(self, image: Tensor) -> Tensor:
        """Points of lines along the edges of (B, 3, H, W); where there are too few, the others are anywhere."""
        points = self._anywhere()
        for number, picture in enumerate(image.expand(len(points), -1, -1, -1)):
            found = as_chains(picture.detach(), self._spec.count, self._spec.segments)
            points[number, : len(found)] = found
        return points

    def _counted(self, points: Tensor) -> list[Tensor]:
        """Points, and how lines begin with them, as the optimiser has it."""
        pressure = points.new_zeros(*points.shape[:2], self._spec.segments + 1)
        pressure[..., 0] = pressure[..., -1] = LIFTED
        values = [points - self._middle, pressure, torch.ones_like(pressure[..., 0])]
        return [value / rate for value, rate in zip(values, self._rates, strict=True)]

    def shapes(self, step: int) -> Shapes:
        """The lines after so many steps; those that were taken away are clear."""
        counted = zip(self._descent.at(step), self._rates, strict=True)
        points, pressure, opacities = (value * rate for value, rate in counted)
        if step >= self.steps:
            # An average may have begun with numbers that were not brought back yet.
            pressure, opacities = pressure.clamp(-1, 1), opacities.clamp(0, 1)
        widths = (1 + self._spec.pressure * pressure).clamp(min=THINNEST) * self._spec.width * min(self._env.size)
        colours = self._ink[:, None].expand(-1, points.shape[1], -1)
        return Shapes(chain(points + self._middle), colours, opacities * self._left, widths)

    def draw(self, step: int) -> Tensor:
        return self.draw_over(self._paper, step)

    def draw_over(self, ground: Tensor, step: int) -> Tensor:
        """The lines over (B, 3, H, W) in place of the paper."""
        picture, cover = paint_with_cover(self.shapes(step), ground, self._env.size)
        self._cover = cover.detach()
        return picture

    @property
    def cover(self) -> Tensor:
        """What the lines cover that were drawn last."""
        return self._cover

    def advance(self, step: int) -> None:
        """Spend the gradient; what leaves its range is brought back, and useless lines go when it is time."""
        opacities = self._descent.parameters[2]
        due = math.ceil(self._spec.prune * self.steps)
        if opacities.grad is not None and step < due < self.steps:
            # What the loss would be higher by without a line, as far as its slope tells.
            self._gain -= opacities.detach() * opacities.grad
        super().advance(step)
        self._bring_back()
        if step + 1 == due < self.steps:
            self._prune()

    @torch.no_grad()
    def _prune(self) -> None:
        """Take lines away that are faint, or that the loss does not need, the smallest first; the best one stays.

        By the first term of the loss's series, as Molchanov et al., "Pruning Convolutional Neural Networks for Resource
        Efficient Inference" (2017), do it with filters.
        """
        opacities = self._descent.parameters[2] * self._rates[2]
        shapes = self.shapes(0)
        assert shapes.widths is not None
        needed = self._gain > 0
        ink = _lengths(shapes.paths.flatten(2, 3)) * shapes.widths.mean(dim=2) * opacities
        rank = ink.masked_fill(needed, math.inf).argsort(dim=1, stable=True).argsort(dim=1)
        idle = ~needed & (rank < self._spec.useless * self._spec.count)
        best = torch.arange(self._spec.count, device=ink.device) == self._gain.argmax(dim=1, keepdim=True)
        self._left = ~(idle | (opacities < self._spec.faint)) | best

    def put_numbers(self, numbers: Sequence[Tensor]) -> None:
        """Draw with these from now on."""
        super().put_numbers(numbers)
        self._bring_back()

    def _bring_back(self) -> None:
        _, pressure, opacities = self._descent.parameters
        pressure.data.clamp_(-1 / self._rates[1], 1 / self._rates[1])
        opacities.data.clamp_(0, float(1 / self._rates[2]))

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from lines along the edges of (B, 3, H, W), all of them again."""
        self._descent.put(self._counted(self._along(image)))
        self._left = torch.ones_like(self._left)

    def state_dict(self) -> dict[str, Any]:
        """The numbers, the optimiser's memory, which lines are left, and what the loss gained by each."""
        return {"descent": super().state_dict(), "left": self._left.clone(), "gain": self._gain.clone()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`'s answer."""
        super().load_state_dict(state["descent"])
        self._left, self._gain = state["left"].clone(), state["gain"].clone()

    def exported(self, suffix: str, source: ExportSource) -> bytes:
        """The lines that are left as SVG, their outlines where their width changes; or the way of a plotter's pen."""
        shapes, number = self.shapes(self.steps), source.picture
        assert shapes.widths is not None and shapes.opacities is not None
        left = self._left[number].nonzero()[:, 0]
        ink = Shapes(shapes.paths[:, left], shapes.colours[:, left], shapes.opacities[:, left], shapes.widths[:, left])
        if suffix == ".plot.svg":
            return plot(ink, self._paper, self._env.size, number, self._spec.sheet, recipe=source.recipe)
        return svg(ink, self._paper, self._env.size, number, names=["ink"], recipe=source.recipe)


def _lengths(points: Tensor) -> Tensor:
    """(B, L, P, 2) to (B, L): how long the way through the points is."""
    lengths: Tensor = points.diff(dim=2).norm(dim=3).sum(dim=2)
    return lengths
