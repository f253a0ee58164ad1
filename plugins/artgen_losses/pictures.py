"""Pictures that losses compare with, and masks."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from artgen import canvas
from artgen.api import Env, InputError
from artgen.colours import channels


def read(path: Path, env: Env) -> Tensor:
    """(1, 3, H, W): a picture that fills the canvas."""
    return canvas.read_picture(path, env.size).to(env.device)


def plain(colour: str, env: Env) -> Tensor:
    """(1, 3, 1, 1): one colour."""
    return torch.tensor(channels(colour), device=env.device).view(1, 3, 1, 1)


def read_mask(path: Path | None, env: Env) -> Tensor:
    """(1, 1, H, W) in [0, 1]: the mean of a picture's channels; 1 everywhere without a picture."""
    if path is None:
        return torch.ones(1, 1, *env.size, device=env.device)
    return canvas.read_mask(path, env.size).to(env.device)


def refuse_nothing(mask: Tensor, loss: str, path: Path | None, where: str) -> None:
    """InputError where a mask leaves nothing to judge."""
    if not mask.any():
        raise InputError(f"{loss}: {path}: the mask leaves nothing {where} to judge; choose another")


def masked_mean(costs: Tensor, mask: Tensor) -> Tensor:
    """(B, 3, H, W) and (1, 1, H, W) to (B,): the mean over the channels and, by the mask's weight, the pixels."""
    return (costs * mask).sum(dim=(1, 2, 3)) / (costs.shape[1] * mask.sum())
