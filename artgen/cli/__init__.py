"""The command line. This module and what it imports at its top load neither torch nor pydantic nor any plugin."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from artgen import __version__
from artgen.cli import imports
from artgen.errors import ArtgenError

COMMANDS = {
    "run": "make the picture of a preset",
    "check": "find the mistakes of presets, without running them",
    "views": "draw a sheet of what the perceptors would see",
    "presets": "list the presets that are shipped",
    "plugins": "list the plugins and what they offer",
    "schema": "print the JSON Schema of presets, for editors",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 the run failed, 2 bad input, 130 interrupted."""
    if os.environ.get("ARTGEN_OFFLINE"):
        # The libraries that download by themselves read their own variable, once, when they are imported.
        os.environ.setdefault("HF_HUB_OFFLINE", os.environ["ARTGEN_OFFLINE"])
    parser = _parser()
    given = parser.parse_args(argv)
    if not given.command:
        parser.print_help()
        return 0
    try:
        return given.module.main(given)
    except ArtgenError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output, such as `head`, has seen enough.
        sys.stderr.close()
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="artgen", description="Plugin-based generative art.")
    parser.add_argument("--version", action="version", version=f"artgen {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", title="commands")
    for name, summary in COMMANDS.items():
        _add(commands, name, summary, import_module(f"artgen.cli.{name}"))
    for name, entry in imports.offered().items():
        summary = f"turn settings of {entry.name} into a preset"
        _add(commands, name, summary, imports).set_defaults(importer=entry)
    return parser


def _add(commands: Any, name: str, summary: str, module: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=module.__doc__)
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    module.add_arguments(command)
    command.set_defaults(module=module)
    return command
