"""Print where a file is."""

from __future__ import annotations

import click

from artgen.cli.base import Subcommand
from artgen.cli.common import argument
from artgen.cli.printing import say_path
from artgen.cli.weights import NAME_HELP, absent, download


@click.command(cls=Subcommand, help=__doc__)
@argument("name", NAME_HELP)
def command(name: str) -> None:
    found = download(name).where()
    if found is None:
        raise absent(name)
    say_path(found)
