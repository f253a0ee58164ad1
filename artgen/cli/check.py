"""Find the mistakes of presets without running them: one line each, with file, line and column; exit code 2 if any."""

from __future__ import annotations

import argparse
import sys

from artgen.cli import common


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("presets", metavar="PRESET", nargs="+")
    common.add_overrides(parser)
    parser.add_argument("--resolved", action="store_true", help="print every setting with its value, as YAML")


def main(given: argparse.Namespace) -> int:
    from artgen.errors import InputError
    from artgen.preset.loading import load

    wrong = 0
    for name in given.presets:
        try:
            preset = load(name, given.overrides)
        except InputError as error:
            print(error, file=sys.stderr)
            wrong += 1
        else:
            print(preset.to_yaml() if given.resolved else f"{name}: ok")
    return 2 if wrong else 0
