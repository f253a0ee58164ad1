"""A number that follows a song, for each frame of a film."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgen.errors import InputError, shown
from artgen.sound import beats
from artgen.sound.loudness import loudness
from artgen.sound.onsets import flux, onsets
from artgen.sound.reading import Song, read
from artgen.sound.settings import Sound
from artgen.sound.spectra import Numbers

BEYOND = 30.0
"""Seconds of the song after the film that are heard, too: from them its tempo is known."""
DIGITS = 6


def heard(sound: Sound, frames: int, fps: float) -> Song:
    """The part of the song that matters for a film; InputError, in one line, if it cannot be had."""
    return read(sound.sound, frames / fps + BEYOND)


def baked(
    sound: Sound, frames: int, fps: float, song: Song | None = None, bpm: float | None = None
) -> dict[str, list[float]]:
    """A schedule as plain data: the number at each frame of a film, of six digits.

    Args:
        sound: what the preset says.
        frames: how many frames the film has.
        fps: how many of them are shown in a second.
        song: what `heard` gave, if it has been read already.
        bpm: the beats a minute, if they are known; else they are looked for.

    Raises:
        InputError: if the song cannot be read, or there is nothing in it to follow; in one line.
    """
    numbers = sound.low + (sound.high - sound.low) * values(sound, song or heard(sound, frames, fps), frames, fps, bpm)
    return {"each": [float(f"{number:.{DIGITS}g}") for number in numbers]}


def values(sound: Sound, song: Song, frames: int, fps: float, bpm: float | None = None) -> Numbers:
    """``(frames,)`` in [0, 1]: how loud it is, or how shortly ago something began, when a frame is first shown."""
    if sound.hertz[0] >= song.rate / 2:
        raise InputError(f"{shown(sound.sound)}: has no sounds of {sound.band_title}, but below {song.rate / 2:g} Hz")
    if sound.of == "loudness":
        levels = loudness(song, frames, fps, sound.hertz)
    else:
        levels = _pulses(_moments(sound, song, bpm), frames, fps)
    if levels is None or not levels.any():
        what = {"loudness": "sound", "onsets": "onsets", "beats": "beats"}[sound.of]
        length = f"the {frames / fps:.3g} seconds of the film"
        raise InputError(
            f"{shown(sound.sound)}: has no {what} in {sound.band_title} over {length}; choose another band"
        )
    return released(levels, sound.smooth * fps)


def _moments(sound: Sound, song: Song, bpm: float | None) -> Numbers:
    """The seconds at which something begins."""
    band = flux(song, sound.hertz)
    if sound.of == "onsets":
        return onsets(band)
    period = 60 / bpm if bpm else beats.period(band.strength)
    if period is None:
        raise InputError(f"{shown(sound.sound)}: has no clear beat; choose 'of: onsets', or say 'bpm' in 'film'")
    return beats.beats(band.strength, period)


def _pulses(moments: Numbers, frames: int, fps: float) -> Numbers:
    """1 at the frame that is nearest to each moment, 0 elsewhere."""
    found = np.round(moments * fps).astype(np.int64)
    pulses = np.zeros(frames)
    pulses[found[found < frames]] = 1
    return pulses


def released(levels: NDArray[Any], frames: float) -> Numbers:
    """`levels` that rise at once and fall exponentially: after so many `frames` 1/e of a peak is left."""
    share = np.exp(-1 / frames) if frames else 0.0
    slow = np.array(levels, dtype=np.float64)
    for n in range(1, len(slow)):
        slow[n] = max(slow[n], slow[n - 1] * share)
    return slow
