"""Video written by ffmpeg, which reads raw pixels.

Colours are those of BT.709 (ITU-R BT.709-6, item 3), in which every player shows video that says so.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import numpy as np

from artgen.errors import InputError
from artgen.films.formats.footage import Footage
from artgen.picture import decoding
from artgen.recipe import metadata
from artgen.video.ffmpeg import GET_IT, address, complaint, program, started

SONGS = "aac,aiff,flac,mp3,ogg,wav,w64,mov,matroska"
"""ffmpeg's names of the kinds of files that a song is read from; others, such as playlists, could name more files."""
_ENCODER = re.compile(r"^ [VA][F.][S.][X.][B.][D.] (\S+)", re.MULTILINE)

Options = tuple[str, ...]


@dataclass(frozen=True)
class Container:
    """A kind of file that ffmpeg writes."""

    format: str
    """Its name in ffmpeg."""
    videos: Mapping[str, Options]
    """The encoders that will do, the best first, with what they are told."""
    audios: Mapping[str, Options]
    even: bool
    """Whether the sides of its pictures must be even."""
    options: Options = ()


CONTAINERS = {
    ".mp4": Container(
        "mp4",
        # 16 loses little besides the half of the colours' detail that 4:2:0 leaves out. openh264 knows no such measure.
        videos={
            "libx264": ("-crf", "16", "-preset", "medium"),
            "libopenh264": ("-b:v", "12M"),
            "mpeg4": ("-q:v", "2"),
        },
        audios={"aac": ("-b:a", "192k")},
        even=True,
        # What is needed to begin stands at the beginning, for players that read over a network.
        options=("-movflags", "+faststart"),
    ),
    ".webm": Container(
        "webm",
        videos={
            "libvpx-vp9": ("-crf", "28", "-b:v", "0", "-deadline", "good", "-cpu-used", "2", "-row-mt", "1"),
            "libvpx": ("-crf", "8", "-b:v", "8M", "-deadline", "good", "-cpu-used", "2"),
        },
        audios={"libopus": ("-b:a", "160k"), "libvorbis": ("-q:a", "6")},
        even=False,
    ),
}


@dataclass(frozen=True)
class Encoder:
    """The program, and how it is told to write a kind of file."""

    program: str
    container: Container
    video: str
    audio: str | None
    """None where it has no encoder for sound."""


@cache
def _encoders(program: str) -> frozenset[str]:
    """What this ffmpeg can encode to; nothing if it does not run."""
    try:
        done = subprocess.run([program, "-hide_banner", "-encoders"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(_ENCODER.findall(done.stdout.decode("utf-8", "replace")))


def can_write(suffix: str) -> bool:
    """Whether there is an ffmpeg with the best encoder for such a file."""
    found = program()
    return found is not None and next(iter(CONTAINERS[suffix].videos)) in _encoders(found)


def encoder(suffix: str, target: Path, note: Callable[[str], None]) -> Encoder:
    """What writes such a file. InputError, in one line, if there is no ffmpeg, or it has no encoder that will do."""
    found, container = program(), CONTAINERS[suffix]
    if found is None:
        without = "the frames are kept, and a .webp needs none"
        raise InputError(
            f"{target}: {suffix} is written by ffmpeg, which is not on the PATH; get it by {GET_IT}; {without}"
        )
    known = _encoders(found)
    videos = [name for name in container.videos if name in known]
    if not videos:
        names = " or ".join(container.videos)
        raise InputError(f"{target}: {found} has no {names}; get a whole one by {GET_IT}, or write a .webp")
    if videos[0] != (best := next(iter(container.videos))):
        note(f"{target}: {found} has no {best}; encoded by {videos[0]}, which is larger or less sharp")
    return Encoder(found, container, videos[0], next((name for name in container.audios if name in known), None))


def write(
    footage: Footage,
    file: Path,
    encoder: Encoder,
    song: Path | None = None,
    recipe: Mapping[str, Any] | None = None,
    name: Path | None = None,
) -> None:
    """Encode `footage` into `file`, with what a recipe says as its comment.

    Args:
        footage: the frames; what is clear in them lies over white.
        file: is replaced.
        encoder: what `encoder` has found.
        song: what is heard; it ends with the film.
        recipe: its text becomes the comment.
        name: what messages call the file.

    Raises:
        InputError: what ffmpeg complains of, in one line; or of a frame that cannot be read.
    """
    name = name or file
    if song is not None and encoder.audio is None:
        names = " or ".join(encoder.container.audios)
        raise InputError(f"{name}: {encoder.program} has no {names}, so that {song.name} cannot be heard; leave it out")
    with tempfile.TemporaryDirectory(prefix="artgen-") as folder:
        about = Path(folder) / "about.txt"
        about.write_text(_metadata(recipe), encoding="ascii")
        command = [encoder.program, *_arguments(footage, encoder, file, about, song)]
        with (Path(folder) / "errors.txt").open("w+b") as errors:
            code = _piped(command, footage, encoder.container.even, errors)
            if code:
                reason = complaint(errors) or f"it ended with {code}"
                raise InputError(f"{name}: ffmpeg could not write it ({reason}); the frames are kept")


def _arguments(footage: Footage, encoder: Encoder, file: Path, about: Path, song: Path | None) -> Iterator[str]:
    container, (width, height) = encoder.container, _size(footage.size, encoder.container.even)
    rate = f"{footage.fps.numerator}/{footage.fps.denominator}"
    yield from ("-hide_banner", "-nostdin", "-loglevel", "error", "-y")
    yield from ("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{width}x{height}", "-framerate", rate)
    yield from ("-i", "pipe:0", "-f", "ffmetadata", "-i", address(about))
    if song is not None and encoder.audio is not None:
        yield from ("-t", f"{float(footage.seconds):.6f}", "-format_whitelist", SONGS, "-protocol_whitelist", "file")
        yield from ("-i", address(song), "-map", "0:v:0", "-map", "2:a:0", "-ac", "2")
        yield from ("-c:a", encoder.audio, *container.audios[encoder.audio])
    yield from ("-map_metadata", "1", "-map_chapters", "-1")
    yield from ("-vf", "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int")
    yield from ("-pix_fmt", "yuv420p", "-color_range", "tv", "-colorspace", "bt709")
    yield from ("-color_primaries", "bt709", "-color_trc", "bt709")
    yield from ("-c:v", encoder.video, *container.videos[encoder.video], *container.options)
    yield from ("-f", container.format, address(file))


def _metadata(recipe: Mapping[str, Any] | None) -> str:
    """ffmpeg's own form of metadata: no argument could be so long."""
    comment = re.sub(r"([=;#\\])", r"\\\1", metadata.escaped(recipe)) if recipe else ""
    return f";FFMETADATA1\ncomment={comment}\n" if comment else ";FFMETADATA1\n"


def _size(size: tuple[int, int], even: bool) -> tuple[int, int]:
    return (size[0] + size[0] % 2, size[1] + size[1] % 2) if even else size


def _piped(command: list[str], footage: Footage, even: bool, errors: IO[bytes]) -> int:
    """Run it and write the frames to it; its exit code. Whatever is raised meanwhile ends the program."""
    process = started(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, errors=errors)
    pipe = process.stdin
    assert pipe is not None
    try:
        with contextlib.suppress(BrokenPipeError):  # it has ended, and its complaint says why
            for frame in _raw(footage, even):
                pipe.write(frame)
            pipe.close()
        return process.wait()
    finally:
        process.kill()
        with contextlib.suppress(BrokenPipeError):
            pipe.close()
        process.wait()


def _raw(footage: Footage, even: bool) -> Iterator[bytes]:
    """The RGB levels of each frame, row by row; an odd side that must be even has its last line twice."""
    width, height = footage.size
    edges = ((0, height % 2), (0, width % 2), (0, 0)) if even else ((0, 0), (0, 0), (0, 0))
    for picture, count in footage.pictures():
        levels = np.pad(np.asarray(decoding.on_white(picture)), edges, mode="edge").tobytes()
        for _ in range(count):
            yield levels
