"""The working half of the shapes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

import torch
from torch import Tensor

from artgen.api import Env, ExportSource
from artgen.canvas import Descending, Descent
from artgen.colours import Palette, channels
from artgen.vectors import Shapes, paint, paint_with_cover, svg
from artgen_shapes import FlatShapes
from artgen_shapes.beginning import NEW, Laid, at_random, discs, from_picture, radius, together
from artgen_shapes.placing import cells, places, wanted_colours

CANVAS = 224
"""Pixels of the shorter side for which the rates are given."""
SMALLEST_RATE = 1e-6
"""A rate of 0 holds numbers still; they count in steps, and none may be 0."""
UNSEEN = 0.002
"""Shapes of a lower opacity are not written."""
NAMES = {
    "black": "#000000",
    "white": "#ffffff",
    "grey": "#808080",
    "red": "#d62728",
    "orange": "#f58518",
    "yellow": "#f2cf1d",
    "green": "#3c9a3c",
    "blue": "#3366cc",
    "purple": "#7d3f9c",
    "pink": "#f2a7b8",
    "brown": "#7a4a2b",
}
"""The basic colour terms (Berlin & Kay 1969), by which layers are called, and a colour that each is used of."""


class ShapesGenerator(Descending):
    """The paper (B, 3), and for each round of shapes points (B, L, P, 2) and colours (B, L, 4).

    Each is counted in the steps that it takes, so that one optimiser moves all of them at their own rates. Rounds that
    have not come yet are not drawn, and so nothing moves them.
    """

    def __init__(self, spec: FlatShapes, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._env = spec, env
        self._middle = torch.tensor([env.size[1] / 2, env.size[0] / 2], device=env.device)
        self._point_rate = max(spec.point_rate * min(env.size) / CANVAS, SMALLEST_RATE)
        self._colour_rate = max(spec.colour_rate, SMALLEST_RATE)
        start = env.start
        self._ends = list(pairwise(_ends(spec, start is not None)))
        rounds = [at_random(spec, env, f"round {n}", *ends) for n, ends in enumerate(self._ends)]
        if start is not None:
            rounds[0] = from_picture(spec, env, start, self._ends[0][1])
        paper = torch.tensor(channels(spec.paper), device=env.device).expand(env.batch, 3)
        self._descent = Descent(spec, self._counted(paper, rounds), env.steps)
        self._there = 1
        self._asked = torch.zeros(env.batch, 3, *env.size, device=env.device)
        self._cover = torch.zeros(env.batch, 1, *env.size, device=env.device)

    def _counted(self, paper: Tensor, rounds: Sequence[Laid]) -> list[Tensor]:
        """Paper, points and colours as the optimiser has them."""
        counted = [paper / self._colour_rate]
        for laid in rounds:
            counted += [(laid.points - self._middle) / self._point_rate, laid.colours / self._colour_rate]
        return counted

    def _values(self, step: int) -> tuple[Tensor, list[Laid]]:
        """The paper, and all rounds."""
        paper, *others = self._descent.at(step)
        paper = paper if self._spec.paper_moves else paper.detach()
        pairs = zip(others[::2], others[1::2], strict=True)
        rounds = [Laid(p * self._point_rate + self._middle, c * self._colour_rate) for p, c in pairs]
        paper = paper * self._colour_rate
        if step < self.steps:
            return paper, rounds
        # An average may have begun with numbers that were not brought back yet.
        return paper.clamp(0, 1), [Laid(one.points, one.colours.clamp(0, 1)) for one in rounds]

    def shapes(self, step: int) -> tuple[Shapes, Tensor]:
        """The shapes that have come after so many steps, and the paper, (B, 3)."""
        paper, rounds = self._values(step)
        return together(rounds[: self._there]).shapes(self._spec), paper

    def draw(self, step: int) -> Tensor:
        return self._over(*self.shapes(step))

    def draw_over(self, ground: Tensor, step: int) -> Tensor:
        """The shapes over (B, 3, H, W) in place of the paper."""
        return self._over(self.shapes(step)[0], ground)

    def _over(self, shapes: Shapes | Sequence[Shapes], ground: Tensor) -> Tensor:
        picture, cover = paint_with_cover(shapes, ground, self._env.size)
        self._cover = cover.detach()
        if picture.requires_grad and self._there < len(self._ends):
            picture.register_hook(self._hear)
        return picture

    def _hear(self, gradient: Tensor) -> None:
        """What the losses ask of the picture, summed up until shapes come."""
        self._asked += gradient

    @property
    def cover(self) -> Tensor:
        """What the shapes cover that were drawn last."""
        return self._cover

    def advance(self, step: int) -> None:
        """Spend the gradient; colours that leave their range are brought back, and shapes come when it is time."""
        super().advance(step)
        self._bring_back()
        while self._there < len(self._ends) and step + 1 >= self._due(self._there):
            self._grow(step + 1)

    def _due(self, number: int) -> int:
        """After how many steps a round comes."""
        share = self._spec.until * number / (len(self._ends) - 1)
        return min(self.steps - 1, math.ceil(share * self.steps))

    @torch.no_grad()
    def _grow(self, step: int) -> None:
        """The next round comes, where and in the colours that the losses asked for; shapes that nobody sees do, too."""
        paper, rounds = self._values(step)
        number, (first, last) = self._there, self._ends[self._there]
        below = together(rounds[:number])
        fresh = torch.ones(self._env.batch, last, dtype=torch.bool, device=paper.device)
        fresh[:, :first] = below.colours[..., 3] < self._spec.renew
        new = self._asked_for(paint(below.shapes(self._spec), paper, self._env.size), number, fresh)
        counted = self._counted(paper, [new.part(*ends) for ends in self._ends[: number + 1]])
        numbers = list(self._descent.parameters)
        for round_, (begin, end) in enumerate(self._ends[: number + 1]):
            for i in (1 + 2 * round_, 2 + 2 * round_):
                mask = fresh[:, begin:end].view(self._env.batch, end - begin, *(1,) * (numbers[i].dim() - 2))
                numbers[i] = torch.where(mask, counted[i], numbers[i])
        self._descent.put(numbers)
        self._there += 1
        self._asked.zero_()

    def _asked_for(self, picture: Tensor, number: int, fresh: Tensor) -> Laid:
        """Shapes for (B, L), of which only those count that are `fresh`: the topmost get the first places."""
        size, purpose = radius(self._spec, self._env, *self._ends[number]), f"grown {number}"
        chance = self._env.random.uniform(f"{purpose} places", cells(self._env.size, size))
        rank = (fresh.flip(1).cumsum(dim=1).flip(1) - 1).clamp(min=0)
        where = _picked(places(self._asked, size, int(fresh.sum(dim=1).max()), chance), rank)
        colours = wanted_colours(picture, self._asked, where, size / 2)
        colours = torch.cat([colours, torch.full_like(colours[..., :1], NEW)], dim=2)
        return discs(self._spec, self._env, purpose, where, size, colours)

    def put_numbers(self, numbers: Sequence[Tensor]) -> None:
        """Draw with these from now on; who moves the numbers moves those of all rounds."""
        super().put_numbers(numbers)
        self._there = len(self._ends)
        self._bring_back()

    def _bring_back(self) -> None:
        paper, *others = self._descent.parameters
        for channel in (paper, *others[1::2]):
            channel.data.clamp_(0, 1 / self._colour_rate)

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from shapes that lie and are coloured as (B, 3, H, W) has it."""
        all_of_it = from_picture(self._spec, self._env, image, self._ends[-1][1])
        rounds = [all_of_it.part(*ends) for ends in self._ends]
        self._descent.put(self._counted(self._values(step)[0].detach(), rounds))
        self._there = len(self._ends)

    def state_dict(self) -> dict[str, Any]:
        """The numbers, the optimiser's memory, which rounds are there, and what was asked for since the last."""
        return {"descent": super().state_dict(), "there": self._there, "asked": self._asked.clone()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`'s answer."""
        super().load_state_dict(state["descent"])
        self._there = state["there"]
        self._asked.copy_(state["asked"])

    def exported(self, suffix: str, source: ExportSource) -> bytes:
        """The shapes as SVG: a layer for each run of shapes of like colours."""
        shapes, paper = self.shapes(self.steps)
        number = source.picture
        assert shapes.opacities is not None
        palette = Palette(list(NAMES.values()), paper.device)
        nearest = palette.nearest(shapes.colours[number]).tolist()
        seen = (shapes.opacities[number] >= UNSEEN).nonzero()[:, 0].tolist()
        groups = [(list(NAMES)[name], list(run)) for name, run in groupby(seen, key=nearest.__getitem__)]
        layers = [Shapes(shapes.paths[:, run], shapes.colours[:, run], shapes.opacities[:, run]) for _, run in groups]
        names = [name for name, _ in groups]
        return svg(layers, paper, self._env.size, number, names=names, recipe=source.recipe)


def _ends(spec: FlatShapes, picture: bool) -> list[int]:
    """0, and how many shapes there are after each round."""
    usual = spec.count * 3 // 4 if picture else spec.count // 8
    first = max(1, usual) if spec.first is None else spec.first
    grown = (first + (spec.count - first) * n // spec.rounds for n in range(spec.rounds + 1))
    return [0, *dict.fromkeys(grown)]


def _picked(rows: Tensor, chosen: Tensor) -> Tensor:
    """(B, N, ...) at (B, L): (B, L, ...)."""
    batch = torch.arange(len(rows), device=rows.device)[:, None]
    return rows[batch, chosen]
