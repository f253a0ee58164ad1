"""The recipe's text in the bytes of a picture file, found without decoding the picture: it may be a stranger's.

A PNG may hold it in any of its three kinds of text, or in Exif data, as a WebP and a JPEG do: programs that save a
picture again move it from one to the other.
"""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Iterator
from itertools import islice

from artgen.recipe.model import MAX_BYTES

KEY = "artgen:recipe"
EXIF_FOLDER, USER_COMMENT = 0x8769, 0x9286
ASCII = b"ASCII\0\0\0"
"""How Exif 2.32 (4.6.5) says that a comment is plain ASCII."""
MAX_CHUNKS, MAX_PROFILES = 1 << 17, 4
"""What comes after so many parts of a file, and so many of them with Exif data, is not looked at."""

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
EXIF = b"Exif\0\0"
_PROFILES = (b"Raw profile type exif\0", b"Raw profile type APP1\0")
"""Keys under which ImageMagick wrote Exif data before PNG had a place for them: a name, a length, and hexadecimals."""

Chunks = Iterator[tuple[bytes, bytes]]


class UnknownFormat(Exception):
    """The bytes are none of a PNG, WebP or JPEG."""


def text(data: bytes) -> str | None:
    """The recipe's text, at most some `MAX_BYTES` of it; None if there is none. UnknownFormat says what it says."""
    if data.startswith(PNG):
        return _of_png(data)
    if data.startswith(JPEG):
        return _of_exif(_of_kind(b"\xe1", jpeg_segments(data)))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _of_exif(_of_kind(b"EXIF", webp_chunks(data)))
    raise UnknownFormat


def _of_png(data: bytes) -> str | None:
    key = KEY.encode() + b"\0"
    exif: list[bytes] = []
    for kind, body in islice(png_chunks(data), MAX_CHUNKS):
        if kind in TEXTS and body.startswith(key):
            if found := png_text(kind, body[len(key) :]):
                return found
        elif kind == b"eXIf" and len(exif) < MAX_PROFILES:
            exif.append(body)
        elif kind == b"zTXt" and len(exif) < MAX_PROFILES and (name := next(filter(body.startswith, _PROFILES), None)):
            exif.append(_hexadecimals(png_text(kind, body[len(name) :])))
    return _of_exif(exif)


def png_text(kind: bytes, body: bytes) -> str:
    """A chunk's text after its key (PNG, third edition, 11.3.3)."""
    if kind == b"iTXt":
        # Whether it is compressed, how, its language, the key in that language, and the text.
        content = body[2:].split(b"\0", 2)[-1]
        return (_inflated(content) if body[:1] == b"\1" else content[: MAX_BYTES + 1]).decode("utf-8", "replace")
    content = _inflated(body[1:]) if kind == b"zTXt" else body[: MAX_BYTES + 1]
    # Latin-1 says the standard, but ImageMagick writes the UTF-8 that it has read elsewhere.
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _inflated(data: bytes) -> bytes:
    """What zlib made smaller, one byte more than is read at most; of damaged data, nothing."""
    try:
        return zlib.decompressobj().decompress(data, MAX_BYTES + 1)
    except zlib.error:
        return b""


def _hexadecimals(profile: str) -> bytes:
    numbers = "".join(profile.split()[2:])
    return bytes.fromhex(numbers) if re.fullmatch(r"([0-9a-fA-F]{2})+", numbers) else b""


def png_chunks(data: bytes) -> Chunks:
    """The parts of a PNG; those that hold no text are empty."""
    place = len(PNG)
    while place + 8 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        kind = data[place + 4 : place + 8]
        yield kind, data[place + 8 : place + 8 + length] if kind in (*TEXTS, b"eXIf") else b""
        place += 12 + length


def jpeg_segments(data: bytes) -> Chunks:
    """Up to the pixels; each kind is the second byte of its marker (ITU-T T.81, B.1.1)."""
    place = len(JPEG)
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != 0xDA:
        if data[place + 1] == 0xFF:
            place += 1
            continue
        length = max(2, int.from_bytes(data[place + 2 : place + 4], "big"))
        yield data[place + 1 : place + 2], data[place + 4 : place + 2 + length]
        place += 2 + length


def webp_chunks(data: bytes) -> Chunks:
    """The parts of a WebP file (RFC 9649, 2.3)."""
    place = 12
    while place + 8 <= len(data):
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        yield data[place : place + 4], data[place + 8 : place + 8 + length]
        place += 8 + length + length % 2


def _of_kind(wanted: bytes, chunks: Chunks) -> list[bytes]:
    found = (body for kind, body in islice(chunks, MAX_CHUNKS) if kind == wanted)
    return list(islice(found, MAX_PROFILES))


def _of_exif(parts: list[bytes]) -> str | None:
    return next(filter(None, map(_comment, parts)), None)


def _comment(data: bytes) -> str | None:
    """The comment in Exif data."""
    from PIL import Image

    exif = Image.Exif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exif.load(EXIF + data.removeprefix(EXIF))
            raw = exif.get_ifd(EXIF_FOLDER).get(USER_COMMENT)
    except Exception:  # the many ways in which it can be damaged
        return None
    if not (isinstance(raw, bytes) and raw.startswith(ASCII)):
        return None
    return raw.removeprefix(ASCII)[: MAX_BYTES + 1].decode("ascii", "replace")
