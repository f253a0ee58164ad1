"""The song of the preset `pulse`: four bars of kick, clap, hats, bass, pad and plucked notes at 120 beats a minute.

``python -m training.pulse presets/inputs/pulse.wav`` makes the file again. Everything is computed here, nothing is
taken from anywhere; what still sounds at the end goes on at the beginning, so that the song can be played round and
round.
"""

from __future__ import annotations

import sys
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 22_050
BPM = 120
BEATS = 16
STEP = 60 / BPM / 4
"""Seconds of a sixteenth note."""
SECONDS = BEATS * 60 / BPM
_SIZE = round(SECONDS * RATE)
SEED = 120

KICKS = tuple(range(0, 64, 4))
CLAPS = tuple(range(4, 64, 8))
HATS = tuple(range(2, 64, 4))
SOFT_HATS = tuple(step for step in range(64) if step % 4 == 3)
"""The sixteenth notes at which each begins."""
CHORDS = ((45, 60, 64, 69), (41, 60, 65, 69), (48, 60, 64, 67), (43, 59, 62, 67))
"""A minor, F, C and G, a bar each: MIDI numbers, the bass note first."""
BASS = (2, 3, 6, 8, 10, 11, 14)
"""The sixteenth notes of each bar at which the bass plays: most of them between the kicks."""
PLUCKS = ((0, 76), (3, 74), (6, 72), (11, 69), (16, 72), (19, 76), (22, 77), (28, 76))
"""Sixteenth notes and MIDI numbers of two bars of the plucked notes."""

Wave = NDArray[np.float64]


def song() -> Wave:
    """All of it: ``(SECONDS * RATE,)`` in [-1, 1]."""
    noise = np.random.RandomState(SEED)
    drums = _placed([(step, _kick()) for step in KICKS]) + _placed([(step, _clap(noise)) for step in CLAPS])
    hats = _placed([(s, _hat(noise, 0.05)) for s in HATS]) + 0.35 * _placed([(s, _hat(noise, 0.02)) for s in SOFT_HATS])
    bass = _placed([(16 * bar + s, _bass(chord[0] - 12)) for bar, chord in enumerate(CHORDS) for s in BASS])
    plucks = _placed([(half + s, _pluck(note)) for half in (0, 32) for s, note in PLUCKS])
    pad = sum((_pad(bar, note) for bar, chord in enumerate(CHORDS) for note in chord[1:]), np.zeros(_SIZE))
    mix = 0.85 * drums + 0.16 * hats + _ducked(0.34 * bass + 0.075 * pad, 0.75) + _ducked(0.13 * plucks, 0.3)
    soft = np.tanh(1.2 * mix)
    level: Wave = 0.89 * soft / np.abs(soft).max()
    return level


def save(path: Path) -> None:
    """One channel of 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(song() * 32767).astype("<i2").tobytes())


def _placed(notes: list[tuple[int, Wave]]) -> Wave:
    """Each sound at its sixteenth note; what is longer than the song goes on at its beginning."""
    track = np.zeros(_SIZE)
    for step, sound in notes:
        np.add.at(track, (round(step * STEP * RATE) + np.arange(len(sound))) % _SIZE, sound)
    return track


def _time(seconds: float) -> Wave:
    return np.arange(round(seconds * RATE)) / RATE


def _fade(sound: Wave, seconds: float) -> Wave:
    """With an end that is no click."""
    tail = np.minimum(1, np.arange(len(sound))[::-1] / (seconds * RATE))
    return sound * tail


def _kick() -> Wave:
    """A sine that falls from 190 to 48 Hz."""
    t = _time(0.4)
    phase = 2 * np.pi * (48 * t + 142 * 0.028 * (1 - np.exp(-t / 0.028)))
    return _fade(np.sin(phase) * np.exp(-t / 0.13) + 0.25 * np.exp(-t / 0.002) * np.sin(2 * np.pi * 1800 * t), 0.05)


def _band(noise: Wave, low: float, high: float) -> Wave:
    """Noise of these frequencies, its greatest number 1."""
    spectrum = np.fft.rfft(noise)
    hertz = np.fft.rfftfreq(len(noise), 1 / RATE)
    spectrum *= 1 / (1 + (low / np.maximum(hertz, 1)) ** 6) / (1 + (hertz / high) ** 6)
    band = np.fft.irfft(spectrum, len(noise))
    level: Wave = band / np.abs(band).max()
    return level


def _hat(noise: np.random.RandomState, decay: float) -> Wave:
    t = _time(0.2)
    return _fade(_band(noise.standard_normal(len(t)), 6500, 10_500) * np.exp(-t / decay), 0.02)


def _clap(noise: np.random.RandomState) -> Wave:
    """Four quick bursts, of which the last rings."""
    t = _time(0.3)
    bursts = sum((np.where(t >= at, np.exp(-(t - at) / 0.006), 0) for at in (0, 0.009, 0.018)), np.zeros(len(t)))
    ring = np.where(t >= 0.026, np.exp(-(t - 0.026) / 0.06), 0)
    return _fade(0.3 * _band(noise.standard_normal(len(t)), 900, 4500) * (0.6 * bursts + ring), 0.05)


def _hertz(note: float) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


def _bass(note: float) -> Wave:
    """A note with overtones that die away before it does."""
    t = _time(0.24)
    tone = sum(
        (np.sin(2 * np.pi * k * _hertz(note) * t) * np.exp(-t * k * 5) / k for k in range(1, 9)), np.zeros(len(t))
    )
    return _fade(tone * np.minimum(1, t / 0.004), 0.06)


def _pluck(note: float) -> Wave:
    t = _time(0.9)
    f = 2 * np.pi * _hertz(note)
    return _fade(
        np.sin(f * t + 1.1 * np.exp(-t / 0.06) * np.sin(2 * f * t)) * np.exp(-t / 0.22) * np.minimum(1, t / 0.003), 0.1
    )


def _pad(bar: int, note: float) -> Wave:
    """A note of a bar that rises and falls slowly, three voices that are a little out of tune."""
    t = _time(SECONDS / 4 + 0.5)
    swell = np.sin(np.pi * np.clip(t / t[-1], 0, 1)) ** 0.5
    voices = (
        np.sin(2 * np.pi * k * _hertz(note) * cent * t) / k**1.6 for k in (1, 2, 3, 5) for cent in (0.9965, 1, 1.004)
    )
    return _placed([(16 * bar - 2, sum(voices, np.zeros(len(t))) * swell)])


def _ducked(sound: Wave, depth: float) -> Wave:
    """Softer at each kick, as a compressor makes it."""
    since = np.arange(_SIZE) / RATE % (60 / BPM)
    return sound * (1 - depth * np.exp(-since / 0.11))


if __name__ == "__main__":
    save(Path(sys.argv[1]))
