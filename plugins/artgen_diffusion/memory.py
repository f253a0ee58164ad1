"""A network that takes a batch in parts when there is no memory for the whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from artgen.api import Halving

_UNIT = "rows of the batch at a time through the network"
_GIVE_UP = "out of memory with one row of the batch at a time; use a smaller resolution, or 'through: estimate'"


class Chunks:
    """Calls a function of (N, ...) tensors on a batch of N rows, and on ever fewer rows when memory runs out.

    Parts are computed again on the way back, so that the graph of one of them is all that is kept. In a deterministic
    run each row goes alone, so that it is rounded as in any other batch.
    """

    def __init__(self, size: int | None, note: Callable[[str], None]) -> None:
        self._halving = Halving(size, note, _UNIT, _GIVE_UP)

    def __call__(self, function: Callable[..., Tensor], *batch: Tensor) -> Tensor:
        return self._halving(lambda: self._run(function, batch), len(batch[0]))

    def _run(self, function: Callable[..., Tensor], batch: Sequence[Tensor]) -> Tensor:
        count, most = len(batch[0]), self._halving.size
        fits = most is None or most >= count
        size = 1 if torch.are_deterministic_algorithms_enabled() else most or count
        if size >= count:
            return function(*batch)
        parts = zip(*(rows.split(size) for rows in batch), strict=True)
        # Rows that go alone only to be rounded alike need no second computing: there is memory for all their graphs.
        if fits or not (torch.is_grad_enabled() and any(rows.requires_grad for rows in batch)):
            return torch.cat([function(*part) for part in parts])
        again = partial(checkpoint, function, use_reentrant=False, preserve_rng_state=False)
        return torch.cat([again(*part) for part in parts])
