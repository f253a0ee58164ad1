"""Every song that artgen reads is read here; it may be a stranger's: bounded, its channels mixed to one."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from artgen.errors import InputError, one_line, shown
from artgen.fields.paths import neighbours
from artgen.sound import libsndfile, wav
from artgen.sound.source import UnreadableSong

MAX_SECONDS = 7200.0
"""No film that follows a song is longer."""
MAX_SAMPLES = 1 << 29
MAX_CHANNELS = 64
RATES = (1000, 768_000)
"""The fewest and the most samples a second."""
QUIET = 1e-4
"""What never swings further is silence: 80 decibels below the loudest that a file can hold."""
_BLOCK = 1 << 20
"""Samples, of all channels together, that are read at once."""


@dataclass(frozen=True)
class Song:
    """The beginning of a song, or all of it."""

    samples: NDArray[np.float32]
    """``(n,)``: the mean of its channels, in [-1, 1] in most files."""
    rate: int
    """Samples a second."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def read(path: Path, seconds: float) -> Song:
    """The first `seconds` of a song, or all of it where it is shorter.

    Raises:
        InputError: if there is no such file, it is no song that can be read, or is silent; in one line.
    """
    if seconds > MAX_SECONDS:
        raise InputError(f"{shown(path)}: a film that follows a song is at most {MAX_SECONDS / 60:g} minutes long")
    with _reading(path), path.open("rb") as file:
        song = _song(path, file, seconds)
        if len(song.samples) == 0:
            raise UnreadableSong("it has no sound: it is 0 seconds long")
        # A sum is finite only if all of it is, and needs no memory.
        if not np.isfinite(np.sum(song.samples, dtype=np.float64)):
            raise UnreadableSong("damaged: it holds numbers that are no sound")
    if max(song.samples.max(), -song.samples.min()) < QUIET:
        raise InputError(f"{shown(path)}: is silent for its first {song.seconds:.3g} seconds; choose another song")
    return song


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Inside, whatever goes wrong with a file is an InputError."""
    try:
        # Asked before it is opened: a pipe or a device may never answer.
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(f"{shown(path)}: is no file; name a song")
        yield
    except FileNotFoundError:
        raise InputError(f"{shown(path)}: there is no such file{neighbours(path, Path.is_file)}") from None
    except UnreadableSong as error:
        raise InputError(f"{shown(path)}: no song that can be read ({one_line(error, 300)})") from None
    except OSError as error:
        raise InputError(f"{shown(path)}: cannot be read ({error.strerror or one_line(error)})") from None


def _song(path: Path, file: BinaryIO, seconds: float) -> Song:
    head = file.read(12)
    if not head:
        raise UnreadableSong("the file is empty")
    wave = wav.opened(file) if wav.is_wav(head) else None
    if wave is None:
        with libsndfile.opened(path, head) as sound:
            return _mixed(sound.rate, sound.channels, seconds, sound.samples)
    file.seek(wave.start)
    wanted = min(wave.frames, round(seconds * wave.rate))
    return _mixed(wave.rate, wave.channels, wanted / max(wave.rate, 1), lambda most: wav.samples(file, wave, most))


def _mixed(rate: int, channels: int, seconds: float, read: Callable[[int], NDArray[np.float32]]) -> Song:
    """The samples that `read` gives, at most so many at a time as it is told, until `seconds` are there."""
    if not RATES[0] <= rate <= RATES[1]:
        raise UnreadableSong(f"it has {rate} samples a second; {RATES[0]} to {RATES[1]} are read")
    if not 1 <= channels <= MAX_CHANNELS:
        raise UnreadableSong(f"it has {channels} channels; at most {MAX_CHANNELS} are read")
    left = round(seconds * rate)
    if left > MAX_SAMPLES:
        raise UnreadableSong(f"{left} samples are too many; save it with fewer a second")
    blocks = []
    while left > 0 and len(block := read(min(left, _BLOCK // channels))):
        blocks.append(block.mean(axis=1))
        left -= len(block)
    return Song(np.concatenate(blocks) if blocks else np.zeros(0, np.float32), rate)
