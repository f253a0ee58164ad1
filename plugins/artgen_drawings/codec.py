"""A frozen VQGAN: pictures to codes and back."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.canvas import in_range

SPARSEST = 8
"""A grid has at most so many points for each code."""


class Codec:
    """Encodes to, and decodes from, (B, C, h, w) latents whose cells are rows of `codes`; each is `factor` pixels."""

    def __init__(self, model: Any, gumbel: dict[str, Tensor], tanh: bool, device: torch.device) -> None:
        self._model = model.to(device).eval().requires_grad_(False)
        self._gumbel = {name: value.to(device) for name, value in gumbel.items()}
        self._tanh = tanh
        self._spatial = model.config.norm_type == "spatial"
        self.codes: Tensor = self._model.quantize.embedding.weight.detach()
        """(n, C)"""
        self._levels = levels(self.codes)
        self._at = self._placed()
        # A model of 3 x b x b channels takes squares of b x b pixels folded into its channels.
        self._fold = math.isqrt(model.config.in_channels // 3)
        self.factor: int = self._fold * 2 ** (len(model.config.block_out_channels) - 1)
        self.low = self.codes.amin(dim=0).view(1, -1, 1, 1)
        self.high = self.codes.amax(dim=0).view(1, -1, 1, 1)

    @torch.no_grad()
    def encode(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) in [0, 1], sides that are multiples of `factor`, to the codes that stand for it."""
        raw = self.raw(image)
        if not self._gumbel:
            return self.nearest(raw)
        # A Gumbel quantiser chooses by learnt scores; without its noise, the best one.
        scores = F.conv2d(raw, self._gumbel["weight"], self._gumbel["bias"])
        return self.codes[scores.argmax(dim=1)].movedim(-1, 1)

    def raw(self, image: Tensor) -> Tensor:
        """(B, C, h, w), with a graph to `image`: what the encoder says before each cell becomes a code."""
        encoded: Tensor = self._model.quant_conv(self._model.encoder(F.pixel_unshuffle(image * 2 - 1, self._fold)))
        return encoded

    def nearest(self, latent: Tensor) -> Tensor:
        """Each cell's nearest code; the gradient passes straight through (Bengio, Leonard & Courville 2013)."""
        with torch.no_grad():
            # Picture by picture: there are as many distances as cells times codes.
            hard = torch.stack([self.codes[self._indices(one)].movedim(-1, 0) for one in latent])
        return hard + (latent - latent.detach())  # the bracket is exactly 0, so the codes are exact

    def _placed(self) -> Tensor:
        """The row of the code at each point of the grid; -1 where there is none."""
        at = torch.full((math.prod(len(values) for values in self._levels),), -1, device=self.codes.device)
        at[self._points(self.codes)] = torch.arange(len(self.codes), device=self.codes.device)
        return at

    def _points(self, cells: Tensor) -> Tensor:
        """(..., C) to (...): the number of the nearest point of the grid."""
        point = torch.zeros(cells.shape[:-1], dtype=torch.long, device=cells.device)
        for number, values in zip(cells.unbind(-1), self._levels, strict=False):
            point = point * len(values) + torch.bucketize(number.contiguous(), (values[1:] + values[:-1]) / 2)
        return point

    def _indices(self, latent: Tensor) -> Tensor:
        """(C, h, w) to (h, w)"""
        cells = latent.movedim(0, -1)
        if not self._levels:
            return self._compared(cells)
        rows = self._at[self._points(cells)]
        missing = rows < 0
        rows[missing] = self._compared(cells[missing])
        return rows

    def _compared(self, cells: Tensor) -> Tensor:
        """(..., C) to (...): the row of the code at the least distance."""
        # |z|^2 is the same for all codes and left out.
        return ((self.codes**2).sum(dim=1) - 2 * cells @ self.codes.T).argmin(dim=-1)

    def decode(self, codes: Tensor) -> Tensor:
        """Cells of codes to (B, 3, H, W) in [0, 1]."""
        # One picture at a time, so that it comes out the same in any batch, to the bit.
        image = F.pixel_shuffle(torch.cat([self._drawn(one) for one in codes.split(1)]), self._fold)
        return in_range(((image.tanh() if self._tanh else image) + 1) / 2)

    def _drawn(self, codes: Tensor) -> Tensor:
        """What the decoder makes of (1, C, h, w) cells."""
        drawn: Tensor = self._model.decoder(self._model.post_quant_conv(codes), codes if self._spatial else None)
        return drawn


def levels(codes: Tensor) -> list[Tensor]:
    """The values that each number of a code takes, where the codes (n, C) are many of their combinations; else none.

    Such are the codes of finite scalar quantisation (Mentzer et al. 2023, arXiv 2309.15505). A cell's nearest point of
    that grid is found number by number, without thousands of distances; where it is a code, it is the nearest one.
    """
    values = [column.unique() for column in codes.unbind(1)]
    return values if math.prod(len(one) for one in values) <= SPARSEST * len(codes) else []
