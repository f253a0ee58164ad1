"""What a run begins with: settings that change it while it is drawn would never draw it again."""

from __future__ import annotations

import torch

from artgen.engine.drawing import at_work, draw
from artgen.engine.parts import Parts
from artgen.errors import InputError, RunError
from artgen.registry.fence import listening


def refuse_another(parts: Parts, before: Parts, beginning: torch.Tensor, *, judged: bool) -> None:
    """InputError if changed parts take another number of steps, or would have begun otherwise than those `before`.

    So it is, too, if their losses of the drawing that it began with, (B, 3, H, W), are others, or their gradient: then
    a component reads what should not reach it yet, such as a prompt whose weight is still 0. Not so before the first
    step, when nothing has been `judged`.
    """
    if parts.generator.steps != before.generator.steps:
        wanted, there = parts.generator.steps, before.generator.steps
        raise InputError(f"the generator would take {wanted} steps in place of {there}")
    # A GPU may round the same drawing otherwise from one time to the next.
    close = torch.equal if parts.device.type == "cpu" else torch.allclose
    same = close(first_drawing(parts), beginning)
    losses = [_judged(each, beginning) for each in (parts, before)] if judged else [(), ()]
    if not (same and all(close(*pair) for pair in zip(*losses, strict=False))):
        raise InputError("with these settings the picture would have begun otherwise; begin anew with them")


def first_drawing(parts: Parts) -> torch.Tensor:
    """(B, 3, H, W): what a run begins with."""
    with listening(), at_work(parts, gradient=False):
        return draw(parts, 0).clone()


def _judged(parts: Parts, drawn: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """The losses of what a run begins with, (B,), and their gradient; nothing, where a loss fails."""
    with listening(), at_work(parts, gradient=parts.descends):
        try:
            guided = parts.guidance(drawn, 0)
        except RunError:
            return ()
    return guided.totals, guided.gradient
