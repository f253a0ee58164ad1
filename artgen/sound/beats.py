"""Where the beats of a song are: after D. P. W. Ellis 2007, "Beat Tracking by Dynamic Programming", J. New Music
Research 36(1), 51-60."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from artgen.sound.onsets import HERTZ
from artgen.sound.spectra import Numbers

USUAL, OCTAVES = 0.5, 0.9
"""Seconds from beat to beat that people hear most readily, and how far others may lie from them (section 3.2)."""
PERIODS = (0.25, 2.0)
"""The shortest and the longest time between beats: 240 and 30 a minute."""
CLEAR = 0.1
"""How much alike onsets are one beat later in a song that has beats; 1 is the same again."""
TIGHTNESS = 100.0
"""How much even beats count against strong ones."""
SMOOTH = 0.02
"""Standard deviation in seconds of the blur of onsets: players are not exact."""


def period(strength: Numbers) -> float | None:
    """The seconds from beat to beat in the `strength` of the onsets; None if there are no beats."""
    strong = _smoothed(strength)
    strong = strong - strong.mean()
    size = 2 * len(strong)
    alike = np.fft.irfft(np.abs(np.fft.rfft(strong, size)) ** 2, size)[: len(strong)]
    first, last = (round(seconds * HERTZ) for seconds in PERIODS)
    last = min(last, len(strong) // 2)
    if last <= first or alike[0] <= 0:
        return None
    # Each lag by the number of moments that it compares, so that long ones are not at a disadvantage.
    alike = alike / alike[0] * len(strong) / (len(strong) - np.arange(len(strong)))
    lags = np.arange(first, last + 1)
    weighted = alike[lags] * np.exp(-0.5 * (np.log2(lags / HERTZ / USUAL) / OCTAVES) ** 2)
    best = int(lags[weighted.argmax()])
    if alike[best] < CLEAR:
        return None
    return (best + _vertex(*alike[best - 1 : best + 2])) / HERTZ


def beats(strength: Numbers, seconds: float) -> Numbers:
    """The moments, in seconds, that follow each other after about `seconds` each and where much begins (section 2)."""
    strong = _smoothed(strength)
    strong = strong / (strong.std() or 1)
    step = seconds * HERTZ
    back = np.arange(-round(2 * step), -max(1, round(step / 2)) + 1)
    cost = -TIGHTNESS * np.log(-back / step) ** 2
    score, before = strong.copy(), np.full(len(strong), -1)
    for now in range(len(strong)):
        reach = back[now + back >= 0]
        if len(reach):
            ways = cost[-len(reach) :] + score[now + reach]
            best = int(ways.argmax())
            if ways[best] > 0:
                score[now], before[now] = strong[now] + ways[best], now + reach[best]
    return _trimmed(_path(score, before, round(step)), strong) / HERTZ


def _path(score: Numbers, before: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    """From the best last beat back to the first."""
    start = max(0, len(score) - step)
    path = [start + int(score[start:].argmax())]
    while before[path[-1]] >= 0:
        path.append(int(before[path[-1]]))
    return np.array(path[::-1])


def _trimmed(path: NDArray[np.int64], strong: Numbers) -> NDArray[np.int64]:
    """Without beats at both ends where nothing begins, such as in the silence before and after the song."""
    real = np.flatnonzero(strong[path] > 0.5 * np.sqrt(np.mean(strong[path] ** 2)))
    return path[real[0] : real[-1] + 1] if len(real) else path[:0]


def _smoothed(strength: Numbers) -> Numbers:
    reach = round(3 * SMOOTH * HERTZ)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / HERTZ / SMOOTH) ** 2)
    if len(strength) <= 2 * reach:
        return strength
    smooth: Numbers = np.convolve(strength, bell / bell.sum(), "same").astype(np.float64)
    return smooth


def _vertex(left: float, middle: float, right: float) -> float:
    """Where the parabola through three numbers at -1, 0 and 1 is greatest."""
    bend = left - 2 * middle + right
    return float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0 else 0.0
