"""Recipes in files: the text of a PNG, the Exif comment of a WebP or JPEG, or JSON beside the picture.

A recipe is written as plain ASCII everywhere, because many programs keep no other text when they save a picture again.
A picture that carries one also says in XMP that a program made it; see `artgen.recipe.source_type`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgen.errors import InputError, shown
from artgen.fields.paths import PICTURE
from artgen.files import read_text
from artgen.picture import decoding
from artgen.recipe import embedded
from artgen.recipe import model as recipe
from artgen.recipe.embedded import KEY
from artgen.recipe.source_type import add_to_png, tool, xmp

__all__ = ["FILE", "KEY", "SUFFIXES", "NoRecipe", "options", "read"]

FILE = "recipe.json"
"""What the recipe is called in the folder of a run."""
SUFFIXES = (".png", ".webp", ".jpg", ".jpeg")
"""The pictures that carry recipes."""

# A JPEG holds its Exif data in one segment, whose length is a 16-bit number.
_MOST_IN_JPEG = 65_000


class NoRecipe(InputError):
    """A picture carries none: another program made it, or one that takes texts away has saved it."""


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
    return read_text(path, recipe.MAX_BYTES, "recipe")


def _in_picture(path: Path) -> str:
    try:
        text = embedded.text(decoding.content(path))
    except embedded.UnknownFormat:
        if path.suffix.lower() in (".mp4", ".webm"):
            raise InputError(f"{shown(path)}: is a film; name one of its frames, or say which by --frame") from None
        raise InputError(f"{shown(path)}: not a readable PNG, WebP or JPEG") from None
    if text is None:
        raise NoRecipe(f"{shown(path)}: this picture carries no artgen recipe")
    return text


def options(path: Path, made: Mapping[str, Any] | None) -> dict[str, Any]:
    """What Pillow's `save` is told so that `path` carries the recipe `made` and says where it comes from, or neither.

    Raises:
        InputError: if the format of that name carries none, or not one so long.
    """
    from PIL import PngImagePlugin

    kind = path.suffix.lower()
    if kind not in SUFFIXES:
        raise InputError(f"{path}: cannot be written as '{kind}'; choose {', '.join(SUFFIXES)}")
    if kind == ".png":
        text = PngImagePlugin.PngInfo()
        if made is not None:
            text.add_text("Software", tool())
            add_to_png(text, made)
            text.add_text(KEY, escaped(made))
        return {"format": "PNG", "pnginfo": text}
    # exact: the colours of what is see-through are a part of the pixels that the recipe has the hash of.
    lossless = {"format": "WEBP", "lossless": True, "exact": True}
    quality = lossless if kind == ".webp" else {"format": "JPEG", "quality": 95}
    # Pillow 11.0 writes the XMP that it has read into a JPEG unless it is told another, be it an empty one.
    return {**quality, "xmp": b""} if made is None else {**quality, "exif": _exif(path, made), "xmp": xmp(made)}


def _exif(path: Path, made: Mapping[str, Any]) -> Any:
    from PIL import Image

    text = escaped(made).encode("ascii")
    if path.suffix.lower() != ".webp" and len(text) > _MOST_IN_JPEG:
        raise InputError(f"{path}: the recipe is too long for a JPEG; write a .webp or .png")
    exif = Image.Exif()
    exif.get_ifd(embedded.EXIF_FOLDER)[embedded.USER_COMMENT] = embedded.ASCII + text
    return exif


def escaped(made: Mapping[str, Any]) -> str:
    """Canonical JSON with every other character as an escape."""
    return json.dumps(dict(made), sort_keys=True, separators=(",", ":"), allow_nan=False)
