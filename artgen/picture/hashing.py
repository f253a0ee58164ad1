"""The hash of a picture's pixels, by which a recipe knows its picture in any format. Needs no torch."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image


def pixel_hash(picture: Image.Image) -> str:
    """sha256 of the 8-bit levels of an RGB or RGBA picture, row by row, the channels of a pixel together."""
    return hashlib.sha256(picture.tobytes()).hexdigest()


def is_as_written(picture: Image.Image, known: str | None) -> bool:
    """Whether an RGBA picture, as `decoding.read` gives it, has the `pixel_hash` that its recipe knows; True for None.

    A recipe does not say whether its picture has alpha, so that a match as RGB or as RGBA counts.
    """
    return known is None or known in (pixel_hash(picture.convert("RGB")), pixel_hash(picture))
