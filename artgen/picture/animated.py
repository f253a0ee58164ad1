"""The pictures of an animated GIF, WebP or PNG, one after the other, each decoded as `decoding` decodes a first one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.picture import decoding
from artgen.picture.levels import in_bytes
from artgen.picture.profiles import to_srgb
from artgen.picture.source import Unreadable

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("GIF", "WEBP", "PNG")
"""Pillow's names."""
MOST_PICTURES = 20_000
MOST_PIXELS = 1 << 33
"""Of all pictures together: what is read in some minutes."""
SHORTEST, INSTEAD = 0.01, 0.1
"""A picture that says it stands so many seconds, or fewer, is shown by every browser for a tenth."""


def pictures(path: Path) -> Iterator[tuple[Image.Image, float]]:
    """Each picture as 8-bit RGBA in sRGB, and for how many seconds it stands.

    Raises:
        InputError: if the file cannot be read, is none of these, is damaged, or has too much in it; in one line.
    """
    from PIL import Image, ImageOps

    data = decoding.content(path)
    with decoding.refusing_damaged(path):
        # Browsers, too, hold what is animated by its bytes; nothing of it is decoded here.
        file = Image.open(io.BytesIO(data), formats=FORMATS)
        count, pixels = int(getattr(file, "n_frames", 1)), file.width * file.height
        if pixels > decoding.MAX_PIXELS or count > MOST_PICTURES or count * pixels > MOST_PIXELS:
            raise Unreadable(f"{count} pictures of {file.width}x{file.height} pixels are too many")
    for number in range(count):
        with decoding.refusing_damaged(path):
            file.seek(number)
            file.load()
            told = float(file.info.get("duration") or 0) / 1000
            picture = to_srgb(in_bytes(ImageOps.exif_transpose(file), False), lambda line: None)
        yield picture, told if told > SHORTEST else INSTEAD
