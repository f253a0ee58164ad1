"""Where notes and strokes begin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from artgen.sound import spectra
from artgen.sound.loudness import EXPONENT
from artgen.sound.reading import Song
from artgen.sound.spectra import Numbers

HERTZ = 200
"""How often a second it is asked whether something begins."""
WINDOW = 0.032
BANDS = 40
"""Bands of equal width in mel up to `TOP`; fewer in a part of the frequencies."""
LOWEST, TOP = 20, 16_000
"""In Hz; what is below the lowest is not heard as sound."""
LAG = 4
"""How many moments lie between the loudnesses that are compared: 20 ms."""
_APART = 6
"""The strongest of so many moments (30 ms) before and behind is the onset."""
SHARE = 0.2
"""An onset is by this share of the strongest ones stronger than what is around it."""
RISE = 0.15
"""And by this share of the loudness, which noise seldom does by chance."""
_AROUND = 20
"""An onset is stronger than the mean of so many moments (100 ms) before and behind."""


@dataclass(frozen=True)
class Flux:
    """What happens in a band, `HERTZ` times a second."""

    strength: Numbers
    """``(n,)``, 0 or more: how strongly something begins."""
    loudness: Numbers
    """``(n,)``: how loud it is, in the same units."""


def flux(song: Song, hertz: tuple[float, float]) -> Flux:
    """The spectral flux of a band: the sum of what each of some bands of mel has become louder.

    It is that of D. P. W. Ellis 2007, "Beat Tracking by Dynamic Programming", J. New Music Research 36(1), 51, section
    3.1, but of loudnesses by Stevens' power law in place of decibels, so that the noise of a quiet room does not count
    as much as a drum.
    """
    loud, octaves = _loudness(song, hertz)
    before = np.concatenate([np.zeros((LAG, loud.shape[1])), loud[:-LAG]])[: len(loud)]
    return Flux(np.maximum(loud - before, 0) @ octaves, loud @ octaves)


def _loudness(song: Song, hertz: tuple[float, float]) -> tuple[Numbers, Numbers]:
    """``(n, bands)``: the loudness of each band at each moment; and ``(bands,)``: how much each counts."""
    size = spectra.length(WINDOW, song.rate)
    # Silence before the song, so that what it begins with begins.
    samples = np.pad(song.samples, (size // 2, size))
    count = int(song.seconds * HERTZ) + 1
    starts = np.round(np.arange(count) * song.rate / HERTZ).astype(np.int64)
    filters, octaves = _filters(spectra.frequencies(size, song.rate), hertz)
    powers = [power @ filters for power in spectra.powers(samples, starts, np.hanning(size))]
    return np.concatenate(powers) ** EXPONENT, octaves


def _filters(frequencies: Numbers, hertz: tuple[float, float]) -> tuple[Numbers, Numbers]:
    """Triangles of equal width in mel that cover a band, ``(frequencies, bands)``; and how much each counts, 1 in all.

    They count by their octaves, so that one deep drum is not lost among the many bands of a cymbal.
    """
    top = min(hertz[1], frequencies[-1])
    low, high = _mel(np.array([max(hertz[0], min(LOWEST, top / 2)), top]))
    inside = int(((frequencies >= hertz[0]) & (frequencies < hertz[1])).sum())
    bands = max(1, min(round((high - low) / _mel(np.array(TOP)) * BANDS), inside))
    edges = np.linspace(low, high, bands + 2)
    mel = _mel(frequencies)[:, None]
    rising, falling = (mel - edges[:-2]) / np.diff(edges)[:-1], (edges[2:] - mel) / np.diff(edges)[1:]
    filters = np.maximum(np.minimum(rising, falling), 0)
    # Between two frequencies of the spectrum there is a place for a narrow one, which hears the nearer.
    empty = np.flatnonzero(filters.sum(0) == 0)
    filters[np.abs(mel - edges[1:-1])[:, empty].argmin(0), empty] = 1
    octaves = np.log2(_hertz(edges[2:]) / _hertz(edges[:-2]))
    return filters, octaves / octaves.sum()


def _mel(hertz: Numbers) -> Numbers:
    """D. O'Shaughnessy 1987, "Speech Communication", p. 150."""
    return 2595 * np.log10(1 + hertz / 700)


def onsets(band: Flux) -> Numbers:
    """The seconds at which something begins.

    Peaks are picked as by S. Böck, F. Krebs and M. Schedl 2012, "Evaluating the Online Capabilities of Onset Detection
    Methods", ISMIR, section 2.3: the greatest of its neighbourhood, and more than the mean around it.
    """
    strong = band.strength
    is_peak = (strong == _greatest(strong, _APART)) & (strong > 0)
    least = SHARE * np.percentile(strong[is_peak], 95) if is_peak.any() else 0
    found = np.flatnonzero(is_peak & (strong > _mean(strong, _AROUND) + np.maximum(least, RISE * band.loudness)))
    # Of equal neighbours the first.
    return found[np.diff(found, prepend=-2 * _APART) > _APART] / HERTZ


def _greatest(values: Numbers, reach: int) -> Numbers:
    padded = np.pad(values, reach)
    greatest: Numbers = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(1)
    return greatest


def _mean(values: Numbers, reach: int) -> Numbers:
    return np.convolve(np.pad(values, reach), np.ones(2 * reach + 1), "valid") / (2 * reach + 1)


def _hertz(mel: Numbers) -> Numbers:
    return 700 * (10 ** (mel / 2595) - 1)
