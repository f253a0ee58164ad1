"""The command line. This module and what it imports at its top load neither torch nor pydantic nor any plugin."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import traceback
from collections.abc import Sequence

import click

from artgen.cli import slips
from artgen.cli.base import LazyGroup
from artgen.deprecation import print_deprecations
from artgen.engine.signals import Terminated, raised
from artgen.errors import LONGEST_LINE, ArtgenError, is_debugging, is_on, one_line, plain, refused

BUG = 70
"""The exit code of an error that artgen did not foresee: EX_SOFTWARE of BSD's sysexits.h."""
COMPLETE = "_ARTGEN_COMPLETE"
"""The variable by which a shell asks for completions."""

COMMANDS = {
    "run": ("artgen.cli.pictures.run", "make the picture of a preset"),
    "plan": ("artgen.cli.pictures.plan", "say how long a picture takes and how much memory, before it is drawn"),
    "studio": ("artgen.cli.studio", "draw and steer presets in a browser, while the pictures grow"),
    "replay": ("artgen.cli.pictures.replay", "make a picture again from its recipe, and compare"),
    "sweep": ("artgen.cli.sweeps.sweep", "draw a preset again and again with other settings, and compare"),
    "watch": ("artgen.cli.watch", "show the runs, films and sweeps of a folder on a live page"),
    "pick": ("artgen.cli.sweeps.pick", "keep the best cells of a sweep"),
    "dev": ("artgen.cli.pictures.dev", "draw a preset again whenever it or a plugin's file is saved"),
    "finish": ("artgen.cli.pictures.finish", "enlarge, print or recolour a finished picture"),
    "export": ("artgen.cli.pictures.export", "write a picture in another format, with its recipe"),
    "film": ("artgen.cli.pictures.film", "make the film of a run again from its frames, or of any numbered PNGs"),
    "freeze": ("artgen.cli.pictures.freeze", "write down the environment of a picture, to replay it there"),
    "sign": ("artgen.cli.pictures.sign", "sign a picture and its recipe, so that changes show"),
    "check": ("artgen.cli.presets.check", "find the mistakes of presets, without running them"),
    "words": ("artgen.cli.presets.words", "tell what a preset's models know of a prompt's words"),
    "score": ("artgen.cli.pictures.score", "say which of several texts fits a picture best"),
    "search": ("artgen.cli.pictures.search", "find the pictures most like a text or a picture"),
    "gallery": ("artgen.cli.gallery", "keep pictures with their recipes, replay them all, build their page"),
    "diff": ("artgen.cli.pictures.diff", "show what two pictures or presets differ in"),
    "views": ("artgen.cli.pictures.views", "draw a sheet of what the perceptors would see"),
    "presets": ("artgen.cli.presets", "list the presets that are shipped, or print one"),
    "plugins": ("artgen.cli.plugins", "list the plugins and what they offer, or test one"),
    "install": ("artgen.cli.plugins.install", "install published plugins, after saying what changes"),
    "import": ("artgen.cli.presets.imports", "turn what another program saved into a preset"),
    "new": ("artgen.cli.plugins.new", "write the package of a new plugin"),
    "schema": ("artgen.cli.presets.schema", "print the JSON Schema of presets, for editors"),
    "weights": ("artgen.cli.weights", "list, fetch and verify published weights"),
    "doctor": ("artgen.cli.doctor", "look over this machine, and say what to do about each problem"),
    "completion": ("artgen.cli.completion", "print what makes a shell complete artgen's commands"),
}
"""Each command: the module that has it, as `command`, and what the list of commands says of it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 the run failed, 2 bad input, 70 a bug.

    130 is for Ctrl-C, 143 for SIGTERM and 129 for SIGHUP: 128 and the signal's number, as shells count.
    """
    _shorten_spinning()
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


def _shorten_spinning() -> None:
    """Threads of torch that wait for their next task spin only for a moment, unless the user says how they wait.

    GNU's OpenMP lets them spin 300,000 times, some 10 ms on processors where a pause is long. On a machine that does
    something else too, such as showing a page, they take the cores from those that work: a step takes several times
    as long. It reads the variable when torch is loaded; what is computed stays the same.
    """
    if not {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} & os.environ.keys():
        os.environ["GOMP_SPINCOUNT"] = "1000"


def _run(argv: Sequence[str] | None) -> int:
    if COMPLETE in os.environ:
        from artgen.cli.completion import complete

        return complete(root, os.environ[COMPLETE])
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        # Not `root.main`, which would turn Ctrl-C and closed pipes into its own errors.
        with raised(), print_deprecations(), root.make_context("artgen", words) as context:
            code: int | None = root.invoke(context)
            return code or 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        raise slips.of_click(error) from None


class _Root(LazyGroup):
    """All commands. The older spelling, ``import-NAME``, is not listed, and asks one importer alone."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name.startswith("import-"):
            from artgen.cli.presets.imports import asking_one

            return asking_one(cmd_name.removeprefix("import-"))
        return super().get_command(ctx, cmd_name)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from artgen.version import own_version  # it is counted only where it is asked for

        print(f"artgen {own_version()}")
        ctx.exit()


@click.command(
    cls=_Root,
    lazy=COMMANDS,
    otherwise="a preset is drawn by `artgen run {word}`; see `artgen --help`",
    invoke_without_command=True,
    help="Plugin-based generative art.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="show the version of artgen, and stop",
)
@click.option("--offline", is_flag=True, help="never connect to anything, as ARTGEN_OFFLINE=1 does")
@click.option("--debug", is_flag=True, help="show where in the code an error arose, as ARTGEN_DEBUG=1 does")
@click.pass_context
def root(context: click.Context, offline: bool, debug: bool) -> None:
    if offline:
        os.environ["ARTGEN_OFFLINE"] = "1"
    if debug:
        os.environ["ARTGEN_DEBUG"] = "1"
    # As `artgen.weights.is_offline` reads it, which is too much to import here.
    if is_on("ARTGEN_OFFLINE"):
        # The libraries that download by themselves read their own variable, once, when they are imported.
        os.environ["HF_HUB_OFFLINE"] = "1"
    if context.invoked_subcommand is None:
        print(context.get_help())


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
