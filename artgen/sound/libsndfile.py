"""Songs of all forms but plain WAV, by libsndfile: the extra ``artgen[sound]``."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgen.errors import one_line
from artgen.sound.source import UnreadableSong

INSTALL = 'pip install "artgen[sound]"'
_KINDS = (
    (0, b"fLaC", "FLAC"),
    (0, b"OggS", "OGG"),
    (0, b"ID3", "MP3"),
    (0, b"FORM", "AIFF"),
    (0, b".snd", "AU"),
    (0, b"caff", "CAF"),
    (0, b"RF64", "RF64"),
    (0, b"RIFF", "WAV that is compressed"),
)
_OTHERS = (
    (4, b"ftyp", "MPEG-4 (AAC)"),
    (0, b"\x1aE\xdf\xa3", "Matroska or WebM"),
    (0, b"0&\xb2u", "WMA"),
    (0, b"MThd", "MIDI, which is notes and no sound"),
)
"""The place and the bytes that files of a kind begin with."""


@dataclass(frozen=True)
class Opened:
    """A song that is being read."""

    rate: int
    channels: int
    samples: Callable[[int], NDArray[np.float32]]
    """The next samples, at most so many: ``(n, channels)``, in [-1, 1]."""


@contextlib.contextmanager
def opened(path: Path, head: bytes) -> Iterator[Opened]:
    """The song in a file that begins with `head`, 12 bytes.

    Raises:
        UnreadableSong: if it is none, if it is damaged, or if soundfile is not installed.
    """
    if other := _kind(head, _OTHERS):
        raise UnreadableSong(f"it is {other}; save it as WAV, FLAC, OGG or MP3")
    kind = _kind(head, _KINDS) or ("MP3" if head[0] == 0xFF and head[1:2] >= b"\xe0" else "")
    if not kind:
        raise UnreadableSong("neither WAV, FLAC, OGG, MP3 nor AIFF")
    try:
        import soundfile
    # An OSError says that libsndfile itself, which is no Python, is missing.
    except (ImportError, OSError):
        raise UnreadableSong(f"{kind} needs one more package; {INSTALL}") from None
    try:
        with soundfile.SoundFile(str(path)) as sound:
            yield Opened(sound.samplerate, sound.channels, partial(_samples, sound))
    except UnreadableSong:
        raise
    except Exception as error:  # the many ways in which a file can be damaged
        said = str(getattr(error, "error_string", "")) or one_line(error)
        raise UnreadableSong(f"damaged: {said.removeprefix('Error : ').rstrip('.')}") from None


def _samples(sound: Any, most: int) -> NDArray[np.float32]:
    return np.asarray(sound.read(most, dtype="float32", always_2d=True), np.float32)


def _kind(head: bytes, kinds: tuple[tuple[int, bytes, str], ...]) -> str:
    return next((name for place, magic, name in kinds if head[place : place + len(magic)] == magic), "")
