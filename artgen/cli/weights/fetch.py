"""Download files, from the first mirror that has them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.weights import NAME_HELP, download
from artgen.errors import InputError

if TYPE_CHECKING:
    from artgen.weights import Download


@click.command(cls=Subcommand, help=__doc__)
@common.argument("names", NAME_HELP, metavar="NAME", nargs=-1)
@common.preset_option("fetch all that this preset needs")
@click.option("--offline", is_flag=True, help="connect to nothing: see whether all of it is there")
def command(names: tuple[str, ...], preset: str | None, offline: bool) -> int:
    if offline:
        os.environ["ARTGEN_OFFLINE"] = "1"
    failures = 0
    for wanted in _wanted(names, preset):
        try:
            printing.say_path(wanted.fetch(printing.note))
        except InputError as error:
            printing.note(error)
            failures += 1
    return 1 if failures else 0


def _wanted(names: tuple[str, ...], preset: str | None) -> list[Download]:
    """What the names and the preset ask for; all of it is found before anything is fetched."""
    from artgen.preset.loading import load
    from artgen.preset.needs import downloads

    found = [download(name) for name in names]
    if preset:
        found += downloads(load(preset))
        if not found:
            printing.note(f"{preset}: needs no download")
    elif not found:
        raise InputError("name what to fetch, or a --preset; `artgen weights list` shows what there is")
    return found
