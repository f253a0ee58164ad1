"""Every text in the bytes of a picture file, whichever program wrote it, found without decoding the picture."""

from __future__ import annotations

import warnings
from itertools import islice

from artgen.recipe import embedded
from artgen.recipe.model import MAX_BYTES

MOST = 4096
"""Texts of a picture that are read."""
_COMMENT = b"\xfe"
_UNICODE = b"UNICODE\0"
# Exif's names for what programs keep texts in.
_EXIF_KEYS = {0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model", 0x0131: "Software", 0x9286: "UserComment"}


def is_picture(data: bytes) -> bool:
    """Whether texts are looked for: in a PNG, JPEG or WebP."""
    return data.startswith((embedded.PNG, embedded.JPEG)) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def read(data: bytes) -> dict[str, str]:
    """The texts by their keys, each at most some `MAX_BYTES`; the first of a key. Exif's have Exif's names."""
    if data.startswith(embedded.PNG):
        return _of_png(data)
    if data.startswith(embedded.JPEG):
        parts = list(islice(embedded.jpeg_segments(data), embedded.MAX_CHUNKS))
        found = _of_exif([body for kind, body in parts if kind == b"\xe1" and body.startswith(embedded.EXIF)])
        comment = next((body.decode("utf-8", "replace") for kind, body in parts if kind == _COMMENT), None)
        return found if comment is None else {"comment": comment, **found}
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        chunks = islice(embedded.webp_chunks(data), embedded.MAX_CHUNKS)
        return _of_exif([body for kind, body in chunks if kind == b"EXIF"])
    return {}


def _of_png(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    exif: list[bytes] = []
    for kind, body in islice(embedded.png_chunks(data), embedded.MAX_CHUNKS):
        key, mark, rest = body.partition(b"\0")
        if kind in embedded.TEXTS and mark and len(found) < MOST:
            found.setdefault(key.decode("latin-1"), embedded.png_text(kind, rest))
        elif kind == b"eXIf":
            exif.append(body)
    return {**_of_exif(exif), **found}


def _of_exif(parts: list[bytes]) -> dict[str, str]:
    from PIL import Image

    found: dict[str, str] = {}
    for data in parts[: embedded.MAX_PROFILES]:
        exif = Image.Exif()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exif.load(embedded.EXIF + data.removeprefix(embedded.EXIF))
                values = {**dict(exif), **exif.get_ifd(embedded.EXIF_FOLDER)}
        except Exception:  # the many ways in which it can be damaged
            continue
        for tag, key in _EXIF_KEYS.items():
            if text := _text(values.get(tag)):
                found.setdefault(key, text)
    return found


def _text(value: object) -> str:
    """A text of Exif; a comment begins with the name of its letters (Exif 2.32, 4.6.5)."""
    if isinstance(value, str):
        return value[: MAX_BYTES + 1].strip("\0 ")
    if not isinstance(value, bytes):
        return ""
    body = value[: MAX_BYTES + 8]
    if body.startswith(_UNICODE):
        body = body.removeprefix(_UNICODE)
        # Which byte comes first is the file's choice, or the writer's: a letter's first byte is mostly zero.
        return body.decode("utf-16-be" if body[:1] == b"\0" else "utf-16-le", "replace").strip("\0 ")
    return body.removeprefix(embedded.ASCII).decode("utf-8", "replace").strip("\0 ")
