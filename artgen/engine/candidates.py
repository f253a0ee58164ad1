"""Several drawings of a step, judged one after the other: memory does not grow with their number."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from artgen.api import DrawsCandidates
from artgen.engine.guidance import GuidanceResult
from artgen.engine.parts import Parts
from artgen.registry.fence import ComponentError, fenced


@dataclass(frozen=True)
class StepTaken:
    """What came of a step."""

    drawn: Tensor
    """(B, 3, H, W): the drawing."""
    image: Tensor
    """(B, 3, H, W): what was judged; the drawing, over a background where it has alpha."""
    guided: GuidanceResult


def take_step_of_several(
    parts: Parts, generator: DrawsCandidates, step: int, draw: Callable[[int], Tensor]
) -> StepTaken:
    """Judge every candidate, tell the generator and move it on; gives each picture's best, by its total.

    `draw` makes the drawing of a candidate, filters and all. Views and background are keyed by the step, and losses
    keep nothing from call to call, so that every candidate meets the same.
    """
    with fenced(parts.generator_title, step):
        count = operator.index(generator.candidates)
    if count < 1:
        raise ComponentError(f"{parts.generator_title} tries {count} drawings in a step; expected 1 or more")
    best: StepTaken | None = None
    totals: list[Tensor] = []
    for candidate in range(count):
        drawn = draw(candidate)
        image = parts.alpha.over(drawn, step) if parts.alpha else drawn
        guided = parts.guidance(image, step)
        if image.requires_grad:
            # What learns by the gradient, such as alpha, follows the mean of the candidates.
            with fenced(parts.drawers, step):
                image.backward(guided.gradient / count)
        totals.append(guided.totals)
        taken = StepTaken(drawn.detach(), image.detach(), guided)
        best = taken if best is None else _better(best, taken)
    assert best is not None
    with fenced(parts.generator_title, step):
        generator.compared(step, torch.stack(totals))
        generator.advance(step)
    if parts.alpha:
        parts.alpha.advance(step)
    return best


def _better(one: StepTaken, other: StepTaken) -> StepTaken:
    """Picture by picture, the one whose total is lower; the first where they are equal."""
    wins = other.guided.totals < one.guided.totals

    def pick(first: Tensor, second: Tensor) -> Tensor:
        return torch.where(wins.to(first.device).view(-1, *(1,) * (first.dim() - 1)), second, first)

    guided = replace(
        one.guided,
        gradient=pick(one.guided.gradient, other.guided.gradient),
        rows={name: pick(rows.expand(len(wins)), other.guided.rows[name]) for name, rows in one.guided.rows.items()},
        totals=pick(one.guided.totals, other.guided.totals),
        scores=pick(one.guided.scores, other.guided.scores),
    )
    return StepTaken(pick(one.drawn, other.drawn), pick(one.image, other.image), guided)
