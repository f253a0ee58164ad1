"""Videos that ffmpeg decodes: how long they are, and how they look at given moments."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from artgen.errors import InputError, shown
from artgen.picture.decoding import MAX_PIXELS
from artgen.video.ffmpeg import GET_IT, PROBE, address, complaint, program, started

if TYPE_CHECKING:
    from PIL import Image

KINDS = "mov,matroska,avi,mpegts,mpeg,mpegvideo,ogg,flv,asf"
"""ffmpeg's names of the kinds of files that are read; others, such as playlists, could name more files."""
LIMIT = 120
"""Seconds in which ffmpeg must find a next picture; more, and the file is taken for damaged."""
BEFORE = 2
"""Seconds before the first moment from which it decodes, so that the picture that stands at it is seen."""
_HEAD = re.compile(rb"P6\n(\d{1,7}) (\d{1,7})\n255\n")
_BOUNDED = ("-protocol_whitelist", "file", "-format_whitelist", KINDS)


def seconds(path: Path) -> float | None:
    """How long a video is; None where ffprobe is not there, or the file does not say.

    Raises:
        InputError: if it is none, has no pictures, or there is no ffmpeg.
    """
    _ffmpeg(path)
    found = program(PROBE)
    if found is None:
        return None
    entries = "stream=codec_type,width,height,duration:format=duration"
    command = [found, "-v", "error", *_BOUNDED, "-select_streams", "v:0", "-show_entries", entries, "-of", "json"]
    with tempfile.TemporaryFile() as errors:
        process = started([*command, address(path)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, errors=errors)
        try:
            text, _ = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            raise InputError(f"{shown(path)}: ffprobe does not come to an end with it") from None
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            raise InputError(f"{shown(path)}: no video that can be read ({complaint(errors) or 'damaged'})")
    told = json.loads(text)
    if not told.get("streams"):
        raise InputError(f"{shown(path)}: has no pictures in it")
    return _length(told["streams"][0]) or _length(told.get("format", {}))


def _ffmpeg(path: Path) -> str:
    if found := program():
        return found
    raise InputError(f"{shown(path)}: a video is read by ffmpeg, which is not on the PATH; get it by {GET_IT}")


def _length(said: dict[str, Any]) -> float | None:
    try:
        length = float(said["duration"])
    except (KeyError, ValueError):
        return None
    return length if 0 < length < 1 << 30 else None


def pictures(path: Path, begin: float, fps: Fraction, count: int) -> Iterator[Image.Image]:
    """How a video looks at ``begin``, ``begin + 1 / fps`` and so on, RGB; at most `count`, fewer where it ends.

    A moment shows the last picture that begins by then.

    Raises:
        InputError: if there is no ffmpeg, or the file cannot be decoded.
    """
    skipped = max(0.0, begin - BEFORE)
    rate = f"{fps.numerator}/{fps.denominator}"
    # In millionths of a second, because `fps` counts from its start in the file's own unit, which may be a whole frame.
    # Times are rounded up, so that a picture is not seen before it begins. Pixels that are not square are made so.
    sampled = f"settb=AVTB,fps=fps={rate}:round=up:start_time={begin - skipped:.6f},setpts=PTS-STARTPTS"
    square = "scale=w='max(1,trunc(iw*sar+0.5))':h=ih:flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"
    command = [
        _ffmpeg(path),
        "-hide_banner",
        "-nostdin",
        "-loglevel",
        "error",
        *_BOUNDED,
        "-max_pixels",
        str(MAX_PIXELS),
    ]
    command += ["-ss", f"{skipped:.6f}", "-i", address(path), "-map", "0:v:0", "-vf", f"{sampled},{square},setsar=1"]
    command += ["-frames:v", str(count), "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "pipe:1"]
    with tempfile.TemporaryFile() as errors:
        yield from _piped(command, path, errors)


def _piped(command: list[str], path: Path, errors: IO[bytes]) -> Iterator[Image.Image]:
    process = started(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, errors=errors)
    pipe = process.stdout
    assert pipe is not None
    try:
        while True:
            watch = threading.Timer(LIMIT, process.kill)
            watch.daemon = True
            watch.start()
            try:
                picture = _next(pipe, path)
            finally:
                watch.cancel()
            if picture is None:
                break
            yield picture
        if process.wait():
            reason = complaint(errors) or f"ffmpeg ended with {process.returncode}"
            raise InputError(f"{shown(path)}: no video that can be read ({reason})")
    finally:
        process.kill()
        pipe.close()
        process.wait()


def _next(pipe: IO[bytes], path: Path) -> Image.Image | None:
    """A picture as PPM; None at the end, or where ffmpeg ended in the middle of one, which its exit code tells."""
    from PIL import Image

    head = b"".join(pipe.readline(32) for _ in range(3))
    if not (match := _HEAD.fullmatch(head)):
        return None
    width, height = int(match[1]), int(match[2])
    if width * height > MAX_PIXELS:
        raise InputError(f"{shown(path)}: {width}x{height} pixels are too many")
    levels = pipe.read(width * height * 3)
    return Image.frombytes("RGB", (width, height), levels) if len(levels) == width * height * 3 else None
