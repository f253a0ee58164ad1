"""A video as a row of pictures at even moments, whatever it is kept in."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from artgen.errors import InputError, refused, shown
from artgen.picture import animated, decoding, formats
from artgen.video import by_ffmpeg, numbered

if TYPE_CHECKING:
    from PIL import Image

Kind = Literal["file", "animated", "folder"]
"""A file for ffmpeg, an animated picture, or a folder of numbered PNGs, each of which is one frame of the film."""
READ = "MP4, MOV, WebM, MKV, AVI, MPEG, OGV, FLV and WMV by ffmpeg, animated GIF, WebP, PNG, folders of numbered PNGs"
"""For people."""
_BEGINNINGS = (
    b"\x1a\x45\xdf\xa3",  # Matroska, WebM (RFC 9559)
    b"OggS",
    b"FLV\x01",
    b"\x00\x00\x01\xba",  # MPEG program streams (ISO/IEC 13818-1)
    b"\x00\x00\x01\xb3",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF
)
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
"""With which MP4 and QuickTime begin (ISO/IEC 14496-12); AVIF and HEIF, which are pictures, say so next."""
_PACKET = 188
"""Bytes of each packet of an MPEG transport stream, and with 0x47 it begins."""


def kind_of(path: Path) -> Kind | None:
    """What a file or folder is, by its first bytes; None if no video that is read, such as a single picture.

    Raises:
        InputError: if it cannot be opened, or is a damaged picture.
    """
    if path.is_dir():
        return "folder"
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise InputError(refused(error, path)) from None
    if _is_file(head):
        return "file"
    if head.startswith((b"GIF8", b"\x89PNG")) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return "animated" if decoding.is_animated(decoding.content(path), path) else None
    return None


def _is_file(head: bytes) -> bool:
    if head[4:8] in _BOXES:
        return not formats.is_heif(head) and b"avif" not in head[8:64] and b"avis" not in head[8:64]
    is_stream = len(head) > _PACKET and head[0] == head[_PACKET] == 0x47
    return head.startswith(_BEGINNINGS) or (head[:4] == b"RIFF" and head[8:12] == b"AVI ") or is_stream


def seconds(path: Path, kind: Kind, fps: float) -> float | None:
    """How long a video is, in a film with `fps` drawn frames in a second; None where that is not known yet.

    Raises:
        InputError: if it cannot be read.
    """
    if kind == "folder":
        return len(numbered.frames(numbered.folder_of(path))) / fps
    if kind == "animated":
        return sum(lasts for _, lasts in animated.pictures(path))
    return by_ffmpeg.seconds(path)


def pictures(path: Path, kind: Kind, begin: float, fps: float, count: int) -> Iterator[Image.Image]:
    """How a video looks at `begin`, in seconds, and every 1 / fps after it, RGB or RGBA: `count`, or fewer if it ends.

    Raises:
        InputError: if it cannot be read, there is no ffmpeg where it is needed, or there is nothing at `begin`.
    """
    rate, done = Fraction(fps).limit_denominator(100_000), 0
    if kind == "folder":
        found = _of_folder(path, round(begin * rate))
    elif kind == "animated":
        found = _of_animated(path, begin, rate)
    else:
        found = by_ffmpeg.pictures(path, begin, rate, count)
    for picture in found:
        yield picture
        done += 1
        if done == count:
            return
    if not done:
        raise InputError(f"{shown(path)}: has no pictures at {begin:g} seconds")


def _of_folder(path: Path, first: int) -> Iterator[Image.Image]:
    for file in numbered.frames(numbered.folder_of(path))[first:]:
        yield decoding.read(file)


def _of_animated(path: Path, begin: float, fps: Fraction) -> Iterator[Image.Image]:
    end, moment = 0.0, 0
    for picture, lasts in animated.pictures(path):
        end += lasts
        # A hair's breadth, so that sums of durations do not decide.
        while begin + moment / fps < end - 1e-6:
            yield picture
            moment += 1


def read_at_all(path: Path) -> Kind:
    """`kind_of` a path that must be a video; InputError, in one line, if it is none."""
    kind = kind_of(path)
    if kind is None:
        raise InputError(f"{shown(path)}: no video that is read; {READ} are")
    return kind
