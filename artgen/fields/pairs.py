"""Two whole numbers that are written as one value, such as columns and rows."""

from __future__ import annotations

from typing import Any


def whole_pair(value: Any) -> tuple[int, int] | None:
    """``24x32``, ``[24, 32]``, or ``24`` for twice the same; None for anything else."""
    parts = value.lower().replace("×", "x").split("x") if isinstance(value, str) else value
    sides = list(parts) if isinstance(parts, (list, tuple)) else [parts, parts]
    try:
        first, second = (int(side) if isinstance(side, str) else side for side in sides)
    except ValueError:
        return None
    whole = [isinstance(side, int) and not isinstance(side, bool) for side in (first, second)]
    return (first, second) if all(whole) else None
