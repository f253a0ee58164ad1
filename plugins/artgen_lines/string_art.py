"""The working half of string art."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, ExportSource
from artgen.canvas import Descending, Descent
from artgen.colours import channels
from artgen.vectors import Shapes, plot, polyline, svg
from artgen_lines.lines_spec import Lines
from artgen_lines.nails import nails
from artgen_lines.threads import Threads, drawn_width
from artgen_lines.winding import chords_of, sorted_chords, whole, wind

RATE = 0.05
"""Windings that a step of length 1 adds or takes."""
MOST = 6.0
"""How often a thread may be wished for along one chord."""
FIRST = 0.3
"""The share of all windings that a drawing without a start begins with."""
FIT = 80
"""Steps towards a start; each costs two sums over all threads."""
FIT_SIDE = 192
"""Pixels of the longer side, at most, of the small picture that a start is for that."""


class StringArt(Descending):
    """How often each thread runs along each chord, (B, threads, C), counted in steps; any number of 0 or more.

    The threads' densities add up; the drawing turns from the wished numbers to those of one thread for each colour as
    `harden` says, and the gradient stays that of the wishes.
    """

    def __init__(self, spec: Lines, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._size, self._env = spec, env.size, env
        self._side = min(env.size)
        self._nails = nails(spec.frame, spec.nails, env.size)
        self._order = sorted_chords(self._nails)
        self._threads = self._of(env.size)
        self._colours = torch.tensor([channels(colour) for colour in spec.colours], device=env.device)
        self._paper = torch.tensor(channels(spec.paper), device=env.device)
        self._choices = torch.from_numpy(self._nails.choices).to(env.device)
        wishes = self._anywhere() if env.start is None else self._like(env.start)
        bounds = torch.zeros((), device=env.device), self._choices * (MOST / RATE)
        self._descent = Descent(spec, [wishes / RATE], env.steps, bounds)

    def _anywhere(self) -> Tensor:
        chances = self._env.random.uniform("chords", (len(self._spec.colours), len(self._choices))) ** 4
        return self._within(chances * self._choices * (MOST / 2), FIRST * self._spec.windings)

    def _like(self, image: Tensor) -> Tensor:
        """Wishes whose drawing is near to (B, 3, H, W), by the same descent that the losses drive."""
        share = min(1.0, FIT_SIDE / max(self._size))
        size = max(1, round(share * self._size[0])), max(1, round(share * self._size[1]))
        small = F.interpolate(image.detach(), size, mode="area")
        threads = self._threads if size == self._size else self._of(size)
        wishes = (self._anywhere() * 0.1).requires_grad_()
        adam = torch.optim.Adam([wishes], lr=RATE)
        with torch.enable_grad():
            for _ in range(FIT):
                adam.zero_grad()
                (self._composed(wishes, threads, size) - small).square().sum().backward()
                adam.step()
                wishes.data.copy_(self._within(wishes.data.clamp(0, MOST) * self._choices, self._spec.windings))
        return wishes.detach()

    @staticmethod
    def _within(wishes: Tensor, most: float) -> Tensor:
        """At most so many windings of each thread."""
        return wishes * (most / wishes.sum(dim=2, keepdim=True).clamp(min=1e-9)).clamp(max=1)

    def _of(self, size: tuple[int, int]) -> Threads:
        placed = nails(self._spec.frame, self._spec.nails, size)
        return Threads(placed, self._spec.line_width * min(size), size, self._env.device)

    def _composed(self, counts: Tensor, threads: Threads, size: tuple[int, int]) -> Tensor:
        """(B, threads, C) to pictures of (H, W): thread after thread over the paper."""
        passes = (-threads.density(counts.flatten(0, 1))).exp().view(*counts.shape[:2], 1, *size)
        image = self._paper.view(1, 3, 1, 1).expand(len(counts), 3, *size)
        for number, colour in enumerate(self._colours):
            image = torch.lerp(colour.view(1, 3, 1, 1).expand_as(image), image, passes[:, number].expand_as(image))
        return image

    def orders(self, step: int) -> list[list[list[int]]]:
        """For each picture and thread the nails, counted from 0, as the wishes of a step can be wound."""
        wishes = self._wishes(step).detach().cpu().double().numpy()
        return [[wind(self._nails, whole(thread, self._order)) for thread in picture] for picture in wishes]

    def _wishes(self, step: int) -> Tensor:
        return self._descent.at(step)[0] * RATE

    def _hard(self, step: int) -> Tensor:
        counts = [[chords_of(self._nails, thread) for thread in picture] for picture in self.orders(step)]
        return torch.from_numpy(np.array(counts)).to(self._choices.device, torch.float32)

    def draw(self, step: int) -> Tensor:
        wishes = self._wishes(step)
        hardness = 1.0 if step >= self.steps else self._spec.harden.at(step, self.steps)
        if hardness > 0:
            # The picture is that of what can be wound, the gradient that of the wish (a straight-through estimator).
            wishes = wishes + hardness * (self._hard(step) - wishes.detach())
        return self._composed(wishes, self._threads, self._size).clamp(0, 1)

    def advance(self, step: int) -> None:
        """Spend the gradient; no thread gets longer than it may be."""
        super().advance(step)
        self._shorten()

    def put_numbers(self, numbers: Sequence[Tensor]) -> None:
        """Draw with these from now on."""
        super().put_numbers(numbers)
        self._shorten()

    def _shorten(self) -> None:
        (wishes,) = self._descent.parameters
        wishes.data.copy_(self._within(wishes.data, self._spec.windings / RATE))

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from threads that show (B, 3, H, W)."""
        self._descent.put([self._like(image) / RATE])

    def exported(self, suffix: str, source: ExportSource) -> bytes:
        """Each winding as a line, a plotter's way, or the nails to wind round."""
        wound = self.orders(self.steps)[source.picture]
        if suffix == ".txt":
            return self._instructions(wound).encode()
        lines = [
            self._shapes(order, colour, single=suffix == ".plot.svg")
            for order, colour in zip(wound, self._colours, strict=True)
        ]
        if suffix == ".plot.svg":
            return plot(lines, self._paper[None], self._size, sheet=self._spec.sheet, recipe=source.recipe)
        names = [f"thread {colour}" for colour in self._spec.colours]
        paper = self._paper[None]
        return svg(lines, paper, self._size, names=names, recipe=source.recipe)

    def _shapes(self, order: list[int], colour: Tensor, single: bool) -> Shapes:
        """A thread as one line, or, so that it darkens where it crosses itself, as a line for each winding."""
        places = torch.from_numpy(self._nails.places[order]).float().view(1, -1, 2)
        way = polyline(places)
        paths = way[:, None] if single else way[:, :, None]
        width, opacity = drawn_width(self._spec.line_width * self._side)
        like = torch.ones(paths.shape[:2])
        return Shapes(paths, colour.cpu().expand(1, paths.shape[1], 3), like * opacity, like * width)

    def _instructions(self, wound: list[list[int]]) -> str:
        lines = [f"String art on {self._nails.about}.", "Go from nail to nail as the numbers say."]
        for order, colour in zip(wound, self._spec.colours, strict=True):
            way = self._nails.places[order]
            length = np.linalg.norm(np.diff(way, axis=0), axis=1).sum() / self._side if order else 0.0
            lines += [
                "",
                f"Thread {colour}: {max(0, len(order) - 1)} windings, {length:.1f} times the shorter side long",
            ]
            lines += [f"{number}: {nail + 1}" for number, nail in enumerate(order, 1)]
        return "\n".join([*lines, ""])
