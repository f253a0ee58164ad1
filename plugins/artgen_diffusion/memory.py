"""A network that takes a batch in parts when there is no memory for the whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from artgen.api import RunError, is_out_of_memory


class Chunks:
    """Calls a function of (N, ...) tensors on a batch of N rows, and on ever fewer rows when memory runs out.

    Parts are computed again on the way back, so that the graph of one of them is all that is kept. In a deterministic
    run each row goes alone, so that it is rounded as in any other batch.
    """

    def __init__(self, size: int | None, note: Callable[[str], None]) -> None:
        self.size, self._note = size, note

    def __call__(self, function: Callable[..., Tensor], *batch: Tensor) -> Tensor:
        while True:
            try:
                return self._run(function, batch)
            except (torch.OutOfMemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
            # Outside the handler, so that the failed attempt's tensors are free before the next one.
            self._halve(batch[0])

    def _run(self, function: Callable[..., Tensor], batch: Sequence[Tensor]) -> Tensor:
        count = len(batch[0])
        fits = self.size is None or self.size >= count
        size = 1 if torch.are_deterministic_algorithms_enabled() else self.size or count
        if size >= count:
            return function(*batch)
        parts = zip(*(rows.split(size) for rows in batch), strict=True)
        if fits or not (torch.is_grad_enabled() and any(rows.requires_grad for rows in batch)):
            return torch.cat([function(*part) for part in parts])
        again = partial(checkpoint, function, use_reentrant=False, preserve_rng_state=False)
        return torch.cat([again(*part) for part in parts])

    def _halve(self, rows: Tensor) -> None:
        size = min(self.size or len(rows), len(rows))
        if size <= 1:
            raise RunError(
                "out of memory with one row of the batch at a time; use a smaller resolution, or 'through: estimate'"
            )
        self.size = -(-size // 2)
        self._note(f"out of memory: going on with {self.size} rows of the batch at a time through the network")
        if rows.device.type == "cuda":
            torch.cuda.empty_cache()
