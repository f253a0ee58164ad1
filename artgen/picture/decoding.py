"""Every picture that artgen reads is read here, whoever asks; it may be a stranger's: bounded, of well-kept formats.

What comes out is the first picture of the file, upright, as 8-bit RGBA in sRGB: numbers of 16 or 32 bits and fractions
are brought to 256 levels by their range (`levels`), and colours from the profile that they have (`profiles`).
"""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.errors import InputError, one_line, refused, shown
from artgen.fields.paths import neighbours
from artgen.files import MissingFile, read_bytes
from artgen.picture import formats, heif, svg
from artgen.picture.formats import is_picture
from artgen.picture.levels import in_bytes, is_signed
from artgen.picture.profiles import to_srgb
from artgen.picture.source import Source, Unreadable

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 1 << 26
"""A picture with more is refused undecoded."""
MAX_BYTES = 1 << 29
"""A file that is larger is refused unread."""

VERSION = 2
"""What is kept of pictures, such as embeddings, is kept for one way of reading them; this is its number."""

Note = Callable[[str], None]


def below(folder: Path) -> list[Path]:
    """The picture files in `folder` and its folders, sorted; hidden ones and links to folders are left out.

    Raises:
        InputError: if there is no such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder{neighbours(folder, Path.is_dir)}")
    found = []
    for place, folders, files in os.walk(folder, onerror=_refuse_first(folder)):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(place, name) for name in files if not name.startswith(".") and is_picture(name))
        found += [path for path in paths if path.is_file()]
    if not found:
        raise InputError(f"{folder}: holds no pictures ({formats.READ})")
    return sorted(found)


def _refuse_first(folder: Path) -> Callable[[OSError], None]:
    """What to do about a folder that cannot be listed: those inside are left out, `folder` itself is an error."""

    def answer(error: OSError) -> None:
        if error.filename == str(folder):
            raise InputError(refused(error))

    return answer


def content(path: Path) -> bytes:
    """The bytes of a file; InputError if it cannot be read, or is too large."""
    try:
        return read_bytes(path, MAX_BYTES, "picture", shown(path))
    except MissingFile:
        raise missing(path) from None


def missing(path: Path) -> InputError:
    """What to say where there is no such file."""
    return InputError(f"{shown(path)}: there is no such file{neighbours(path, Path.is_file)}")


def decode(data: bytes, path: Path, note: Note | None = None) -> Image.Image:
    """The first picture of a file's bytes, 8-bit RGBA in sRGB and upright.

    Args:
        data: the bytes.
        path: what the messages call them.
        note: is told, in a line, what of the file is left out: its other pictures, or a colour profile.

    Raises:
        InputError: if they are no picture that is read, or too large; in one line.
    """
    from PIL import ImageOps

    def tell(line: str) -> None:
        if note is not None:
            note(f"{shown(path)}: {line}")

    with refusing_damaged(path):
        source = _opened(data)
        width, height = source.size
        if width * height > MAX_PIXELS:
            raise Unreadable(f"{width}x{height} pixels are too many")
        if source.several:
            tell("it moves, or has several pages; the first picture is taken")
        picture = source.load()
        return to_srgb(in_bytes(ImageOps.exif_transpose(picture), is_signed(picture)), tell)


def _opened(data: bytes) -> Source:
    """A file's bytes as a picture that is not decoded yet."""
    from PIL import Image, UnidentifiedImageError

    if formats.is_svg(data):
        return svg.source(data)
    if formats.is_heif(data):
        return heif.source(data)
    try:
        picture = Image.open(io.BytesIO(data), formats=formats.PILLOW)
    except UnidentifiedImageError:
        raise Unreadable(formats.otherwise(data)) from None
    # The other pictures of a phone's JPEG and of a PSD are parts of the first.
    several = bool(getattr(picture, "is_animated", False)) and picture.format not in ("MPO", "PSD")

    def load() -> Image.Image:
        picture.load()
        return picture

    return Source(picture.size, several, load)


@contextlib.contextmanager
def refusing_damaged(path: Path) -> Iterator[None]:
    """Inside, whatever goes wrong with a file's bytes is an InputError."""
    try:
        with warnings.catch_warnings():
            # What Pillow warns of here is larger than what is refused, or of no consequence.
            warnings.simplefilter("ignore")
            yield
    except Unreadable as error:
        raise InputError(f"{shown(path)}: no picture that can be read ({one_line(error, 300)})") from None
    except Exception as error:  # the many ways in which a file can be damaged
        raise InputError(f"{shown(path)}: no picture that can be read (damaged: {one_line(error)})") from None


def read(path: Path, note: Note | None = None) -> Image.Image:
    """A picture file as `decode` gives it; InputError, in one line, if it is none."""
    return decode(content(path), path, note)


def is_animated(data: bytes, path: Path) -> bool:
    """Whether a file's bytes hold more pictures than the one that `decode` gives."""
    with refusing_damaged(path):
        return _opened(data).several


def size(path: Path) -> tuple[int, int]:
    """Width and height of a picture file as they are stored, without decoding it; InputError if it is none."""
    data = content(path)
    with refusing_damaged(path):
        return _opened(data).size


def on_white(picture: Image.Image) -> Image.Image:
    """What can be seen of an RGBA picture, as RGB."""
    from PIL import Image

    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
