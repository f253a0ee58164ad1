"""Find the mistakes of presets without running them: one line each, with file, line and column; exit code 2 if any."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import PRESET

if TYPE_CHECKING:
    from artgen.preset.model import Preset


@click.command(cls=Subcommand, help=__doc__)
@common.argument("presets", common.PRESET_HELP, metavar="PRESET", type=PRESET, nargs=-1, required=True)
@common.overrides()
@common.plugins
@click.option("--resolved", is_flag=True, help="print every setting with its value, as YAML")
def command(presets: tuple[str, ...], overrides: tuple[str, ...], resolved: bool) -> int:
    from artgen.errors import InputError
    from artgen.preset.loading import load
    from artgen.preset.remarks import unread
    from artgen.preset.settings.device import on_this_machine

    wrong = 0
    for name in presets:
        try:
            with on_this_machine():
                preset = load(name, overrides)
        except InputError as error:
            printing.note(error)
            wrong += 1
        else:
            for line in unread(preset):
                printing.note(f"{name}: {line}")
            print(_resolved(preset)) if resolved else printing.say(f"{name}: ok")
    return 2 if wrong else 0


def _resolved(preset: Preset) -> str:
    """The YAML; where stdout has not all its letters, with the escapes that YAML reads."""
    text = preset.to_yaml()
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        from artgen.preset.model import as_yaml

        return as_yaml(preset.resolved(), ascii_only=True)
    return text
