"""Write a picture in another format, with its recipe or without.

    artgen export runs/fish-0001 fish.webp
    artgen export fish.png fish.jpg --private

The suffix chooses PNG, WebP (both lossless) or JPEG; the recipe stands in a PNG's text, in the Exif comment of the
others. A JPEG shows what is see-through over white. `artgen replay` knows them all; what is exported from a JPEG keeps
its loss, so export the PNG.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.cli import common

if TYPE_CHECKING:
    from PIL import Image


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", type=Path, metavar="PICTURE", help="a picture that artgen made, or the folder of a run"
    )
    parser.add_argument("target", type=Path, metavar="OUT", help="the file to write: a PNG, WebP or JPEG")
    common.add_overwrite(parser, "let OUT be replaced")
    parser.add_argument("--no-recipe", action="store_true", help="let the picture tell nothing of how it was made")
    parser.add_argument("--private", action="store_true", help="keep the prompts out of its recipe")


def main(given: argparse.Namespace) -> int:
    from artgen.fields.paths import PICTURE
    from artgen.files import atomic_path, refuse_overwriting
    from artgen.picture import decoding
    from artgen.picture.hashing import is_as_written
    from artgen.recipe import metadata
    from artgen.recipe.privacy import redacted

    refuse_overwriting(given.target, given.overwrite, "another name")
    source = given.source / PICTURE if given.source.is_dir() else given.source
    picture = decoding.read(source)
    recipe = None if given.no_recipe else metadata.read(source)
    if recipe and given.private:
        from artgen.preset.personal import personal_settings

        recipe = redacted(recipe, personal_settings(recipe["preset"]))
    if recipe and not is_as_written(picture, recipe.get("pixels")):
        common.note(f"{source}: has other pixels than its recipe tells of, as every JPEG; a replay will find them so")
    options = metadata.options(given.target, recipe)
    flat = decoding.on_white(picture) if options["format"] == "JPEG" else _lean(picture)
    with atomic_path(given.target, "choose another place") as temporary:
        flat.save(temporary, **options)
    common.say_path(given.target)
    return 0


def _lean(picture: Image.Image) -> Image.Image:
    """Without an alpha channel that hides nothing, so that the pixels are those that the recipe has the hash of."""
    return picture.convert("RGB") if picture.getchannel("A").getextrema() == (255, 255) else picture
