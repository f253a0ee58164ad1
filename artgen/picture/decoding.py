"""The picture files of a folder, and what is in them. They may be a stranger's: bounded, and of well-kept formats."""

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

if TYPE_CHECKING:
    from PIL import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
MAX_PIXELS = 1 << 26
"""A picture with more is refused undecoded."""
MAX_BYTES = 1 << 29
"""A file that is larger is refused unread."""

# Not all that Pillow knows: some of its formats call other programs, such as Ghostscript.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")


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
        raise InputError(f"{folder}: holds no pictures ({', '.join(SUFFIXES)})")
    return sorted(found)


def _refuse_first(folder: Path) -> Callable[[OSError], None]:
    """What to do about a folder that cannot be listed: those inside are left out, `folder` itself is an error."""

    def answer(error: OSError) -> None:
        if error.filename == str(folder):
            raise InputError(refused(error))

    return answer


def is_picture(name: str) -> bool:
    """Whether a file of that name should be a picture."""
    return name.lower().endswith(SUFFIXES)


def content(path: Path) -> bytes:
    """The bytes of a file; InputError if it cannot be read, or is too large."""
    try:
        return read_bytes(path, MAX_BYTES, "picture", shown(path))
    except MissingFile:
        raise missing(path) from None


def missing(path: Path) -> InputError:
    """What to say where there is no such file."""
    return InputError(f"{shown(path)}: there is no such file{neighbours(path, Path.is_file)}")


def decode(data: bytes, path: Path) -> Image.Image:
    """The first picture of a file's bytes, RGBA and upright; InputError says that `path` holds none."""
    from PIL import ImageOps

    with _opened(data, path) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise ValueError(f"{opened.width}x{opened.height} pixels are too many")
        return ImageOps.exif_transpose(opened).convert("RGBA")


@contextlib.contextmanager
def _opened(data: bytes, path: Path) -> Iterator[Image.Image]:
    """A file's bytes as a picture that is not decoded yet; InputError for whatever goes wrong with it."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            # What Pillow warns of here is larger than what is refused, or of no consequence.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
                yield opened
    except Exception as error:  # the many ways in which a file can be damaged
        unknown = type(error).__name__ == "UnidentifiedImageError"
        reason = "not an image that is known" if unknown else one_line(error)
        raise InputError(f"{shown(path)}: no picture that can be read ({reason})") from None


def read(path: Path) -> Image.Image:
    """A picture file as RGBA, upright; InputError, in one line, if it is none."""
    return decode(content(path), path)


def is_animated(data: bytes, path: Path) -> bool:
    """Whether a file's bytes hold more pictures than the one that `decode` gives."""
    with _opened(data, path) as opened:
        return bool(getattr(opened, "is_animated", False))


def size(path: Path) -> tuple[int, int]:
    """Width and height of a picture file as they are stored, without decoding it; InputError if it is none."""
    with _opened(content(path), path) as opened:
        return opened.size


def on_white(picture: Image.Image) -> Image.Image:
    """What can be seen of an RGBA picture, as RGB."""
    from PIL import Image

    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
