"""Which pictures are read: a short list of formats, all well kept; and what else a file may be."""

from __future__ import annotations

PILLOW = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "PPM", "PSD")
"""What Pillow is asked to know; some of its other formats call programs, such as Ghostscript."""
SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".jp2"),
    *(".ppm", ".pgm", ".pbm", ".pnm", ".pfm", ".psd", ".heic", ".heif", ".svg"),
)
"""How the names of pictures end; what is in them is told by their bytes."""
READ = "PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF, JPEG 2000, PPM, PSD, HEIC and SVG"
"""The same for people."""

_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_HEAD = 1 << 12
"""Bytes of a file that are enough to tell what it is."""


def is_picture(name: str) -> bool:
    """Whether a file of that name should be a picture."""
    return name.lower().endswith(SUFFIXES)


def is_heif(data: bytes) -> bool:
    """Whether a file's bytes are HEIC or another HEIF (ISO/IEC 23008-12); AVIF, which Pillow reads, is not meant."""
    if data[4:8] != b"ftyp" or data[8:12] not in _HEIF_BRANDS:
        return False
    # An AVIF may give the brand of all HEIF first, and its own among the compatible ones.
    length = int.from_bytes(data[:4], "big")
    return b"avif" not in data[16 : min(length, _HEAD)]


def is_svg(data: bytes) -> bool:
    """Whether a file's bytes are an SVG document, or so much like one that nothing else will read it."""
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"<svg") or (head.startswith((b"<?xml", b"<!")) and b"<svg" in data[: 1 << 16])


def otherwise(data: bytes) -> str:
    """What a file's bytes are that are no picture of the list, as far as can be told, and what to do."""
    if not data:
        return "the file is empty"
    if data.startswith((b"%!PS", b"%PDF", b"\xc5\xd0\xd3\xc6")):
        return "PostScript and PDF are not read; save it as PNG"
    if _is_text(data[:_HEAD]):
        return "it is a text"
    return f"not an image that is known; {READ} are read"


def _is_text(head: bytes) -> bool:
    try:
        # The last letter may be cut in the middle.
        text = head.decode("utf-8", "strict" if len(head) < _HEAD else "ignore")
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter in "\t\r\n\f\ufeff" for letter in text)
