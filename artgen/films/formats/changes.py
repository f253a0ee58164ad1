"""What of a picture is not as in the one before: formats that animate pictures write that alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Levels = np.ndarray[Any, Any]
"""(H, W), or (H, W, C)."""


@dataclass(frozen=True)
class ChangedPart:
    """A part of a picture, in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def rows(self) -> slice:
        return slice(self.top, self.top + self.height)

    @property
    def columns(self) -> slice:
        return slice(self.left, self.left + self.width)


def changed(before: Levels | None, now: Levels) -> ChangedPart:
    """The smallest part that holds every pixel that is another than before; the whole at first, one pixel at least."""
    height, width = now.shape[:2]
    if before is None:
        return ChangedPart(0, 0, width, height)
    others = before != now
    others = others.any(axis=2) if others.ndim == 3 else others
    rows, columns = np.flatnonzero(others.any(axis=1)), np.flatnonzero(others.any(axis=0))
    if not len(rows):
        return ChangedPart(0, 0, 1, 1)
    left, top = int(columns[0]), int(rows[0])
    return ChangedPart(left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top)
