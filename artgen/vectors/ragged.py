"""Rows of different lengths, one after the other in a flat tensor."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor


def spread(lengths: Tensor) -> tuple[Tensor, Tensor]:
    """Of rows of these lengths, (R,): the row of each entry, and its place in it, (sum of lengths,) each."""
    row = torch.repeat_interleave(lengths)
    start = lengths.cumsum(0) - lengths
    return row, torch.arange(len(row), device=lengths.device) - start[row]


def pick(values: Tensor, index: Tensor) -> list[Tensor]:
    """The rows `index` of (R, n), column by column: n tensors (F,), whose gradients torch adds up in order and fast."""
    return [column.index_select(0, index) for column in values.unbind(dim=1)]


def runs(lengths: Tensor, most: int) -> Iterator[tuple[int, int]]:
    """(first, behind the last) of successive rows that have at most so many entries together, or are one row."""
    first, total = 0, 0
    for row, length in enumerate(lengths.tolist()):
        if total and total + length > most:
            yield first, row
            first, total = row, 0
        total += length
    if first < len(lengths):
        yield first, len(lengths)
