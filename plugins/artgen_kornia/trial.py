"""Each augmentation is tried once before the run: whether kornia takes its arguments, and passes a gradient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from artgen.api import ArtgenError, Env, InputError, is_out_of_memory
from artgen_kornia.changing import Change

SIDE = 64
"""The side of the view that is tried where no perceptor says which there will be."""
VIEWS = 4
"""Views that are tried, as chance may hide all of one."""


def tried(apply: Sequence[Mapping[str, Mapping[str, Any]]], sides: Sequence[int], env: Env) -> Iterator[Change]:
    """The changes, each tried on views of `sides`. InputError if kornia refuses one, or it could steer nothing."""
    for place, one in enumerate(apply):
        for name, arguments in one.items():
            where = f"apply[{place}]: {name}"
            try:
                change = Change(name, arguments, env.device)
                passes = [_passes(change, side, env) for side in sides or (SIDE,)]
            except ArtgenError as error:
                raise InputError(f"{where}: {error}") from None
            except Exception as error:
                if is_out_of_memory(error):
                    raise
                raise InputError(f"{where}: kornia refuses it: {_line(error)}") from error
            if not all(passes):
                _judge(change, where, env)
            yield change


def _passes(change: Change, side: int, env: Env) -> bool:
    """Whether a gradient comes through."""
    # The host may build its parts without gradients.
    with torch.enable_grad():
        views = _picture(side).to(env.device).expand(VIEWS, -1, -1, -1).clone().requires_grad_()
        made = change(views, 0, always=True)
        if not made.requires_grad:
            return False
        # No plain sum: it is the same for any order of the pixels' values.
        weights = torch.linspace(0.5, 1.5, made.numel()).view_as(made).to(made)
        (gradient,) = torch.autograd.grad((made * weights).sum(), views, allow_unused=True)
    return gradient is not None and bool(gradient.any())


def _picture(side: int) -> Tensor:
    """(1, 3, side, side): smooth colours between black and white."""
    across = torch.linspace(0, 1, side)
    red, green = torch.meshgrid(across, across, indexing="ij")
    waves = torch.stack((red, green, (red + green) / 2))
    return (0.5 + 0.4 * torch.sin(9 * waves + torch.tensor((0.0, 1.0, 2.0))[:, None, None]))[None]


def _judge(change: Change, where: str, env: Env) -> None:
    if change.share == 1:
        advice = "give it a 'p' below 1, or take it out"
        raise InputError(f"{where}: it passes no gradient, so that the views would steer nothing; {advice}")
    if change.share > 0:
        env.note(f"{where}: it passes no gradient, so that {change.share:.0%} of the views steer nothing")


def _line(error: Exception) -> str:
    said = " ".join(str(error).split())
    return said[:200] or type(error).__name__
