"""How many cells this machine can draw at once."""

from __future__ import annotations

from collections.abc import Sequence

from artgen.engine.devices import pick_device
from artgen.machine import cores, memory
from artgen.planning import estimate, fitting
from artgen.preset.model import Preset


def places(presets: Sequence[Preset], most: int) -> int:
    """By the presets alone; one where a GPU draws, which is shared less well, and never more than `most`."""
    if any(pick_device(preset.device).type != "cpu" for preset in presets[:1]):
        return 1
    largest = max(estimate.rough_memory(preset).peak for preset in presets)
    return fitting.at_once(largest, memory()[1], cores(), most)
