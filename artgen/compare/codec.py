"""What a file of a lossy format keeps of a picture: the same codec, with the settings of the file, tried on it.

A JPEG or a lossy WebP holds other pixels than the picture that was drawn, so that neither their hash nor their likeness
tells whether it is that picture: a hash in a recipe says nothing of the pixels beside it, and a small change hides in
the loss. The drawn picture put through the same codec has the same loss.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from PIL import Image, JpegImagePlugin

from artgen.recipe.embedded import webp_chunks

MOST, MEAN = 4.0, 0.25
"""How much a file may differ from what its codec makes of the drawn picture, in levels of 255: at any place in any
channel, and on average. The encoders of other systems round otherwise; those of one system do not."""
FINEST, COARSEST = 100, 75
"""Qualities of a file that tells enough of its picture; artgen writes JPEGs of 95."""
NEARBY = 3
"""How many qualities above and below the one that its size suggests a WebP may have."""


@dataclass(frozen=True)
class KeptPicture:
    """What of the drawn picture a file should hold."""

    picture: Image.Image
    """RGBA."""
    lossy: str
    """The format, such as ``JPEG``; empty where it keeps all that can be seen."""
    fits: bool
    """Whether the file does hold it, within the bounds."""


def kept(content: bytes, held: Image.Image, drawn: Sequence[Image.Image]) -> KeptPicture:
    """Of the ways in which a picture may have been kept in a file's bytes, the nearest to the pixels that they hold.

    Args:
        content: the file.
        held: its pixels, RGBA.
        drawn: the picture, RGB or RGBA, and after it what a JPEG may show in its place.
    """
    if content.startswith(b"\xff\xd8"):
        return _nearest("JPEG", held, drawn[0], _jpegs(content, [one for one in drawn if one.mode == "RGB"]))
    sizes = {name: len(body) for name, body in webp_chunks(content)} if content[:4] == b"RIFF" else {}
    if b"VP8 " in sizes:
        return _nearest("WebP", held, drawn[0], _webps(sizes[b"VP8 "], drawn[0]))
    whole = drawn[0].convert("RGBA")
    # A WebP may leave out the colours of what is wholly see-through.
    same = difference(held, whole) == (0, 0) if sizes else held.tobytes() == whole.tobytes()
    return KeptPicture(whole, "", same)


def _nearest(name: str, held: Image.Image, drawn: Image.Image, ways: Iterator[Image.Image]) -> KeptPicture:
    found = [(*difference(held, picture), picture) for picture in ways]
    if not found:
        return KeptPicture(drawn.convert("RGBA"), name, False)
    largest, mean, picture = min(found, key=lambda one: one[:2])
    return KeptPicture(picture, name, largest <= MOST and mean <= MEAN)


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """The largest and the mean difference of two pictures of one size, in levels, as far as it can be seen.

    What is wholly see-through has no colour.
    """
    levels = abs(_covering(one) - _covering(other))
    return float(levels.max()), float(levels.mean())


def _covering(picture: Image.Image) -> numpy.ndarray[Any, Any]:
    """(H, W, 4): the colours, multiplied by alpha, and alpha."""
    levels = numpy.asarray(picture.convert("RGBA")).astype(numpy.float32)
    levels[..., :3] *= levels[..., 3:] / 255
    return levels


def _jpegs(content: bytes, drawn: Sequence[Image.Image]) -> Iterator[Image.Image]:
    """`drawn` as JPEGs with the tables and the subsampling of the one in `content`."""
    tables, sampling, mode = _settings(content)
    # A grey one, or one of another kind of colours, would be made alike only by losing those of the picture.
    if mode != "RGB" or sampling < 0 or not _is_fine(tables):
        return
    for picture in drawn:
        yield _through(picture, format="JPEG", qtables=tables, subsampling=sampling)


def _settings(content: bytes) -> tuple[dict[int, list[int]], int, str]:
    """The tables of a JPEG, how its colours are sampled (-1: in a way of its own), and of what kind they are."""
    with Image.open(io.BytesIO(content), formats=["JPEG"]) as opened:
        assert isinstance(opened, JpegImagePlugin.JpegImageFile)
        return dict(opened.quantization), JpegImagePlugin.get_sampling(opened), opened.mode


def _is_fine(tables: dict[int, list[int]]) -> bool:
    """Whether no frequency is kept more coarsely than a JPEG of the quality `COARSEST` keeps its colours."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, format="JPEG", quality=COARSEST)
    coarse = numpy.max(list(_settings(file.getvalue())[0].values()), axis=0)
    return all(bool((numpy.asarray(table) <= coarse).all()) for table in tables.values())


def _webps(size: int, drawn: Image.Image) -> Iterator[Image.Image]:
    """`drawn` as lossy WebPs of the qualities that give about `size` bytes: the file does not say its own."""
    low, high = COARSEST, FINEST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _webp_size(drawn, middle) >= size else (middle + 1, high)
    # Sizes do not quite rise with the quality.
    for quality in range(max(COARSEST, low - NEARBY), min(FINEST, low + NEARBY) + 1):
        yield _through(drawn, format="WEBP", quality=quality)


def _webp_size(drawn: Image.Image, quality: int) -> int:
    chunks = webp_chunks(_file(drawn, format="WEBP", quality=quality))
    return next((len(body) for name, body in chunks if name == b"VP8 "), 0)


def _through(picture: Image.Image, **options: Any) -> Image.Image:
    with Image.open(io.BytesIO(_file(picture, **options)), formats=[options["format"]]) as opened:
        return opened.convert("RGBA")


def _file(picture: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, **options)
    return file.getvalue()
