"""What crosses from one component to the next: its shape, numbers, device and range, and whether it has a graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from artgen.registry.fence import ComponentError


@dataclass
class Boundary:
    """Looks at the pictures of a run, and tells once of each component that stops the gradient."""

    shape: tuple[int, int, int, int]
    """(B, 3, H, W)."""
    device: torch.device
    note: Callable[[str], None]
    expects_gradient: bool = True
    """Whether the generator wants one."""
    _told: set[str] = field(default_factory=set)

    def drawn(self, image: Any, title: str, step: int) -> Tensor:
        """What the generator has drawn; `ComponentError` if it is no picture of the canvas."""
        checked = self._picture(image, title, step)
        if self.expects_gradient and torch.is_grad_enabled() and not checked.requires_grad:
            self._tell(f"{title}: its drawing has no gradient, so that no loss can change it")
        return checked

    def filtered(self, image: Any, before: Tensor, title: str, step: int) -> Tensor:
        """What a filter has made of the picture before it."""
        checked = self._picture(image, title, step)
        if before.requires_grad and torch.is_grad_enabled() and not checked.requires_grad:
            self._tell(f"{title}: lets no gradient through, so that no loss can change what it is given")
        return checked

    def _picture(self, image: Any, title: str, step: int) -> Tensor:
        checked = checked_numbers(image, title, self.device, step)
        if checked.shape != self.shape:
            raise ComponentError(f"{title} returned {tuple(checked.shape)} at step {step}; expected {self.shape}")
        check_range(checked, title, step)
        return checked

    def _tell(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self.note(line)


def checked_numbers(values: Any, title: str, device: torch.device, step: int | None = None) -> Tensor:
    """The values; `ComponentError` unless they are a tensor of float32 on `device`."""
    when = "" if step is None else f" at step {step}"
    if not isinstance(values, Tensor):
        raise ComponentError(f"{title} returned {type(values).__name__}{when}; expected a tensor")
    if values.dtype != torch.float32:
        kind = str(values.dtype).removeprefix("torch.")
        raise ComponentError(f"{title} returned {kind} numbers{when}; expected float32")
    if not _is_on(values.device, device):
        raise ComponentError(f"{title} returned numbers on {values.device}{when}; expected {device}")
    return values


def checked_values(values: Any, title: str, image: Tensor, step: int) -> Tensor:
    """What a loss says of (B, 3, H, W): () or (B,) of float32, and finite; else `ComponentError`."""
    batch = len(image)
    if not isinstance(values, Tensor) or values.shape not in ((), (batch,)):
        got = tuple(values.shape) if isinstance(values, Tensor) else type(values).__name__
        raise ComponentError(f"{title} returned {got}; expected () or ({batch},)")
    checked_numbers(values, title, image.device, step)
    if not bool(values.isfinite().all()):
        said = ", ".join(f"{number:g}" for number in values.detach().flatten().tolist())
        raise ComponentError(f"{title} is {said} at step {step}; expected a finite number")
    return values


def _is_on(found: torch.device, wanted: torch.device) -> bool:
    # ``cuda`` is the current one of several, whichever that is.
    return found == wanted or (found.type == wanted.type and None in (found.index, wanted.index))


def check_range(image: Tensor, title: str, step: int | None = None) -> None:
    """ComponentError unless all values are finite and in [0, 1], but for rounding."""
    # Both bounds in one call, because reading a number from a GPU waits for all that it has been given to do.
    low, high = image.detach().aminmax() if image.numel() else (torch.zeros(()), torch.zeros(()))
    when = "" if step is None else f" at step {step}"
    if not bool(low.isfinite() & high.isfinite()):
        raise ComponentError(f"{title} returned pixels that are not finite{when}")
    if low < -1e-3 or high > 1 + 1e-3:
        raise ComponentError(f"{title} returned pixels from {low:.3g} to {high:.3g}{when}; expected 0 to 1")
