"""Write down the environment that a picture was drawn in, so that it can be built again.

    artgen freeze fox.png
    artgen replay fox.png --in-lock

Writes pylock.fox.toml (PEP 751) beside fox.png: Python, every distribution that took part with version and sha256, and
the sha256 of weights and inputs. What no registry has, such as artgen from a checkout, is kept as a wheel in
fox.wheels. Do it when the picture is drawn: later, what its recipe does not list can only be guessed. Needs
`pip install "artgen[lock]"`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from artgen.cli import common


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", type=Path, metavar="PICTURE", help="a picture that artgen made, or the folder of a run"
    )
    kept = "wheels to keep beside the lock: those no registry has (own), every one, for years to come (all), or none"
    parser.add_argument("--wheels", choices=("own", "all", "none"), default="own", help=kept)
    common.add_overwrite(parser, "let an older lock and its wheels be replaced")


def main(given: argparse.Namespace) -> int:
    from artgen.lock.freezing import freeze

    frozen = freeze(given.source, given.wheels, given.overwrite, common.note)
    common.note(frozen)
    common.say_path(frozen.path)
    return 0
