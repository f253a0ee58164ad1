"""Small pictures of strangers' files, made when they are asked for, and kept in memory up to a bound."""

from __future__ import annotations

import io
import threading

from artgen.picture import decoding, preview
from artgen.picture.recent import Recent
from artgen.watching.listing import Stamp
from artgen.watching.places import Place

SIDES = (96, 160, 320, 640)
"""The longer side that thumbnails may have, in pixels."""
MAX_BYTES = 128 << 20
"""A picture's file that is larger has no thumbnail."""
MOST_KEPT = 64 << 20
"""Bytes of all thumbnails that are kept."""
AT_ONCE = 2
"""So many pictures are decoded at once, each of which may take a few hundred megabytes."""
QUALITY = 85


class Thumbnails:
    """Thumbnails as WebP, by picture, version and side. Threads may share it."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._recent, self._decoding = Recent(most), threading.Semaphore(AT_ONCE)

    def get(self, picture: Place, stamp: Stamp, side: int) -> bytes:
        """The thumbnail of a picture in this version; InputError if it is none that is read.

        A small picture is enlarged by a whole number, with hard edges.
        """
        key = (picture.parts, stamp.text, side)
        if kept := self._recent.get(key):
            return kept
        with self._decoding:
            return self._recent.keep(key, thumbnail(picture.read(MAX_BYTES), picture, side))

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._recent.size


def thumbnail(content: bytes, picture: Place, side: int) -> bytes:
    """A small WebP of a picture's bytes, on white; InputError if they are no picture that is read."""
    whole = decoding.decode(content, picture.path)
    is_opaque = whole.getchannel("A").getextrema() == (255, 255)
    small = preview.tile(whole.convert("RGB") if is_opaque else decoding.on_white(whole), side)
    file = io.BytesIO()
    if max(whole.size) <= side:
        small.save(file, format="WEBP", lossless=True, method=2)
    else:
        small.save(file, format="WEBP", quality=QUALITY, method=2)
    return file.getvalue()


def side_of(text: str) -> int:
    """The side that an address asks for: the next one that there is."""
    wanted = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else SIDES[2]
    return next((side for side in SIDES if side >= wanted), SIDES[-1])
