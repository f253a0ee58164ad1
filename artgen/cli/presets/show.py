"""Print the YAML of a shipped preset, to read or to change: artgen presets show vqgan > mine.yaml"""

from __future__ import annotations

import json

import click

from artgen.cli import common
from artgen.cli.base import Subcommand
from artgen.cli.presets.list import told
from artgen.cli.types import Named


def _names() -> list[str]:
    from artgen.preset.shipped import own

    return list(own())


@click.command(cls=Subcommand, help=__doc__)
@common.argument("name", "what `artgen presets` calls it", type=Named(_names))
@common.json("print a list with one object, as `artgen presets --json` has it")
def command(name: str, as_json: bool) -> None:
    from artgen.errors import InputError, hint
    from artgen.preset.shipped import shipped

    presets = shipped()
    if name not in presets:
        raise InputError(f"no shipped preset is called '{name}'{hint(name, presets)}")
    if as_json:
        print(json.dumps([told(name, presets[name])], indent=2))
    else:
        print(presets[name].read_text(encoding="utf-8"), end="")
