"""What a process reads of its own time and memory while it tries a preset out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import torch

from artgen import machine
from artgen.planning.calibration import Memory

CLOCKS: Mapping[str, Callable[[], float]] = {"wall": time.monotonic, "processor": time.process_time}
"""What time is told by: the wall's clock, or the processor's, which counts the same however busy the machine is."""
CONTEXT = 500 << 20
"""What a GPU keeps for each process besides its tensors, about: kernels and libraries."""


class Meter:
    """Laps of time, and peaks of memory."""

    def __init__(self, device: torch.device, clock: str = "wall") -> None:
        self._device, self._clock = device, CLOCKS[clock]
        self._is_cuda = device.type == "cuda"
        self._last = self._clock()

    def lap(self) -> float:
        """Seconds since it was asked last, with all that a GPU was told to do by then."""
        if self._is_cuda:
            torch.cuda.synchronize(self._device)
        before, self._last = self._last, self._clock()
        return self._last - before

    def peak(self) -> int:
        """The most main memory that was taken since this was asked last, where the system can tell that; else ever."""
        most = machine.peak()
        machine.forget_peak()
        return most

    def device_base(self) -> int:
        """Bytes of the GPU's memory that are taken now; 0 without one."""
        return torch.cuda.memory_reserved(self._device) + CONTEXT if self._is_cuda else 0

    def device_memory(self, base: int) -> Memory | None:
        """Of the GPU, of which `device_base` was `base` when all was built; None without one."""
        if not self._is_cuda:
            return None
        # What the allocator keeps, and not what of it is in use: nobody else can have the rest.
        return Memory(base=base, peak=torch.cuda.max_memory_reserved(self._device) + CONTEXT)
