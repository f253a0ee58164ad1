"""The wavelet transform and its inverse, with the filters of PyWavelets (G. R. Lee et al. 2019, JOSS 4(36), 1237).

Coefficients are those of `pywt.wavedec2` with the mode `symmetric`: first the coarse picture, then the details of each
level from coarse to fine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import InputError

INSTALL = 'pip install "artgen[wavelet]"'


class Transform:
    """Between (B, C, H, W) and its coefficients: (B, C, h, w), then (B, C, 3, h, w) for each level."""

    def __init__(self, wavelet: str, levels: int, size: tuple[int, int], device: torch.device) -> None:
        pywt = _library()
        if wavelet not in pywt.wavelist(kind="discrete"):
            raise InputError(f"wavelet: PyWavelets knows no wavelet called '{wavelet}'")
        self._filters = pywt.Wavelet(wavelet)
        low, high = self._filters.rec_lo, self._filters.rec_hi
        self._kernel = torch.tensor([low, high], dtype=torch.float32, device=device)
        self.length = len(low)
        self.sizes = [size]
        """Heights and widths, of the picture and then of each level from fine to coarse."""
        for _ in range(levels):
            height, width = self.sizes[-1]
            self.sizes.append(((height + self.length - 1) // 2, (width + self.length - 1) // 2))

    def coefficients(self, values: Tensor) -> list[Tensor]:
        """Those of (B, C, H, W), without a gradient."""
        pywt, coarse = _library(), values.detach().double().cpu().numpy()
        made: list[Any] = []
        for _ in self.sizes[1:]:
            coarse, details = pywt.dwt2(coarse, self._filters, mode="symmetric", axes=(-2, -1))
            made.append(np.stack(details, axis=2))
        return [torch.from_numpy(part).to(values) for part in (coarse, *reversed(made))]

    def values(self, coefficients: Sequence[Tensor | None]) -> Tensor:
        """The picture of coefficients, differentiable; None stands for details that are all 0."""
        coarse, *levels = coefficients
        if coarse is None:
            raise ValueError("the coarse picture is missing")
        for details, size in zip(levels, self.sizes[-2::-1], strict=True):
            coarse = self._finer(coarse, details, size)
        return coarse

    def _finer(self, coarse: Tensor, details: Tensor | None, size: tuple[int, int]) -> Tensor:
        """(B, C, *size): one level of the inverse transform, along the rows first."""
        batch, channels, height, width = coarse.shape
        if details is None:
            details = coarse.new_zeros(batch, channels, 3, height, width)
        # PyWavelets' order: high across the rows alone, high along them alone, both.
        down, along, both = details.unbind(dim=2)
        pairs = torch.stack([coarse, along, down, both], dim=2).view(-1, 2, height, width)
        rows = F.conv_transpose2d(pairs, self._kernel[:, None, None, :], stride=(1, 2))
        rows = rows[..., self.length - 2 :][..., : size[1]].reshape(-1, 2, height, size[1])
        made = F.conv_transpose2d(rows, self._kernel[:, None, :, None], stride=(2, 1))
        return made[:, :, self.length - 2 :][:, :, : size[0]].reshape(batch, channels, *size)


def _library() -> Any:
    try:
        import pywt
    except ImportError as error:
        raise InputError(f"wavelets need one more package; {INSTALL}") from error
    return pywt
