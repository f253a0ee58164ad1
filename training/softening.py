"""Batches of pairs for the upscaler: soft and small beside crisp and four times as large."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from training.crops import turned
from training.enlargements import SCALE, SIDE, smaller

BORDER = 8  # a small picture's outermost pixels, for which the VQGAN saw no surroundings
TURNED = 0.4  # share of pairs whose hue is turned
BLUR = (0.3, 1.4)  # deviations in pixels of the small picture
NOISE, BLOTCHES = 0.02, 0.04  # the greatest deviation of noise from pixel to pixel, and of smooth clouds
SHARP = 0.5  # share of the clean pairs that were made small with a sharper kernel than a mean


class Pairs:
    """What `training.enlargements` wrote, in any number of files."""

    def __init__(self, files: list[Path], seed: int) -> None:
        self.large = [np.load(file, mmap_mode="r") for file in files]
        self.small = [np.load(file.with_name(f"small-{file.name}"), mmap_mode="r") for file in files]
        self.rows = [(file, row) for file, part in enumerate(self.large) for row in range(len(part))]
        self.rng = np.random.default_rng(seed)
        self.generator = torch.Generator().manual_seed(seed)

    def batch(self, count: int, side: int, redrawn: float, soft: float) -> tuple[Tensor, Tensor]:
        """(count, 3, side, side) and (count, 3, 4 side, 4 side) in [0, 1].

        A share `redrawn` of the small ones has been through the VQGAN, and a share `soft` is blurred or noisy.
        """
        found = [self._part(side) for _ in range(count)]
        given, large = (torch.stack([pair[i] for pair in found]) for i in (0, 1))
        kind = torch.from_numpy(self.rng.random(count))
        for row in (kind > redrawn).nonzero().flatten().tolist():
            given[row] = self._made_small(large[row : row + 1], bool(kind[row] < redrawn + soft))[0]
        dirty = torch.from_numpy(self.rng.random(count)) < torch.where(kind > redrawn + soft, 0.0, 0.4)
        given = torch.where(dirty[:, None, None, None], self._dirtied(given), given)
        given = (given.clamp(0, 1) * 255).round() / 255
        turn = torch.from_numpy(np.where(self.rng.random(count) < TURNED, self.rng.random(count), 0.0)).float()
        return turned(given, turn * 2 * math.pi), turned(large, turn * 2 * math.pi)

    def _part(self, side: int) -> tuple[Tensor, Tensor]:
        file, row = self.rows[int(self.rng.integers(len(self.rows)))]
        top, left = (int(self.rng.integers(BORDER, SIDE - BORDER - side + 1)) for _ in range(2))
        small = self.small[file][row, top : top + side, left : left + side]
        place = [slice(at * SCALE, (at + side) * SCALE) for at in (top, left)]
        large = self.large[file][row, place[0], place[1]]
        flips, across = self.rng.random(2) < 0.5, self.rng.random() < 0.5
        axes = tuple(axis for axis, flip in enumerate(flips) if flip)
        pair = (np.flip(part, axes).swapaxes(0, 1) if across else np.flip(part, axes) for part in (small, large))
        first, second = (torch.from_numpy(part.copy()).permute(2, 0, 1).float() / 255 for part in pair)
        return first, second

    def _made_small(self, large: Tensor, soft: bool) -> Tensor:
        if soft:
            return smaller(blurred(large, SCALE * float(self.rng.uniform(*BLUR))))
        return smaller(large, "bicubic" if self.rng.random() < SHARP else "area")

    def _dirtied(self, small: Tensor) -> Tensor:
        """With noise from pixel to pixel and with clouds of colour."""
        count, _, height, width = small.shape
        amount = torch.from_numpy(self.rng.random((2, count, 1, 1, 1))).float()
        fine = torch.randn(small.shape, generator=self.generator)
        coarse = torch.randn((count, 3, height // 6, width // 6), generator=self.generator)
        clouds = F.interpolate(coarse, (height, width), mode="bicubic", align_corners=False)
        return small + NOISE * amount[0] * fine + BLOTCHES * amount[1].square() * clouds


def blurred(image: Tensor, deviation: float) -> Tensor:
    """(B, 3, H, W) under a gaussian of that deviation in pixels; borders are continued."""
    reach = math.ceil(2.5 * deviation)
    kernel = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / deviation).square())
    kernel = (kernel / kernel.sum()).expand(3, 1, 1, -1)
    wide = F.pad(image, (reach,) * 4, mode="replicate")
    return F.conv2d(F.conv2d(wide, kernel, groups=3), kernel.mT, groups=3)
