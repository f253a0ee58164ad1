"""WAV files (RIFF, "Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft 1991)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from artgen.sound.source import UnreadableSong

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_UNKNOWN_LENGTH = (0, 0xFFFFFFFF)
"""What stands for the length of the data where it was not known yet when the header was written."""
_MAX_CHUNKS = 1000


@dataclass(frozen=True)
class Wave:
    """What the header of a WAV file says, and where its samples are."""

    is_float: bool
    bits: int
    channels: int
    rate: int
    start: int
    """The place of the first sample, in bytes."""
    frames: int
    """Samples of each channel."""

    @property
    def stride(self) -> int:
        """Bytes of one sample of all channels."""
        return self.channels * self.bits // 8


def is_wav(head: bytes) -> bool:
    """Whether a file that begins so is a WAV file; 12 bytes are enough."""
    return head[:4] == b"RIFF" and head[8:12] == b"WAVE"


def opened(file: BinaryIO) -> Wave | None:
    """What the header says; None if the samples are in a form that is not read here, such as ADPCM.

    Raises:
        UnreadableSong: if the file is damaged.
    """
    size = os.fstat(file.fileno()).st_size
    form: tuple[int, ...] | None = None
    for name, start, length in _chunks(file, size):
        if name == b"fmt ":
            form = _form(file.read(min(length, 40)))
        elif name == b"data":
            if form is None:
                raise UnreadableSong("damaged: its samples come before what says how to read them")
            end = size if length in _UNKNOWN_LENGTH else min(start + length, size)
            return _wave(form, start, end - start)
    raise UnreadableSong("damaged: it holds no samples")


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, place and length of each part of the file, which stands at the part's beginning."""
    place = 12
    for _ in range(_MAX_CHUNKS):
        file.seek(place)
        head = file.read(8)
        if len(head) < 8 or place > size:
            return
        name, length = struct.unpack("<4sI", head)
        yield name, place + 8, length
        place += 8 + length + length % 2


def _form(data: bytes) -> tuple[int, ...]:
    if len(data) < 16:
        raise UnreadableSong("damaged: its header is cut off")
    kind, channels, rate, _, stride, bits = struct.unpack("<HHIIHH", data[:16])
    if kind == _EXTENSIBLE and len(data) >= 26:
        kind = struct.unpack("<H", data[24:26])[0]
    return kind, channels, rate, stride, bits


def _wave(form: tuple[int, ...], start: int, length: int) -> Wave | None:
    kind, channels, rate, stride, bits = form
    if (kind, bits) not in {(_PCM, 8), (_PCM, 16), (_PCM, 24), (_PCM, 32), (_FLOAT, 32), (_FLOAT, 64)}:
        return None
    if channels < 1 or stride != channels * bits // 8:
        raise UnreadableSong("damaged: its header contradicts itself")
    return Wave(kind == _FLOAT, bits, channels, rate, start, length // stride)


def samples(file: BinaryIO, wave: Wave, frames: int) -> NDArray[np.float32]:
    """The next samples, at most so many, as ``(n, channels)``; whole numbers are brought to [-1, 1)."""
    raw = file.read(frames * wave.stride)
    raw = raw[: len(raw) // wave.stride * wave.stride]
    return _numbers(raw, wave).astype(np.float32).reshape(-1, wave.channels)


def _numbers(raw: bytes, wave: Wave) -> NDArray[np.floating]:
    if wave.is_float:
        return np.frombuffer(raw, f"<f{wave.bits // 8}")
    if wave.bits == 8:
        return (np.frombuffer(raw, np.uint8) - np.float32(128)) / np.float32(128)
    if wave.bits == 24:
        # Each number is the upper three bytes of one of 32 bits.
        wide = np.zeros((len(raw) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        return wide.view("<i4")[:, 0] / 2.0**31
    return np.frombuffer(raw, f"<i{wave.bits // 8}") / 2.0 ** (wave.bits - 1)
