"""Take in a picture, with its losses and what its recipe reads."""

from __future__ import annotations

from pathlib import Path

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.gallery import in_gallery
from artgen.cli.types import MADE


@click.command(cls=Subcommand, help=__doc__)
@in_gallery
@common.argument("source", "the folder of a run, or a PNG with a recipe", metavar="RUN|PICTURE", type=MADE)
@click.option("--title", metavar="TEXT", help="default: its prompts")
@click.option("--name", metavar="NAME", help="what to call the file (default: after the title)")
@click.option("--by", metavar="WHO", help="who made it")
@click.option("--note", metavar="TEXT", help="a line on how it was made")
@click.option("--tags", metavar="A,B", default="", help="words to find it by")
@common.allow("look for what it reads here, too")
def command(
    folder: Path,
    source: Path,
    title: str | None,
    name: str | None,
    by: str | None,
    note: str | None,
    tags: str,
    allow: tuple[Path, ...],
) -> None:
    from artgen.gallery.add import EntryOptions, add

    words = tuple(tag.strip() for tag in tags.split(",") if tag.strip())
    for path in add(source, folder, EntryOptions(title, name, note, by, words), allow):
        printing.say_path(path)
