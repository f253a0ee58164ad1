"""Runs that a hand steers while they draw, and what it did as data: the picture can be drawn again without it."""

from artgen.steering.history import told
from artgen.steering.joining import changes, joined
from artgen.steering.run import SteeredRun

__all__ = ["SteeredRun", "changes", "joined", "told"]
