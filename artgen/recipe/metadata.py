"""Recipes in files: the text of a PNG, the Exif comment of a WebP or JPEG, or JSON beside the picture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgen.errors import InputError, one_line
from artgen.fields.paths import PICTURE
from artgen.files import read_text
from artgen.recipe import model as recipe
from artgen.version import __version__

KEY = "artgen:recipe"
FILE = "recipe.json"
"""What the recipe is called in the folder of a run."""
SUFFIXES = (".png", ".webp", ".jpg", ".jpeg")
"""The pictures that carry recipes."""

_EXIF_FOLDER, _USER_COMMENT = 0x8769, 0x9286
# How Exif 2.32 (4.6.5) says that a comment is plain ASCII.
_ASCII = b"ASCII\0\0\0"
# A JPEG holds its Exif data in one segment, whose length is a 16-bit number.
_MOST_IN_JPEG = 65_000


def read(path: Path) -> dict[str, Any]:
    """The recipe of a picture, of a run's folder, or of a JSON file, in the newest form.

    Raises:
        InputError: if there is none, or it is none that this version reads; in one line.
    """
    if path.is_dir():
        return read(_in_folder(path))
    text = _json_file(path) if path.suffix.lower() == ".json" else _in_picture(path)
    return recipe.from_json(text, path)


def _in_folder(folder: Path) -> Path:
    found = next((folder / name for name in (PICTURE, FILE) if (folder / name).is_file()), None)
    if found is None:
        raise InputError(f"{folder}: there is no {PICTURE} or {FILE} in this folder")
    return found


def _json_file(path: Path) -> str:
    return read_text(path, 4 * recipe.MAX_LENGTH, "recipe")


def _in_picture(path: Path) -> str:
    from PIL import Image

    kinds = "PNG, WebP or JPEG" if path.suffix.lower() != ".png" else "PNG"
    try:
        with Image.open(path, formats=["PNG", "WEBP", "JPEG"]) as image:
            text = getattr(image, "text", {}).get(KEY) or _comment(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{path}: not a readable {kinds} ({one_line(error)})") from None
    if text is None:
        raise InputError(f"{path}: this picture carries no artgen recipe")
    return str(text)


def _comment(image: Any) -> str | None:
    raw = image.getexif().get_ifd(_EXIF_FOLDER).get(_USER_COMMENT, b"")
    if not (isinstance(raw, bytes) and raw.startswith(_ASCII)):
        return None
    return raw.removeprefix(_ASCII).decode("ascii", "replace")


def options(path: Path, made: Mapping[str, Any] | None) -> dict[str, Any]:
    """What Pillow's `save` is told so that `path` carries the recipe `made`, or none.

    Raises:
        InputError: if the format of that name carries none, or not one so long.
    """
    from PIL import PngImagePlugin

    kind = path.suffix.lower()
    if kind not in SUFFIXES:
        raise InputError(f"{path}: cannot be written as '{kind}'; choose {', '.join(SUFFIXES)}")
    if kind == ".png":
        text = PngImagePlugin.PngInfo()
        text.add_text("Software", f"artgen {__version__}")
        if made is not None:
            text.add_itxt(KEY, recipe.to_json(made))
        return {"format": "PNG", "pnginfo": text}
    quality = {"format": "WEBP", "lossless": True} if kind == ".webp" else {"format": "JPEG", "quality": 95}
    return quality if made is None else {**quality, "exif": _exif(path, made)}


def _exif(path: Path, made: Mapping[str, Any]) -> Any:
    from PIL import Image

    # Escaped, because readers do not agree on what the Unicode of an Exif comment is.
    text = json.dumps(dict(made), sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
    if path.suffix.lower() != ".webp" and len(text) > _MOST_IN_JPEG:
        raise InputError(f"{path}: the recipe is too long for a JPEG; write a .webp or .png")
    exif = Image.Exif()
    exif.get_ifd(_EXIF_FOLDER)[_USER_COMMENT] = _ASCII + text
    return exif
