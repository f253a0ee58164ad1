"""Write a page that shows all pictures of a gallery; exit code 1 if it had to leave one out."""

from __future__ import annotations

from pathlib import Path

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.gallery import in_gallery
from artgen.cli.types import FilePath


@click.command(cls=Subcommand, help=__doc__)
@in_gallery
@common.out("FILE.html|DIR", "one page, or a folder with the pictures beside it", FilePath(".html"))
@click.option("--heading", metavar="TEXT", default="Gallery", help="what to call it (default: Gallery)")
@click.option("--no-alike", is_flag=True, help="leave out which pictures are alike, which is faster")
@common.overwrite("replace files that no gallery was built from")
@common.preset_option(common.LOOKING)
def command(folder: Path, out: Path | None, heading: str, no_alike: bool, overwrite: bool, preset: str | None) -> int:
    from artgen.gallery import build, model

    gallery = model.read(folder)
    out = out if out is not None else folder / build.PAGE
    alike = None if no_alike else build.alike(gallery, preset, printing.note)
    left_out: list[str] = []
    printing.say_path(build.build(gallery, out, heading, alike or {}, overwrite, left_out.append))
    for line in left_out:
        printing.note(line)
    return 1 if left_out else 0
