"""The command line. This module and what it imports at its top load neither torch nor pydantic nor any plugin."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from artgen.cli import imports
from artgen.deprecation import print_deprecations
from artgen.errors import ArtgenError
from artgen.version import __version__

COMMANDS = {
    "run": "make the picture of a preset",
    "replay": "make a picture again from its recipe, and compare",
    "export": "write a picture in another format, with its recipe",
    "check": "find the mistakes of presets, without running them",
    "score": "say which of several texts fits a picture best",
    "search": "find the pictures most like a text or a picture",
    "gallery": "keep pictures with their recipes, replay them all, build their page",
    "diff": "show what two pictures or presets differ in",
    "views": "draw a sheet of what the perceptors would see",
    "presets": "list the presets that are shipped",
    "plugins": "list the plugins and what they offer",
    "new": "write the package of a new plugin",
    "schema": "print the JSON Schema of presets, for editors",
    "weights": "list, fetch and verify published weights",
    "doctor": "look over this machine, and say what to do about each problem",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 the run failed, 2 bad input, 130 interrupted."""
    parser = _parser()
    given = parser.parse_args(argv)
    if given.disconnected:
        os.environ["ARTGEN_OFFLINE"] = "1"
    # As `artgen.weights.is_offline` reads it, which is too much to import here.
    if os.environ.get("ARTGEN_OFFLINE", "").strip().lower() not in ("", "0", "false", "no", "off"):
        # The libraries that download by themselves read their own variable, once, when they are imported.
        os.environ["HF_HUB_OFFLINE"] = "1"
    if not given.command:
        parser.print_help()
        return 0
    try:
        with print_deprecations():
            code: int = given.module.main(given)
            return code
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
    except OSError as error:
        # The system refuses such a name wherever it is asked about it first, be it only whether there is such a file.
        if error.errno != errno.ENAMETOOLONG:
            raise
        print(f"{str(error.filename)[:60]}...: the name is too long for this system; choose another", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="artgen", description="Plugin-based generative art.")
    parser.add_argument("--version", action="version", version=f"artgen {__version__}")
    offline = "never connect to anything, as ARTGEN_OFFLINE=1 does"
    parser.add_argument("--offline", dest="disconnected", action="store_true", help=offline)
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
