"""How loud a band of frequencies is at each frame of a film."""

from __future__ import annotations

import numpy as np

from artgen.sound import spectra
from artgen.sound.reading import Song
from artgen.sound.spectra import Numbers

WINDOW = 0.093
"""Seconds that are heard around a frame: bass of 20 Hz has two waves in them."""
EXPONENT = 0.3
"""Loudness grows with this power of the intensity: ten decibels are twice as loud (S. S. Stevens 1955, "The Measurement
of Loudness", J. Acoust. Soc. Am. 27, 815)."""
FLOOR = 10 ** (-60 / 10 * EXPONENT)
"""What is less loud by 60 decibels than the loudest moment of the song is not heard."""
QUIET, LOUD = 5, 95
"""The percentiles of the loudness that become 0 and 1, so that a single bang does not leave all else dark."""


def loudness(song: Song, frames: int, fps: float, hertz: tuple[float, float]) -> Numbers | None:
    """``(frames,)`` in [0, 1]: the loudness of a band at ``n / fps`` seconds; 0 after the song's end.

    0 and 1 are its 5th and 95th percentile over the film, but at the least half of what is loud: a steady tone stays 1.
    None if the song has nothing in the band.
    """
    total, band = _loudness(song, frames, fps, hertz)
    lasting = np.arange(frames) / fps < song.seconds
    total, band = total * lasting, band * lasting
    heard = band[band > FLOOR * total.max()]
    if not len(heard):
        return None
    high = np.percentile(heard, LOUD)
    span = max(high - np.percentile(band[lasting], QUIET), high / 2)
    levels: Numbers = np.clip(1 - (high - band) / span, 0, 1) * lasting
    return levels


def _loudness(song: Song, frames: int, fps: float, hertz: tuple[float, float]) -> tuple[Numbers, Numbers]:
    """The loudness of all the song and of the band, in units of their own: ``(frames,)`` each."""
    # At few frames a second, each hears as far as the next one.
    size = spectra.length(max(WINDOW, 2 / fps), song.rate)
    samples = np.pad(song.samples, (0, max(0, size - len(song.samples))))
    # The first and last frames hear the first and last whole window: an edge would sound like a click.
    centres = np.round(np.arange(frames) / fps * song.rate).astype(np.int64)
    starts = np.clip(centres - size // 2, 0, len(samples) - size)
    frequencies = spectra.frequencies(size, song.rate)
    inside = (hertz[0] <= frequencies) & (frequencies < hertz[1])
    if not inside.any():  # a narrow band, between two of them
        inside[np.abs(frequencies - np.mean(hertz)).argmin()] = True
    # Its side lobes are 58 decibels down, so that strong bass is not heard as something else.
    blocks = [(power.sum(1), power[:, inside].sum(1)) for power in spectra.powers(samples, starts, np.blackman(size))]
    total, band = (np.concatenate(part) ** EXPONENT for part in zip(*blocks, strict=True))
    return total, band
