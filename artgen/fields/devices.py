"""Whether this machine has a device. Needs no pydantic, because the doctor asks it, too."""

from __future__ import annotations


def lacking(wanted: str) -> str:
    """What to say of a device that is not there; empty, if it is. Imports torch, but for auto and cpu."""
    if wanted in ("auto", "cpu"):
        return ""
    import torch

    kind, _, number = wanted.partition(":")
    there = torch.cuda.device_count() if kind == "cuda" else int(torch.backends.mps.is_available())
    return "" if int(number or 0) < there else f"this machine has no '{wanted}'; use auto or cpu"
