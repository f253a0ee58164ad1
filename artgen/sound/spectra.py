"""Short-time spectra: which frequencies a song has around given moments."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_AT_ONCE = 1 << 20
"""Samples in the windows that are transformed at once."""


def length(seconds: float, rate: int) -> int:
    """The samples of a window of about that length: a power of two, which is quick to transform."""
    return int(2 ** max(4, round(np.log2(seconds * rate))))


def frequencies(size: int, rate: int) -> Numbers:
    """The frequency of each number of a spectrum, in Hz: ``(size // 2 + 1,)``."""
    return np.fft.rfftfreq(size, 1 / rate).astype(np.float64)


def powers(samples: NDArray[np.float32], starts: NDArray[np.int64], window: Numbers) -> Iterator[Numbers]:
    """The power spectra of the windows that begin at `starts`, some at a time: ``(n, len(window) // 2 + 1)``.

    They must lie within the samples. A sine of amplitude 1 has the power 1/4 at its frequency, if that is one of the
    spectrum's.
    """
    frames = np.lib.stride_tricks.sliding_window_view(samples, len(window))
    weights = window / window.sum()
    for some in np.array_split(starts, max(1, -(-len(starts) * len(window) // _AT_ONCE))):
        yield np.abs(np.fft.rfft(frames[some] * weights, axis=1)) ** 2
