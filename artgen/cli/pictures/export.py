"""Write a picture in another format, with its recipe or without.

    artgen export runs/fish-0001 fish.webp
    artgen export fish.png fish.jpg --private
    artgen export runs/fish-0001 fish.svg

The suffix chooses PNG, WebP (both lossless) or JPEG; the recipe stands in a PNG's text, in the Exif comment of the
others. A JPEG shows what is see-through over white. `artgen replay` knows them all; what is exported from a JPEG keeps
its loss, so export the PNG.

With any other suffix, what the run has written beside the picture is copied, as it is. Where it has written none, and
a plugin writes such files (see `artgen plugins`), the picture is drawn again from its recipe, as `artgen replay` does,
and the file is written if it is the same picture.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import PICTURES, FilePath

if TYPE_CHECKING:
    from PIL import Image

OUT = "the file to write: a PNG, WebP or JPEG, or what a plugin writes"


@click.command(cls=Subcommand, help=__doc__)
@common.made_argument("made", "PICTURE")
@common.argument(
    "out", "the file to write: a PNG, WebP or JPEG, or what a plugin writes", type=FilePath(*PICTURES, ".svg")
)
@common.overwrite("let OUT be replaced")
@common.privacy
@common.allow("let the recipe read this folder, where it is drawn again")
@click.option("--prompt", metavar="TEXT", help="the prompts of a picture that keeps them to itself")
@click.option("--export", metavar="DIST:SUFFIX", help="by this plugin, where several write such files")
@common.yes("draw it again even if it is much work, or downloads weights")
def command(
    made: Path,
    out: Path,
    overwrite: bool,
    no_recipe: bool,
    private: bool,
    allow: tuple[Path, ...],
    prompt: str | None,
    export: str | None,
    yes: bool,
) -> None:
    from artgen.fields.paths import PICTURE
    from artgen.files import refuse_overwriting
    from artgen.recipe import metadata
    from artgen.registry.lookup import suffix_of

    refuse_overwriting(out, overwrite, "another name")
    source = made / PICTURE if made.is_dir() else made
    if suffix_of(out) in metadata.SUFFIXES and export is None:
        _write_picture(source, out, no_recipe, private)
    else:
        from artgen.cli.pictures.forms import Wanted, write

        wish = "none" if no_recipe else "private" if private else ""
        write(Wanted(made, source, out, export or "", wish, allow, prompt, yes))
    printing.say_path(out)


def _write_picture(source: Path, out: Path, no_recipe: bool, private: bool) -> None:
    from artgen.files import atomic_path
    from artgen.picture import decoding
    from artgen.picture.hashing import is_as_written
    from artgen.recipe import metadata
    from artgen.recipe.privacy import redacted

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


def _lean(picture: Image.Image) -> Image.Image:
    """Without an alpha channel that hides nothing, so that the pixels are those that the recipe has the hash of."""
    return picture.convert("RGB") if picture.getchannel("A").getextrema() == (255, 255) else picture
