"""Small pictures of cells. Other processes may be at work on the files: what cannot be read is not there yet."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image

from artgen.errors import InputError
from artgen.picture import decoding
from artgen.picture.blocks import block, without_blocks

SIDES = (320, 288, 256, 224, 192, 160, 128, 112, 96, 80, 64, 48, 32)
"""The longer side that thumbnails may have, in pixels."""
QUALITY = 82
_BYTES_A_PIXEL = 0.3
"""What a thumbnail takes, or somewhat less."""


@dataclass(frozen=True)
class Thumbnail:
    """A small WebP of a picture."""

    content: bytes
    width: int
    height: int
    """The size of the whole picture, in pixels."""
    has_blocks: bool
    """Whether it is shown enlarged with hard edges."""


def opened(path: Path | None) -> Image.Image | None:
    """A picture on white, RGB; None while there is none that can be read."""
    if path is None:
        return None
    try:
        picture = decoding.read(path)
    except (InputError, OSError):
        return None
    is_opaque = picture.getchannel("A").getextrema() == (255, 255)
    return picture.convert("RGB") if is_opaque else decoding.on_white(picture)


def thumbnails(paths: Sequence[Path | None], most: int) -> list[Thumbnail | None]:
    """Those of all pictures, as large as they can be with at most `most` bytes together."""
    count = sum(path is not None for path in paths)
    fitting = math.sqrt(most / _BYTES_A_PIXEL / max(count, 1))
    sides = [side for side in SIDES if side <= fitting] or [SIDES[-1]]
    made: list[Thumbnail | None] = []
    for side in sides:
        made = [_thumbnail(path, side) for path in paths]
        if sum(len(one.content) for one in made if one is not None) <= most:
            break
    return made


def _thumbnail(path: Path | None, side: int) -> Thumbnail | None:
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return _made(path, side, (found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=8192)
def _made(path: Path, side: int, _version: tuple[int, int]) -> Thumbnail | None:
    """A sheet is made anew while cells are drawn, and most of them have not changed."""
    picture = opened(path)
    if picture is None:
        return None
    squares = block(picture)
    small = without_blocks(picture, squares)
    has_blocks = (squares > 1 or max(picture.size) <= side // 2) and max(small.size) <= side
    file = io.BytesIO()
    if has_blocks:
        small.save(file, format="WEBP", lossless=True)
    else:
        small = picture.copy()
        small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
        small.save(file, format="WEBP", quality=QUALITY, method=4)
    return Thumbnail(file.getvalue(), picture.width, picture.height, has_blocks)


def measured(path: Path | None) -> tuple[int, int] | None:
    """Width and height of a picture; None while there is none that can be read."""
    if path is None:
        return None
    try:
        return decoding.size(path)
    except (InputError, OSError):
        return None
