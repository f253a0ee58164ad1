"""Which device a preset means on this machine."""

from __future__ import annotations

import torch

from artgen.errors import InputError


def pick_device(wanted: str) -> torch.device:
    """The torch device of a preset's `device`; InputError if this machine has no such one."""
    has = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return torch.device(next(kind for kind, there in has.items() if there))
    device = torch.device(wanted)
    if not has[device.type] or (device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count()):
        raise InputError(f"device: this machine has no '{wanted}'; use auto or cpu")
    return device
