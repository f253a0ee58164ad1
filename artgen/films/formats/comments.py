"""The comment in the bytes of a film, found without ffmpeg and without decoding: it may be a stranger's.

MP4 keeps it in boxes (ISO/IEC 14496-12; iTunes' metadata), WebM in elements (RFC 8794, RFC 9559), GIF in a block of its
own (GIF89a, 24). What is read is bounded, whatever lengths the file names.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from artgen.recipe.model import MAX_BYTES

MOST_PARTS = 1 << 16
"""What comes after so many parts of a file is not looked at."""
_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT, _TAGS, _TAG, _SIMPLE = 0x18538067, 0x1254C367, 0x7373, 0x67C8
_NAME, _STRING = 0x45A3, 0x4487

Part = tuple[int, int]
"""Where it begins and ends in the file."""


def comment(file: Path) -> str | None:
    """The comment of an MP4, WebM or GIF, at most some `MAX_BYTES` of it; None if there is none, or it is damaged."""
    with file.open("rb") as data, contextlib.suppress(EOFError, StopIteration):
        start = _read(data, 0, 12)
        end = data.seek(0, 2)
        if start[4:8] == b"ftyp":
            return _of_mp4(data, end)
        if start.startswith(_EBML):
            return _of_webm(data, end)
        if start.startswith((b"GIF87a", b"GIF89a")):
            return _of_gif(data)
    return None


def _read(data: BinaryIO, place: int, length: int) -> bytes:
    data.seek(place)
    found = data.read(length)
    if len(found) < length:
        raise EOFError
    return found


def _text(data: BinaryIO, place: int, end: int) -> str:
    return _read(data, place, min(end - place, MAX_BYTES + 1)).decode("utf-8", "replace")


def _of_mp4(data: BinaryIO, end: int) -> str:
    part = (0, end)
    for kind, fields in ((b"moov", 0), (b"udta", 0), (b"meta", 4), (b"ilst", 0), (b"\xa9cmt", 0), (b"data", 8)):
        start, end = next(body for name, body in _boxes(data, part) if name == kind)
        # What stands before the boxes inside: a version and flags; of the data its kind and language.
        part = start + fields, end
    return _text(data, *part)


def _boxes(data: BinaryIO, part: Part) -> Iterator[tuple[bytes, Part]]:
    place, end = part
    for _ in range(MOST_PARTS):
        if place + 8 > end:
            return
        head = _read(data, place, 8)
        length, body = int.from_bytes(head[:4], "big"), place + 8
        if length == 1:
            length, body = int.from_bytes(_read(data, body, 8), "big"), body + 8
        after = end if length == 0 else place + length
        if not body <= after <= end:
            return
        yield head[4:], (body, after)
        place = after


def _of_webm(data: BinaryIO, end: int) -> str | None:
    segment = next(part for kind, part in _elements(data, (0, end)) if kind == _SEGMENT)
    tags = next(part for kind, part in _elements(data, segment) if kind == _TAGS)
    for kind, tag in _elements(data, tags):
        for inner, simple in _elements(data, tag) if kind == _TAG else ():
            fields = dict(_elements(data, simple)) if inner == _SIMPLE else {}
            if _NAME in fields and _STRING in fields and _text(data, *fields[_NAME])[:16].upper() == "COMMENT":
                return _text(data, *fields[_STRING])
    return None


def _elements(data: BinaryIO, part: Part) -> Iterator[tuple[int, Part]]:
    place, end = part
    for _ in range(MOST_PARTS):
        if place >= end:
            return
        kind, place, _ = _number(data, place, keep_mark=True)
        length, place, unknown = _number(data, place)
        # Of what is as long as the rest, as a live stream's, only its beginning is known.
        after = end if unknown else place + length
        if after > end:
            return
        yield kind, (place, after)
        place = after


def _number(data: BinaryIO, place: int, keep_mark: bool = False) -> tuple[int, int, bool]:
    """A number of variable length (RFC 8794, 4), the place after it, and whether it says that it is unknown."""
    first = _read(data, place, 1)[0]
    length = 9 - first.bit_length()
    if length > 8:
        raise EOFError
    whole = int.from_bytes(_read(data, place, length), "big")
    most = (1 << 7 * length) - 1
    return (whole if keep_mark else whole & most), place + length, whole & most == most


def _of_gif(data: BinaryIO) -> str | None:
    """The first that stands before the pictures."""
    packed = _read(data, 10, 1)[0]
    place = 13 + (3 << (packed & 7) + 1 if packed & 0x80 else 0)
    for _ in range(MOST_PARTS):
        head = _read(data, place, 2)
        if head[:1] != b"!":
            return None
        blocks, place = _blocks(data, place + 2)
        if head == b"!\xfe":
            return blocks.decode("utf-8", "replace")
    return None


def _blocks(data: BinaryIO, place: int) -> tuple[bytes, int]:
    """What a chain of blocks holds, and the place after it."""
    found = bytearray()
    for _ in range(MAX_BYTES // 255 + 1):
        length = _read(data, place, 1)[0]
        if length == 0:
            return bytes(found), place + 1
        found += _read(data, place + 1, length)
        place += 1 + length
    raise EOFError
