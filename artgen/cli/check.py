"""Find the mistakes of presets without running them: one line each, with file, line and column; exit code 2 if any."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from artgen.cli import common

if TYPE_CHECKING:
    from artgen.preset.model import Preset


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("presets", metavar="PRESET", nargs="+", help=common.PRESET)
    common.add_overrides(parser)
    parser.add_argument("--resolved", action="store_true", help="print every setting with its value, as YAML")


def main(given: argparse.Namespace) -> int:
    from artgen.errors import InputError
    from artgen.preset.loading import load
    from artgen.preset.remarks import unread
    from artgen.preset.settings.device import on_this_machine

    wrong = 0
    for name in given.presets:
        try:
            with on_this_machine():
                preset = load(name, given.overrides)
        except InputError as error:
            common.note(error)
            wrong += 1
        else:
            for line in unread(preset):
                common.note(f"{name}: {line}")
            print(_resolved(preset)) if given.resolved else common.say(f"{name}: ok")
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
