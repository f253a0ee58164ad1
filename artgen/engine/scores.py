"""By what the pictures of a batch are compared."""

from __future__ import annotations

import torch
from torch import Tensor

SHARE = 0.1
"""The share of the steps, at the end, over which a picture's score is averaged; one step's views are too noisy."""


class Scores:
    """The scores of each step's pictures, (B,), as they come.

    In one piece: a tensor for every step would lie between the large ones, and memory would grow in pieces.
    """

    def __init__(self, steps: int, batch: int) -> None:
        self._rows = torch.empty(steps, batch)
        self._done = 0

    def add(self, row: Tensor) -> None:
        """Those of the next step, (B,), from any device."""
        self._rows[self._done] = row
        self._done += 1

    def take(self, rows: Tensor) -> None:
        """Go on from the rows of a checkpoint, (steps done, B)."""
        self._done = len(rows)
        for row, kept in zip(self._rows, rows, strict=False):
            row.copy_(kept)  # to the CPU, wherever the checkpoint was loaded to

    @property
    def rows(self) -> Tensor:
        """(steps done, B), on the CPU."""
        return self._rows[: self._done]

    @property
    def averaged(self) -> tuple[float, ...]:
        """One number for each picture, over the last steps; 0 before the first."""
        if not self._done:
            return (0.0,) * self._rows.shape[1]
        return tuple(self.rows[-max(1, int(self._done * SHARE)) :].mean(dim=0).tolist())
