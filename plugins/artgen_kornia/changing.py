"""One augmentation of kornia, with the random numbers that it is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import kornia
import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import InputError
from artgen_kornia.catalogue import TENSOR, augmentations

RESIZING = ("CenterCrop", "LongestMaxSize", "PadTo", "RandomCrop", "RandomResizedCrop", "Resize", "SmallestMaxSize")
"""Augmentations whose result may have another size."""


class Change:
    """(n, 3, s, s) to (n, 3, h, w): one augmentation, for the n views of one picture.

    Kornia draws from torch's global generator. Here that has the state of a given seed while kornia works, and its own
    one afterwards. The parameters are drawn on the CPU, so that they are the same on every device.
    """

    def __init__(self, name: str, arguments: Mapping[str, Any], device: torch.device) -> None:
        self.name = name
        self._some = 1.0
        if name in RESIZING:
            # A batch has one size, so kornia changes all of it or none; here the others are brought back to theirs.
            self._some = arguments.get("p", 1.0)
            arguments = {key: value for key, value in arguments.items() if key != "p"}
        self._draws = _module(name, arguments)
        self._changes = _module(name, arguments).to(device)

    @property
    def share(self) -> float:
        """The share of views that it changes."""
        return float(self._some * self._draws.p * self._draws.p_batch)

    def __call__(self, views: Tensor, seed: int, always: bool = False) -> Tensor:
        """The changed `views`, with the random numbers of `seed`; all of them are changed, if `always`."""
        if views.requires_grad:
            # RandomGamma's slope at black is infinite, and one such pixel would take the gradient from all the others.
            views = views.view_as(views)
            views.register_hook(_finite)
        with seeded(seed):
            parameters = self._draws.forward_parameters(views.shape)
            if always:
                parameters["batch_prob"] = torch.ones(len(views))
            changed: Tensor = self._changes(views, params=parameters)
            return changed if always or self._some == 1 else self._mixed(views, changed)

    def _mixed(self, views: Tensor, changed: Tensor) -> Tensor:
        """Some of the changed views, brought to the size of the others."""
        height, width = views.shape[2:]
        chosen = torch.rand(len(views)).to(views.device) < self._some
        return torch.where(chosen[:, None, None, None], resized(changed, (height, width)), views)


def _module(name: str, arguments: Mapping[str, Any]) -> Any:
    made = getattr(kornia.augmentation, name, None)
    if made is None:
        raise InputError(f"kornia {kornia.__version__} has no {name}; install a newer one: pip install -U kornia")
    known = augmentations()[name]
    return made(**{key: _taken(value, known[key].kinds) for key, value in arguments.items()})


def _taken(value: Any, kinds: tuple[str, ...]) -> Any:
    """As kornia's signatures want it."""
    if not isinstance(value, list):
        return value
    return torch.tensor(value) if TENSOR in kinds else tuple(value)


def _finite(gradient: Tensor) -> Tensor:
    return gradient.nan_to_num(0, 0, 0)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Inside, torch's generator on the CPU begins with `seed`; afterwards it is as it was."""
    before = torch.get_rng_state()
    # Not torch.manual_seed, which seeds those of all other devices, too.
    torch.default_generator.manual_seed(seed)
    try:
        yield
    finally:
        torch.set_rng_state(before)


def resized(views: Tensor, size: tuple[int, int]) -> Tensor:
    """(N, 3, H, W) brought to `size`, without aliasing."""
    if tuple(views.shape[2:]) == size:
        return views
    return F.interpolate(views, size, mode="bilinear", antialias=True)
