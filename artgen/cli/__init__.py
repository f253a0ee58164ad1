"""The command line. This module and what it imports at its top load neither torch nor pydantic nor any plugin."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from artgen.cli import imports
from artgen.cli.parser import Parser, refuse_unknown_command, refuse_unknown_words
from artgen.deprecation import print_deprecations
from artgen.engine.signals import Terminated, raised
from artgen.errors import LONGEST_LINE, ArtgenError, one_line, plain, refused

BUG = 70
"""The exit code of an error that artgen did not foresee: EX_SOFTWARE of BSD's sysexits.h."""

COMMANDS = {
    "run": "make the picture of a preset",
    "replay": "make a picture again from its recipe, and compare",
    "finish": "enlarge, print or recolour a finished picture",
    "export": "write a picture in another format, with its recipe",
    "sign": "sign a picture and its recipe, so that changes show",
    "check": "find the mistakes of presets, without running them",
    "words": "tell what a preset's models know of a prompt's words",
    "score": "say which of several texts fits a picture best",
    "search": "find the pictures most like a text or a picture",
    "gallery": "keep pictures with their recipes, replay them all, build their page",
    "diff": "show what two pictures or presets differ in",
    "views": "draw a sheet of what the perceptors would see",
    "presets": "list the presets that are shipped",
    "plugins": "list the plugins and what they offer",
    "import": "turn what another program saved into a preset",
    "new": "write the package of a new plugin",
    "schema": "print the JSON Schema of presets, for editors",
    "weights": "list, fetch and verify published weights",
    "doctor": "look over this machine, and say what to do about each problem",
}
MODULES = {"import": "imports"}
"""Those whose module is called otherwise, because the command's name is a word of Python."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 the run failed, 2 bad input, 70 a bug.

    130 is for Ctrl-C, 143 for SIGTERM and 129 for SIGHUP: 128 and the signal's number, as shells count.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that is not UTF-8 shows what it does not know as an escape.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(argv)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader of our output, such as `head`, has seen enough.
        _write_no_more()
        return 0
    except (Exception, KeyboardInterrupt) as error:
        if is_debugging():
            traceback.print_exc()
        return _told(error)


def _run(argv: Sequence[str] | None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    parser = _parser()
    refuse_unknown_command(parser, words)
    given, others = parser.parse_known_args(words)
    refuse_unknown_words(given.parser, others)
    if given.disconnected:
        os.environ["ARTGEN_OFFLINE"] = "1"
    if given.debug:
        os.environ["ARTGEN_DEBUG"] = "1"
    # As `artgen.weights.is_offline` reads it, which is too much to import here.
    if _is_on("ARTGEN_OFFLINE"):
        # The libraries that download by themselves read their own variable, once, when they are imported.
        os.environ["HF_HUB_OFFLINE"] = "1"
    if not given.command:
        parser.print_help()
        return 0
    with raised(), print_deprecations():
        code: int = given.module.main(given)
        return code


def is_debugging() -> bool:
    """Whether ``--debug`` or ARTGEN_DEBUG asks for the place in the code where an error arose."""
    return _is_on("ARTGEN_DEBUG")


def _is_on(variable: str) -> bool:
    return os.environ.get(variable, "").strip().lower() not in ("", "0", "no", "false", "off")


def _told(error: BaseException) -> int:
    """Say what went wrong, in a line; the exit code."""
    if isinstance(error, ArtgenError):
        text, code = plain("; ".join((str(error), *getattr(error, "__notes__", ())))), error.exit_code
    elif isinstance(error, KeyboardInterrupt):
        what, code = "interrupted", 130
        if isinstance(error, Terminated):
            what, code = f"ended by {error.name}", 128 + error.number
        text = "; ".join((what, *getattr(error, "__notes__", ())))
    elif isinstance(error, OSError):
        _write_no_more()
        text, code = refused(error), 2
    elif isinstance(error, MemoryError):
        text, code = "there is not enough memory for that; choose a smaller size, batch or chunk", 1
    else:
        where = "" if is_debugging() else "; `artgen --debug` before the command shows where"
        text, code = f"{one_line(error, LONGEST_LINE, kind=True)}: this is a bug of artgen or of a plugin{where}", BUG
    try:
        print(text, file=sys.stderr)
    except OSError:  # SIGHUP may have taken the terminal away
        sys.stderr = None  # else Python tries once more at the end, and exits with 120
    return code


def _write_no_more() -> None:
    """Throw away what waits for a stdout that takes nothing, as on a full disk or to a closed pipe."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):  # else Python complains once more when it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Version(argparse.Action):
    """Counts the version only where it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from artgen.version import own_version

        print(f"artgen {own_version()}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="artgen", description="Plugin-based generative art.")
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version of artgen, and stop")
    offline = "never connect to anything, as ARTGEN_OFFLINE=1 does"
    parser.add_argument("--offline", dest="disconnected", action="store_true", help=offline)
    debug = "show where in the code an error arose, as ARTGEN_DEBUG=1 does"
    parser.add_argument("--debug", action="store_true", help=debug)
    commands = parser.add_subparsers(dest="command", metavar="command", title="commands")
    for name, summary in COMMANDS.items():
        _add(commands, name, summary, import_module(f"artgen.cli.{MODULES.get(name, name)}"))
    for name in imports.offered():
        # The older spelling; without a summary it is not listed.
        _add(commands, f"{imports.PREFIX}{name}", None, imports).set_defaults(program=name)
    return parser


def _add(commands: Any, name: str, summary: str | None, module: Any) -> argparse.ArgumentParser:
    listed = {} if summary is None else {"help": summary}
    command: argparse.ArgumentParser = commands.add_parser(name, description=module.__doc__, **listed)
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    module.add_arguments(command)
    command.set_defaults(module=module)
    return command
