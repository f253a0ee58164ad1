"""Where shapes lie before the first step: anywhere, or as a picture has it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from artgen.api import Env
from artgen.colours import channels
from artgen.vectors import Shapes, paint
from artgen_shapes import FlatShapes
from artgen_shapes.forms import corners_of, outlined, paths, points_of, round_points
from artgen_shapes.placing import cells, places, seen_at
from artgen_shapes.regions import regions_of

STAGES = 8
"""How often it is looked what of a picture is still missing, while shapes are laid over each other."""
OPACITY = 0.95
"""Of shapes that follow a picture; less than 1, so that the gradient reaches what lies below."""
FAINTEST = 0.3
"""The least opacity of those, so that none gets lost."""
FIT_POINTS = 1 / 224
"""How far a point moves in a step in which shapes are fitted to a picture, as a share of the shorter side."""
FIT_COLOURS = 0.02
"""How far a colour's channels move in such a step."""
NEW = 0.7
"""Opacity of shapes that are added while the drawing grows."""


@dataclass(frozen=True)
class Laid:
    """L shapes for each of B pictures."""

    points: Tensor
    """(B, L, P, 2) in pixels."""
    colours: Tensor
    """(B, L, 4), the last of them the opacity."""

    def part(self, first: int, last: int) -> Laid:
        """Those from number `first` to before `last`."""
        return Laid(self.points[:, first:last], self.colours[:, first:last])

    def shapes(self, spec: FlatShapes) -> Shapes:
        """As they are drawn."""
        return Shapes(paths(spec.kind, self.points), self.colours[..., :3], self.colours[..., 3])


def together(parts: list[Laid]) -> Laid:
    """The parts over each other, first the lowest."""
    return Laid(torch.cat([part.points for part in parts], dim=1), torch.cat([part.colours for part in parts], dim=1))


def radius(spec: FlatShapes, env: Env, first: int, last: int) -> float:
    """In pixels, of the shapes from number `first` to before `last` when they come."""
    share = min(1.0, (first + last - 1) / 2 / max(1, spec.count - 1))
    large, small = spec.sizes
    return math.exp((1 - share) * math.log(large) + share * math.log(small)) * min(env.size)


def discs(spec: FlatShapes, env: Env, purpose: str, where: Tensor, size: float, colours: Tensor) -> Laid:
    """About round shapes at (B, L, 2) of such a radius and of (B, L, 4)."""
    return _discs(spec, where, size, colours, _form_chance(spec, env, purpose, where.shape[1]))


def _form_chance(spec: FlatShapes, env: Env, purpose: str, count: int) -> Tensor:
    return env.random.uniform(f"{purpose} forms", (count, corners_of(spec) + 1))


def _discs(spec: FlatShapes, where: Tensor, size: float, colours: Tensor, chance: Tensor) -> Laid:
    return Laid(round_points(spec, where, torch.full_like(where[..., 0], size), chance), colours)


def at_random(spec: FlatShapes, env: Env, purpose: str, first: int, last: int) -> Laid:
    """Shapes anywhere and of any colour."""
    count = last - first
    where = env.random.uniform(f"{purpose} places", (count, 2))
    where = where * torch.tensor([env.size[1], env.size[0]], device=env.device)
    colours = env.random.uniform(f"{purpose} colours", (count, 4))
    return discs(spec, env, purpose, where, radius(spec, env, first, last), colours)


def from_picture(spec: FlatShapes, env: Env, image: Tensor, count: int) -> Laid:
    """So many that look like (B, 3, H, W): its regions, the largest first, and then discs where most is missing."""
    pictures = image.expand(env.batch, -1, -1, -1).split(1)
    laid = [_like(spec, env, picture, number, count) for number, picture in enumerate(pictures)]
    return Laid(torch.cat([one.points for one in laid]), torch.cat([one.colours for one in laid]))


def _like(spec: FlatShapes, env: Env, image: Tensor, number: int, count: int) -> Laid:
    """The same of one picture, the batch's `number`."""
    paper = torch.tensor([channels(spec.paper)], device=env.device)
    regional = spec.kind in ("polygon", "blob")
    laid = _regions(spec, image, paper, count if regional else 0)
    have = laid.points.shape[1]
    if have:
        laid = fitted(spec, laid, image, paper, -(-spec.fit // STAGES))
    ends = sorted({have + (count - have) * stage // STAGES for stage in range(STAGES + 1)})
    for stage, (first, last) in enumerate(pairwise(ends)):
        size = radius(spec, env, *((spec.count - 1, spec.count) if regional else (first, last)))
        purpose = f"stage {stage}"
        missing = image - paint(laid.shapes(spec), paper, env.size)
        chance = env.random.uniform(f"{purpose} places", cells(env.size, size))[number : number + 1]
        where = places(missing, size, last - first, chance)
        colours = seen_at(image, where, size / 2)
        colours = torch.cat([colours, torch.full_like(colours[..., :1], OPACITY)], dim=2)
        chance = _form_chance(spec, env, purpose, last - first)[number : number + 1]
        laid = together([laid, _discs(spec, where, size, colours, chance)])
        laid = fitted(spec, laid, image, paper, -(-spec.fit // STAGES))
    return laid


@torch.enable_grad()
def fitted(spec: FlatShapes, laid: Laid, image: Tensor, paper: Tensor, steps: int) -> Laid:
    """Shapes moved so many steps nearer to a picture, (1, 3, H, W), by the square of what is missing."""
    size = (image.shape[2], image.shape[3])
    points, colours = (values.clone().requires_grad_() for values in (laid.points, laid.colours))
    rates = [(points, FIT_POINTS * min(size)), (colours, FIT_COLOURS)]
    optimiser = torch.optim.Adam([{"params": [values], "lr": rate} for values, rate in rates])
    for _ in range(steps):
        drawn = paint(Laid(points, colours).shapes(spec), paper, size)
        optimiser.zero_grad()
        (drawn - image).square().sum().backward()
        optimiser.step()
        colours.data[..., :3].clamp_(0, 1)
        colours.data[..., 3].clamp_(FAINTEST, OPACITY)
    return Laid(points.detach(), colours.detach())


def _regions(spec: FlatShapes, image: Tensor, paper: Tensor, most: int) -> Laid:
    """At most so many regions of (1, 3, H, W) as shapes."""
    points, colours = image.new_zeros(0, points_of(spec), 2), image.new_zeros(0, 4)
    found = regions_of(image[0], spec.regions, paper[0], most) if most else []
    if found:
        points = torch.stack([torch.from_numpy(outlined(spec, region.outline)).to(points) for region in found])
        colours = torch.stack([torch.tensor([*region.colour, OPACITY]).to(colours) for region in found])
    return Laid(points[None], colours[None])
