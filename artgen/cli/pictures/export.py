"""Write a picture in another format, with its recipe or without.

    artgen export runs/fish-0001 fish.webp
    artgen export fish.png fish.jpg --private

The suffix chooses PNG, WebP (both lossless) or JPEG; the recipe stands in a PNG's text, in the Exif comment of the
others. A JPEG shows what is see-through over white. `artgen replay` knows them all; what is exported from a JPEG keeps
its loss, so export the PNG.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import PICTURE as PICTURE_FILE

if TYPE_CHECKING:
    from PIL import Image


@click.command(cls=Subcommand, help=__doc__)
@common.made_argument("made", "PICTURE")
@common.argument("out", "the file to write: a PNG, WebP or JPEG", type=PICTURE_FILE)
@common.overwrite("let OUT be replaced")
@common.privacy
def command(made: Path, out: Path, overwrite: bool, no_recipe: bool, private: bool) -> None:
    from artgen.fields.paths import PICTURE
    from artgen.files import atomic_path, refuse_overwriting
    from artgen.picture import decoding
    from artgen.picture.hashing import is_as_written
    from artgen.recipe import metadata
    from artgen.recipe.privacy import redacted

    refuse_overwriting(out, overwrite, "another name")
    source = made / PICTURE if made.is_dir() else made
    picture = decoding.read(source)
    recipe = None if no_recipe else metadata.read(source)
    if recipe and private:
        from artgen.preset.personal import personal_settings

        recipe = redacted(recipe, personal_settings(recipe["preset"]))
    if recipe and not is_as_written(picture, recipe.get("pixels")):
        printing.note(f"{source}: has other pixels than its recipe tells of, as every JPEG; a replay will find them so")
    options = metadata.options(out, recipe)
    flat = decoding.on_white(picture) if options["format"] == "JPEG" else _lean(picture)
    with atomic_path(out, "choose another place") as temporary:
        flat.save(temporary, **options)
    printing.say_path(out)


def _lean(picture: Image.Image) -> Image.Image:
    """Without an alpha channel that hides nothing, so that the pixels are those that the recipe has the hash of."""
    return picture.convert("RGB") if picture.getchannel("A").getextrema() == (255, 255) else picture
