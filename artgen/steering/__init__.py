"""Runs that a hand steers while they draw, and what it did as data: the picture can be drawn again without it."""

from typing import TYPE_CHECKING, Any

from artgen.steering.history import told
from artgen.steering.joining import changes, joined

if TYPE_CHECKING:
    from artgen.steering.run import SteeredRun

__all__ = ["SteeredRun", "changes", "joined", "told"]


def __getattr__(name: str) -> Any:
    """The run on first use: who only reads what was steered needs no torch."""
    if name != "SteeredRun":
        raise AttributeError(f"module 'artgen.steering' has no attribute {name!r}")
    from artgen.steering.run import SteeredRun

    return SteeredRun
