"""Pictures as pages and notebooks show them: thumbnails, contact sheets, PNG bytes, an ``<img>`` that holds them."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image


PIXELS = 1 << 18
"""How many pixels a result shows in all, so that a notebook stays small: one picture of 512x512, four of 256x256."""
SMALLEST = 128
"""A picture that is narrower than this many pixels is shown so wide, with hard edges."""


def grid(pictures: Sequence[Image.Image], gap: int = 4) -> Image.Image:
    """Pictures of one size in as many rows as columns where that can be, with see-through gaps; one alone as it is."""
    if len(pictures) == 1:
        return pictures[0]
    return contact_sheet(pictures, math.ceil(math.sqrt(len(pictures))), gap)


def contact_sheet(pictures: Sequence[Image.Image], columns: int, gap: int, paper: str | None = None) -> Image.Image:
    """Pictures of one size in rows, with gaps of so many pixels in the colour `paper`; None: see-through ones."""
    from PIL import Image

    width, height = pictures[0].size
    rows = math.ceil(len(pictures) / columns)
    size = columns * (width + gap) - gap, rows * (height + gap) - gap
    sheet = Image.new("RGBA", size) if paper is None else Image.new("RGB", size, paper)
    for i, picture in enumerate(pictures):
        sheet.paste(picture, (i % columns * (width + gap), i // columns * (height + gap)))
    return sheet


def tile(picture: Image.Image, side: int, enlarged: int | None = None) -> Image.Image:
    """The picture at most `side` pixels long; a small one as many whole times larger as stay within `enlarged`.

    So each pixel of a small one can be seen. `enlarged` is `side` by default.
    """
    from PIL import Image

    longest = max(picture.size)
    if longest > side:
        width, height = (max(1, round(length * side / longest)) for length in picture.size)
        return picture.resize((width, height), Image.Resampling.BOX)
    times = max(1, (enlarged or side) // longest)
    return picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)


def thumbnail(picture: Image.Image, pixels: int = PIXELS) -> Image.Image:
    """The picture, or where it has more than `pixels` a smaller one."""
    from PIL import Image

    scale = math.sqrt(pixels / (picture.width * picture.height))
    if scale >= 1:
        return picture
    size = max(1, int(picture.width * scale)), max(1, int(picture.height * scale))
    return picture.resize(size, Image.Resampling.BOX)


def png(picture: Image.Image) -> bytes:
    """The picture as the bytes of a PNG file."""
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    return buffer.getvalue()


def image_html(picture: Image.Image, alt: str, style: str = "") -> str:
    """An ``<img>`` that holds its picture."""
    data = base64.b64encode(png(picture)).decode("ascii")
    size = f'width="{max(picture.width, SMALLEST)}" style="display:block;margin:0;{style}"'
    return f'<img src="data:image/png;base64,{data}" alt="{escape(alt)}" {size}>'
