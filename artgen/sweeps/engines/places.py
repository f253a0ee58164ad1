"""How many cells this machine can draw at once."""

from __future__ import annotations

from collections.abc import Sequence

from artgen.compare import cost
from artgen.engine.devices import pick_device
from artgen.machine import cores, memory
from artgen.preset.model import Preset

PROCESS_BYTES = 1 << 30
"""What a process needs besides the pictures: torch, the other libraries, and the models."""


def places(presets: Sequence[Preset], most: int) -> int:
    """As many as there are cores, and as memory allows; one where a GPU draws, which is shared less well."""
    if any(pick_device(preset.device).type != "cpu" for preset in presets[:1]):
        return 1
    largest, free = max(map(cost.memory, presets)), memory()[1]
    fitting = cores() if free is None else int(free / (PROCESS_BYTES + largest))
    return max(1, min(cores(), most, fitting))
