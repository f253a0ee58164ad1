"""Upscalers of other people, as spandrel reads them (https://github.com/chaiNNer-org/spandrel): an optional library."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from artgen.api import InputError
from artgen.weights import first_line, read_state, silenced

INSTALL = 'pip install "artgen[upscale]"'
REACH = 64
"""Pixels of the surroundings that a tile is shown with: few of these networks say how far they look."""
MOST = 1000
"""No network has as many layers of a kind."""


class Foreign:
    """A network of spandrel's, as `artgen_upscale.tiles` takes it."""

    reach = REACH

    def __init__(self, descriptor: Any) -> None:
        self._descriptor = descriptor
        self.scale: int = descriptor.scale
        self.fold: int = descriptor.size_requirements.multiple_of

    def __call__(self, image: Tensor) -> Tensor:
        drawn: Tensor = self._descriptor(image)
        return drawn.clone()  # spandrel's own belongs to its inference mode


def foreign(path: Path, device: torch.device) -> Foreign:
    """The network of a safetensors file.

    Raises:
        InputError: if spandrel is not installed, or does not know the file as an upscaler of RGB pictures.
    """
    try:
        from spandrel import ImageModelDescriptor, ModelLoader  # pyright: ignore[reportMissingImports] - an extra
    except ImportError:
        raise InputError(f"{path}: needs spandrel to be read; {INSTALL}") from None
    state = read_state(path)
    if any(int(number) > MOST for name in state for number in re.findall(r"\d{1,9}", name)):
        raise InputError(f"{path}: has more layers than any upscaler")
    try:
        with silenced(), torch.random.fork_rng(devices=[]):
            found = ModelLoader(device).load_from_state_dict(state)
    except Exception as error:  # whatever a stranger's weights make its many constructors raise
        raise InputError(f"{path}: spandrel reads no upscaler from it ({first_line(error)})") from None
    if not isinstance(found, ImageModelDescriptor) or (found.input_channels, found.output_channels) != (3, 3):
        raise InputError(f"{path}: takes more than one RGB picture; only upscalers of RGB pictures are used")
    if found.scale < 2:
        raise InputError(f"{path}: is a {found.architecture.name} that does not enlarge; name one that does")
    found.eval().model.requires_grad_(False)
    return Foreign(found)
