"""Tiles from the user's pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from artgen.canvas import read_layer

SIGNS = "123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LATER = 0x100
"""Where the signs of further pictures stand in Unicode: letters, in their order."""


def from_files(files: Sequence[Path], size: tuple[int, int], tinted: bool) -> tuple[Tensor, Tensor, Tensor, str]:
    """Ink, own colours and cover of one tile for each file, and their signs."""
    layers = torch.cat([read_layer(file, size) for file in files])
    seen, cover = layers[:, :3] * layers[:, 3:], layers[:, 3:]
    nothing = torch.zeros_like(seen)
    signs = "".join(SIGNS[i] if i < len(SIGNS) else chr(LATER + i) for i in range(len(files)))
    return (seen, nothing, cover, signs) if tinted else (nothing, seen, cover, signs)
