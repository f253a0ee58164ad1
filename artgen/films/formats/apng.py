"""Animated PNG, without loss, written frame by frame (PNG, third edition: 11.3.5 and 4.9)."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image

from artgen.films.formats.changes import ChangedPart, changed
from artgen.films.formats.footage import Footage, merged
from artgen.recipe import metadata
from artgen.recipe.embedded import PNG

MOST = (1 << 16) - 1
"""The largest of the two numbers whose quotient says how many seconds a frame is shown."""
_OWN = (b"IHDR", b"IDAT", b"IEND")


def write(footage: Footage, file: Path, recipe: Mapping[str, Any] | None = None) -> None:
    """Write `footage` to `file`, over and over; one picture is held in memory at a time."""
    mode = "RGBA" if footage.is_clear else "RGB"
    with file.open("wb") as out:
        _Writer(out, footage.fps).write(footage, mode, metadata.options(file.with_suffix(".png"), recipe))


class _Writer:
    """Writes the chunks, which count their frames, and are counted in turn."""

    def __init__(self, out: IO[bytes], fps: Fraction) -> None:
        self.out, self.fps = out, fps
        self.frames = self.number = 0

    def write(self, footage: Footage, mode: str, options: Mapping[str, Any]) -> None:
        before, place = None, 0
        for picture, count in merged(footage.pictures()):
            levels = np.asarray(picture.convert(mode))
            box = changed(before, levels)
            # Told to the first alone, whose texts are the file's.
            parts = list(_chunks(levels[box.rows, box.columns], options if before is None else {"format": "PNG"}))
            if before is None:
                place = self._begin(parts)
            self._frame(box, count, b"".join(body for kind, body in parts if kind == b"IDAT"))
            before = levels
        self._chunk(b"IEND", b"")
        self.out.seek(place)
        self._chunk(b"acTL", struct.pack(">II", self.frames, 0))

    def _begin(self, parts: list[tuple[bytes, bytes]]) -> int:
        """All that stands before the first frame; where the number of frames does."""
        self.out.write(PNG)
        self._chunk(b"IHDR", dict(parts)[b"IHDR"])
        place = self.out.tell()
        self._chunk(b"acTL", bytes(8))
        for kind, body in parts:
            if kind not in _OWN:
                self._chunk(kind, body)
        return place

    def _frame(self, box: ChangedPart, count: int, pixels: bytes) -> None:
        delay = (count / self.fps).limit_denominator(MOST)
        if delay.numerator > MOST:  # longer than a day of frames
            delay = Fraction(min(round(delay), MOST))
        shape = (box.width, box.height, box.left, box.top)
        # The frame stays, and the next one replaces what it covers.
        control = struct.pack(">IIIIHHBB", *shape, delay.numerator, delay.denominator, 0, 0)
        self._chunk(b"fcTL", self._numbered() + control)
        if self.frames == 0:
            self._chunk(b"IDAT", pixels)
        else:
            self._chunk(b"fdAT", self._numbered() + pixels)
        self.frames += 1

    def _numbered(self) -> bytes:
        self.number += 1
        return struct.pack(">I", self.number - 1)

    def _chunk(self, kind: bytes, body: bytes) -> None:
        self.out.write(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))


def _chunks(levels: np.ndarray[Any, Any], options: Mapping[str, Any]) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a picture as Pillow writes it."""
    file = io.BytesIO()
    Image.fromarray(levels).save(file, **options)
    data, place = file.getvalue(), len(PNG)
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        yield data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        place += 12 + length
