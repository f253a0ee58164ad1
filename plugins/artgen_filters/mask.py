"""The working half of the mask filter."""

from __future__ import annotations

import torch
from torch import Tensor

from artgen.api import Env
from artgen.canvas import read_mask, read_picture
from artgen.colours import channels
from artgen_filters import Mask
from artgen_filters.adjust import blur


class MaskFilter:
    """(B, 3, H, W) to the same, with the background where the mask is 0."""

    def __init__(self, spec: Mask, env: Env) -> None:
        mask = read_mask(spec.image, env.size)
        self._mask = blur(1 - mask if spec.invert else mask, spec.feather).to(env.device)
        if spec.background_image is not None:
            self._background = read_picture(spec.background_image, env.size).to(env.device)
        else:
            self._background = torch.tensor(channels(spec.background), device=env.device).view(1, 3, 1, 1)

    def __call__(self, image: Tensor, step: int) -> Tensor:
        return torch.lerp(self._background, image, self._mask)
