"""Write a picture, whole or not at all, with what it may tell of how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from artgen.files import atomic_path
from artgen.picture.hashing import pixel_hash
from artgen.picture.images import on_white, to_pil
from artgen.recipe import metadata
from artgen.recipe.privacy import redacted


def save(path: Path, image: Tensor, recipe: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """Write (3, H, W), or (4, H, W) with alpha, whole or not at all, with what it may tell of its recipe.

    The suffix of `path` chooses PNG, WebP (lossless) or JPEG; a JPEG shows what is transparent over white.

    Returns:
        The recipe as it was written; None where the picture tells nothing.

    Raises:
        InputError: if the suffix is none of these, or the place cannot be written to.
    """
    picture = to_pil(image)
    written = visible_part(recipe, pixel_hash(picture)) if recipe else None
    options = metadata.options(path, written)
    if options["format"] == "JPEG":
        picture = to_pil(on_white(image))
    with atomic_path(path) as temporary:
        picture.save(temporary, **options)
    return written


def save_beside(path: Path, suffix: str, content: bytes) -> Path:
    """Write another form of a picture beside it, under its name with another suffix, whole or not at all."""
    place = path.with_suffix(suffix)
    with atomic_path(place) as temporary:
        temporary.write_bytes(content)
    return place


def visible_part(recipe: Mapping[str, Any], pixels: str) -> dict[str, Any] | None:
    """What a picture with that `pixel_hash` tells of its recipe, as its preset wishes; None: nothing."""
    wish = recipe["preset"].get("recipe", "full")
    if wish == "none":
        return None
    whole = {**recipe, "pixels": pixels}
    return redacted(whole) if wish == "private" else whole
