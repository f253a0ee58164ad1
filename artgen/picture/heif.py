"""HEIC and other HEIF pictures, as phones take them, by libheif: the extra ``artgen[heic]``."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from artgen.picture.source import Source, Unreadable

if TYPE_CHECKING:
    from PIL import Image


def source(data: bytes) -> Source:
    """What is in the bytes of a HEIF file.

    Raises:
        Unreadable: if pi-heif, which reads it, is not installed; what else it raises says that the file is damaged.
    """
    try:
        import pi_heif
    except ImportError:
        raise Unreadable('HEIC needs one more package; pip install "artgen[heic]"') from None
    # Its pixels are decoded only when they are asked for.
    file = pi_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)

    def load() -> Image.Image:
        picture: Image.Image = file.to_pillow()
        return picture

    return Source(file.size, len(file) > 1, load)
