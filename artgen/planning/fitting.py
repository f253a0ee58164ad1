"""What fits into memory: how many pictures at once, and what to make smaller where one alone does not fit."""

from __future__ import annotations

from collections.abc import Iterator

from rich.filesize import decimal

from artgen.planning import cost
from artgen.planning.calibration import Memory
from artgen.preset.model import Preset

SMALLEST = 16
"""Sides are multiples of so many pixels in what is advised."""


def at_once(needed: int, free: int | None, cores: int, most: int | None = None) -> int:
    """How many processes that need so many bytes each are run at once: 1 or more, at most one for each core.

    Args:
        needed: bytes of one.
        free: bytes that are free; None if the system does not tell.
        cores: how many there are.
        most: no more than so many.
    """
    fitting = cores if free is None else free // max(1, needed)
    return max(1, min(cores, fitting, cores if most is None else most))


def advice(preset: Preset, memory: Memory, free: int | None) -> Iterator[str]:
    """What would make it fit, where it does not, a line each."""
    if free is None or memory.peak <= free:
        return
    growth = memory.peak - memory.base
    if memory.base >= free or not growth:
        yield (
            f"its models and libraries alone take {decimal(memory.base)}, and {decimal(free)} are free; "
            "end other programs, or choose smaller models"
        )
        return
    share = (free - memory.base) / growth
    """How much of what grows with the picture there is room for."""
    if chunk := _chunk(preset, share):
        yield f"--set chunk={chunk} would fit: so many views at a time, and the same picture but for roundings"
    if batch := int(preset.batch * share):
        yield f"--batch {batch} would fit"
    width, height = (int(side * share**0.5) // SMALLEST * SMALLEST for side in preset.size)
    if width and height:
        yield f"--size {width}x{height} would fit"


def _chunk(preset: Preset, share: float) -> int | None:
    """How many views at a time leave so much of the memory that grows with the picture; None if no number does."""
    views = preset.batch * cost.views(preset)
    bytes_of_views = cost.VIEW_BYTES * preset.batch * cost.looks(preset)
    now = min(preset.chunk or views, views)
    whole = cost.memory(preset)
    if not bytes_of_views:
        return None
    left = bytes_of_views * now / views - (1 - share) * whole
    chunk = int(left * views / bytes_of_views)
    return chunk if 1 <= chunk < now else None
