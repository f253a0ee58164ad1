"""An order of lines in which a pen travels little between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SWEEPS = 30
"""Times that all lines are gone through, at most, to turn parts of the way round."""
WINDOW = 1000
"""A part of the way that is turned round has no more lines than this."""
LEAST_GAIN = 1e-9


def ordered(starts: Floats, ends: Floats, home: tuple[float, float] = (0, 0)) -> list[tuple[int, bool]]:
    """Which of n lines to draw after which, and whether backwards, so that the way between them is short.

    From `home` to the nearest end of a line, on to the nearest of the others, and so on; then parts of the way are
    turned round as long as that shortens it (2-opt; Croes, "A Method for Solving Traveling-Salesman Problems", 1958).

    Args:
        starts: (n, 2), where lines begin.
        ends: (n, 2), where they end; the same as `starts` for points.
        home: where the pen comes from.
    """
    order, back = _nearest_first(starts, ends, np.asarray(home, dtype=np.float64))
    begin, end = (
        np.where(back[:, None], ends[order], starts[order]),
        np.where(back[:, None], starts[order], ends[order]),
    )
    for _ in range(SWEEPS):
        if not _sweep(order, back, begin, end, np.asarray(home, dtype=np.float64)):
            break
    return [(int(line), bool(turned)) for line, turned in zip(order, back, strict=True)]


def travel(starts: Floats, ends: Floats, home: tuple[float, float] = (0, 0)) -> float:
    """How far a pen goes in the air that draws lines in this order, from `home` on."""
    if not len(starts):
        return 0.0
    return float(np.linalg.norm(starts - np.concatenate([np.array([home]), ends[:-1]]), axis=1).sum())


def _nearest_first(starts: Floats, ends: Floats, here: Floats) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    order, back = np.empty(len(starts), np.int64), np.empty(len(starts), bool)
    left = np.arange(len(starts))
    for place in range(len(starts)):
        to_start, to_end = (((side[left] - here) ** 2).sum(axis=1) for side in (starts, ends))
        chosen = int(np.minimum(to_start, to_end).argmin())
        order[place], back[place] = left[chosen], to_end[chosen] < to_start[chosen]
        here = (starts if back[place] else ends)[left[chosen]]
        left = np.delete(left, chosen)
    return order, back


def _sweep(order: NDArray[np.int64], back: NDArray[np.bool_], begin: Floats, end: Floats, home: Floats) -> bool:
    """Turn parts round, in place; whether any was."""
    turned = False
    for first in range(len(order)):
        behind = min(len(order), first + WINDOW)
        before = end[first - 1] if first else home
        now = _far(before, begin[first])
        gain = now - _far(before, end[first:behind])
        inner = min(behind, len(order) - 1)
        gain[: inner - first] += _far(end[first:inner], begin[first + 1 : inner + 1])
        gain[: inner - first] -= _far(begin[first], begin[first + 1 : inner + 1])
        best = int(gain.argmax())
        if gain[best] > LEAST_GAIN:
            part = slice(first, first + best + 1)
            order[part], back[part] = order[part][::-1].copy(), ~back[part][::-1]
            begin[part], end[part] = end[part][::-1].copy(), begin[part][::-1].copy()
            turned = True
    return turned


def _far(one: Floats, other: Floats) -> Floats:
    distance: Floats = np.sqrt(((one - other) ** 2).sum(axis=-1))
    return distance
