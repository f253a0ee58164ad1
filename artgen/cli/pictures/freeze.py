"""Write down the environment that a picture was drawn in, so that it can be built again.

    artgen freeze fox.png
    artgen replay fox.png --in-lock

Writes pylock.fox.toml (PEP 751) beside fox.png: Python, every distribution that took part with version and sha256, and
the sha256 of weights and inputs. What no registry has, such as artgen from a checkout, is kept as a wheel in
fox.wheels. Do it when the picture is drawn: later, what its recipe does not list can only be guessed. Needs
`pip install "artgen[lock]"`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand

KEPT = "wheels to keep beside the lock: those no registry has (own), every one, for years to come (all), or none"


@click.command(cls=Subcommand, help=__doc__)
@common.made_argument("made", "PICTURE")
@click.option("--wheels", type=click.Choice(("own", "all", "none")), default="own", help=KEPT)
@common.overwrite("let an older lock and its wheels be replaced")
def command(made: Path, wheels: Literal["own", "all", "none"], overwrite: bool) -> None:
    from artgen.lock.freezing import freeze

    frozen = freeze(made, wheels, overwrite, printing.note)
    printing.note(frozen)
    printing.say_path(frozen.path)
