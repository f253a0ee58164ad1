"""Print the JSON Schema of presets, made from the plugins that are installed, for completion in editors."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults()


def main(given: argparse.Namespace) -> int:
    from artgen.schema import to_json

    print(to_json())
    return 0
