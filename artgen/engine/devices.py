"""Which device a preset means on this machine."""

from __future__ import annotations

import torch

from artgen.errors import InputError
from artgen.fields.devices import lacking


def pick_device(wanted: str) -> torch.device:
    """The torch device of a preset's `device`; InputError if this machine has no such one."""
    has = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return torch.device(next(kind for kind, there in has.items() if there))
    if said := lacking(wanted):
        raise InputError(f"device: {said}")
    return torch.device(wanted)
