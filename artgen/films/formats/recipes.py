"""The recipe that a film's file carries, read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from artgen.errors import InputError, refused, shown
from artgen.films.formats.comments import comment
from artgen.picture import decoding
from artgen.recipe import embedded
from artgen.recipe.model import MAX_BYTES, parsed


def recipe_of(film: Path) -> dict[str, Any] | None:
    """What a film says of how it was made, as it was given to `encoding.encode`; None if it says nothing.

    No form is checked but that it is a mapping with a `preset` and the version of artgen; see `FilmRecord`, and
    `artgen.recipe.model.from_json` of what is no film but the growth of a picture.

    Raises:
        InputError: if the file cannot be read, or is neither MP4, WebM, WebP, GIF nor PNG.
    """
    if not film.is_file():
        raise decoding.missing(film)
    try:
        text = _text(film)
    except OSError as error:
        raise InputError(refused(error, film)) from None
    if text is None or len(text) > MAX_BYTES:
        return None
    found = parsed(text)
    return found if isinstance(found, dict) and isinstance(found.get("preset"), dict) and "artgen" in found else None


def _text(film: Path) -> str | None:
    with film.open("rb") as file:
        start = file.read(12)
    if start[4:8] == b"ftyp" or start.startswith((b"\x1a\x45\xdf\xa3", b"GIF8")):
        return comment(film)
    try:
        return embedded.text(decoding.content(film))
    except embedded.UnknownFormat:
        raise InputError(f"{shown(film)}: no film that is read: neither MP4, WebM, WebP, GIF nor PNG") from None
