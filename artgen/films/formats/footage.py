"""What a film shows: picture files one after the other, each for so many frames; read one by one, all of one size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from PIL import Image

from artgen.errors import InputError
from artgen.picture import decoding
from artgen.picture.hashing import pixel_hash

MOST_FPS = 240
"""Frames in a second."""

Shown = tuple[Image.Image, int]
"""An RGBA picture, and for how many frames it is shown."""


@dataclass(frozen=True)
class Footage:
    """Pictures, none of them decoded yet."""

    parts: tuple[tuple[Path, int], ...]
    """Each file, and for how many frames it is shown."""
    fps: Fraction
    """Frames in a second."""
    size: tuple[int, int]
    """Width and height of all of them."""

    @classmethod
    def of(cls, files: Sequence[Path], fps: float, hold: int = 1) -> Footage:
        """The `files` in this order, each shown for `hold` frames.

        Raises:
            InputError: if there is none, `fps` is not above 0 and at most `MOST_FPS`, or `hold` is below 1.
        """
        if not files:
            raise InputError("a film needs frames, and there is none")
        if not (math.isfinite(fps) and 0 < fps <= MOST_FPS):
            raise InputError(f"fps: a film has more than 0 and at most {MOST_FPS} frames a second, not {fps:g}")
        if hold < 1:
            raise InputError(f"hold: a picture is shown for at least 1 frame, not {hold}")
        parts = tuple((file, hold * len(list(same))) for file, same in groupby(files))
        return cls(parts, Fraction(fps).limit_denominator(1001), decoding.read(files[0]).size)

    @property
    def count(self) -> int:
        """How many frames it has."""
        return sum(count for _, count in self.parts)

    @property
    def seconds(self) -> Fraction:
        return self.count / self.fps

    def pictures(self) -> Iterator[Shown]:
        """Each picture, decoded when it is asked for. InputError names one that cannot be read, or is larger."""
        for file, count in self.parts:
            picture = decoding.read(file)
            if picture.size != self.size:
                sizes = f"{_size(picture.size)}, and the first frame {_size(self.size)}"
                raise InputError(f"{file}: is {sizes}; the frames of a film are of one size")
            yield picture, count

    @property
    def is_clear(self) -> bool:
        """Whether one can see through any of the pictures; every one is decoded until one is found."""
        return any(picture.getchannel("A").getextrema() != (255, 255) for picture, _ in self.pictures())

    def moments(self, unit: int) -> Iterator[int]:
        """When each picture begins, and the end, in whole parts of a second, such as 1000; nothing adds up."""
        done = 0
        for _, count in self.parts:
            yield round(done * unit / self.fps)
            done += count
        yield round(done * unit / self.fps)


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def merged(shown: Iterable[Shown]) -> Iterator[Shown]:
    """The same, with pictures that are equal to the one before shown as that one, for longer."""
    held: Shown | None = None
    digest = ""
    for picture, count in shown:
        same = pixel_hash(picture)
        if held and same == digest:
            held = held[0], held[1] + count
            continue
        if held:
            yield held
        held, digest = (picture, count), same
    if held:
        yield held
