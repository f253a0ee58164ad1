"""When memory runs out: the same work on ever fewer rows at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from artgen.errors import RunError, is_out_of_memory

T = TypeVar("T")


class Halving:
    """How many rows of a batch go through a network at once; halved, with a note, when memory runs out.

    ::

        halving = Halving(None, env.note, "rows at a time", "out of memory with one row; use a smaller size")
        parts = lambda: batch.split(halving.size or len(batch))
        rows = halving(lambda: torch.cat([network(part) for part in parts()]), len(batch))

    Args:
        size: how many rows at once, 1 or more; None: all of them.
        note: told one line at each halving.
        unit: what is counted, in the plural, as it stands after the number in the note; ``{size}`` is the number again.
        give_up: what the error says when a single row is too much.
    """

    def __init__(self, size: int | None, note: Callable[[str], None], unit: str, give_up: str) -> None:
        self.size = size
        self._note, self._unit, self._give_up = note, unit, give_up

    def __call__(self, attempt: Callable[[], T], rows: int | Callable[[], int]) -> T:
        """What `attempt`, which keeps to `size`, returns; `rows` is how many there are in all, or tells it.

        Raises:
            RunError: if memory does not suffice for one row. Other errors of `attempt` come through.
        """
        while True:
            try:
                return attempt()
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
            # Outside the handler, so that the failed attempt's tensors are free before the next one.
            self._halve(rows if isinstance(rows, int) else rows())

    def _halve(self, rows: int) -> None:
        import torch

        size = min(self.size or rows, rows)
        if size <= 1:
            raise RunError(self._give_up)
        self.size = -(-size // 2)
        unit = self._unit.replace("{size}", str(self.size))
        self._note(f"out of memory: going on with {self.size} {unit}")
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
