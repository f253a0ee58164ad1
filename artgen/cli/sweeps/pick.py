"""Keep the best cells of a sweep.

Without --keep, the sweep's sheet is drawn anew, and shown in the browser; its stars make the command to type. With it,
the folders of these cells are printed, one a line, and written to DIR/picked.txt:

    artgen pick sweeps/quickstart --keep 3,7,12
    artgen gallery add "$(artgen pick sweeps/quickstart --keep 7)"
    artgen sweep --over preset=@sweeps/quickstart/picked.txt --over seed=1..4 --out sweeps/next
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import FOLDER


@click.command(cls=Subcommand, help=__doc__)
@common.argument("sweep", "the folder of a sweep", type=FOLDER, metavar="DIR")
@click.option("--keep", metavar="N,N,...", help="the cells' numbers, as the sheet and cells.csv have them")
@click.option("--no-open", is_flag=True, help="print the sheet's path, and open no browser")
def command(sweep: Path, keep: str | None, no_open: bool) -> int:
    from artgen.sweeps import picking, showing

    if keep is None:
        sheet = showing.save(sweep)
        printing.say_path(sheet)
        if not no_open and sys.stdout.isatty():
            click.launch(str(sheet))
        return 0
    for place in picking.keep(sweep, [int(word) if re.fullmatch(r"\d{1,9}", word) else word for word in _words(keep)]):
        printing.say_path(place)
    return 0


def _words(keep: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", keep) if word]
