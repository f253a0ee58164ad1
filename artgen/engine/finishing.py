"""The finishing stages: what is done once to the finished pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from artgen import api
from artgen.engine.boundary import check_range, checked_numbers
from artgen.errors import is_out_of_memory
from artgen.registry.fence import ComponentError, fenced

Stage = tuple[str, api.Finish]
"""A stage, after what it is called in messages."""


@dataclass
class Progress:
    """Who is told how much of a stage is done; nobody, until a run begins or ``artgen finish`` watches."""

    tell: Callable[[str, float], None] = field(default=lambda title, share: None)

    def of(self, title: str) -> Callable[[float], None]:
        """What a stage says it to."""
        return lambda share: self.tell(title, min(max(share, 0.0), 1.0))


@dataclass(frozen=True)
class Outcome:
    """What the stages made."""

    finished: api.Finished
    done: int
    """How many of the stages it has been through."""
    failure: str | None = None
    """Why not through the next one."""
    error: ComponentError | None = None
    """What that came of."""


def stage_of(built: Any, spec: api.Spec, steps: int) -> api.Finish:
    """What a spec has built, as a stage; a filter changes the picture as it does after the last step."""
    if not isinstance(spec, api.FilterSpec):
        stage: api.Finish = built
        return stage
    return lambda finished: replace(finished, image=built(finished.image, steps))


def apply_stages(stages: Sequence[Stage], image: Tensor, alpha: Tensor | None) -> Outcome:
    """(B, 3, H, W), and (B, 1, H, W) where there is alpha, through all stages, or up to the one that fails.

    Each gets what a file would hold, so that pictures are the same whether they are finished in their run or later.
    """
    made = api.Finished(in_levels(image), None if alpha is None else in_levels(alpha))
    for done, (title, stage) in enumerate(stages):
        try:
            with torch.no_grad(), fenced(title):
                made = _checked(stage(made), made, title)
        except ComponentError as error:  # whatever it is, the drawing shall not be lost
            return Outcome(made, done, _reason(title, error), error)
    return Outcome(made, len(stages))


def in_levels(values: Tensor) -> Tensor:
    """In [0, 1], as 8 bits hold them."""
    return (values.detach().float().clamp(0, 1) * 255).round() / 255


def _checked(after: api.Finished, before: api.Finished, title: str) -> api.Finished:
    if not isinstance(after, api.Finished):
        raise ComponentError(f"{title} returned {type(after).__name__}; expected artgen.api.Finished")
    count, device = len(before.image), before.image.device
    image = checked_numbers(after.image, title, device)
    alpha = None if after.alpha is None else checked_numbers(after.alpha, title, device)
    if image.dim() != 4 or image.shape[:2] != (count, 3) or 0 in image.shape:
        raise ComponentError(f"{title} returned {tuple(image.shape)}; expected {(count, 3)} x height x width")
    check_range(image, title)
    if alpha is not None:
        wanted = (count, 1, *image.shape[2:])
        if alpha.shape != wanted:
            raise ComponentError(f"{title} returned alpha of {tuple(alpha.shape)}; expected {wanted}")
        check_range(alpha, title)
    for suffix, files in after.files.items():
        if len(files) != count:
            raise ComponentError(f"{title} returned {len(files)} {suffix} files for {count} pictures")
    return api.Finished(in_levels(image), None if alpha is None else in_levels(alpha), after.files)


def _reason(title: str, error: ComponentError) -> str:
    if error.__cause__ and is_out_of_memory(error.__cause__):
        return f"{title}: out of memory; the picture is as it was before"
    return f"{error}; the picture is as it was before"
