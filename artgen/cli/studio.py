"""Choose, draw and steer presets in a browser, which shows the pictures while they grow.

    artgen studio
    artgen studio quickstart
    artgen studio my.yaml --folder pictures

PRESET is what it begins with: a YAML file, the name of a shipped preset, or a picture or run folder of artgen's.
Without it one chooses in the browser. Every run has a folder of its own in --folder, as `artgen run` makes them, in
which each touch is a number over the run: `artgen replay` draws the picture again without the studio.

Only this machine can open the address that is printed, and only whoever has its token. Closing the page stops nothing;
Ctrl-C here leaves each run with a checkpoint, and the next studio goes on with them. Needs
`pip install "artgen[studio]"`.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import CODE, FOLDER

if TYPE_CHECKING:
    from artgen.studio.web.server import Server

INSTALL = 'the studio needs two more packages; pip install "artgen[studio]"'


@click.command(cls=Subcommand, help=__doc__)
@common.preset_argument(required=False)
@click.option("--folder", type=FOLDER, metavar="DIR", default="studio", help="where the runs are (default: studio)")
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help="where it listens (default: 8765, if free)")
@click.option("--no-open", is_flag=True, help="print the address, and open no browser")
@click.option("--host", metavar="NAME", default="127.0.0.1", help="by which of its names this machine listens")
@click.option("--allow-remote", is_flag=True, help="let --host be one that other machines can reach")
@common.allow("let presets name what lies in this folder, too")
@click.option(
    "--plugin", "plugins", multiple=True, type=CODE, metavar="FILE", help="let presets name what this file offers"
)
def command(
    preset: str | None,
    folder: Path,
    port: int | None,
    no_open: bool,
    host: str,
    allow_remote: bool,
    allow: tuple[Path, ...],
    plugins: tuple[Path, ...],
) -> None:
    from artgen.errors import InputError

    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError:
        raise InputError(INSTALL) from None
    from artgen.pages.access import is_loopback
    from artgen.registry.local import add
    from artgen.reporters.places import make_folder
    from artgen.studio.presets import Presets
    from artgen.studio.studio import OpenStudio
    from artgen.studio.web.server import Server, bound
    from artgen.studio.work.messages import Setup

    if not is_loopback(host) and not allow_remote:
        raise InputError(
            f"--host {host}: other machines could reach it there, unencrypted, and whoever sees the address could draw "
            "and fill the disk; say --allow-remote, too, if that is meant, or use `ssh -L`"
        )
    for plugin in plugins:
        add(plugin)
    offered = Presets(preset)
    listening = bound(host, port)
    make_folder(folder)
    studio = OpenStudio(folder, offered, Setup(plugins, allow, offered.likeliest(), preset is not None), printing.note)
    studio.orders.warm()
    server = Server(studio, listening, host)
    _serve(server, studio.folder, opens=not no_open)


def _serve(server: Server, folder: Path, opens: bool) -> None:
    def ready() -> None:
        printing.note(f"the studio is at {server.address(server.gate.token)}")
        printing.note(f"its runs are in {folder}; Ctrl-C ends it, and leaves them to be gone on with")
        if opens:
            _open(server.address(server.gate.once()))

    try:
        server.run(ready)
    except KeyboardInterrupt as ended:
        ended.add_note(f"the runs are in {folder}; `artgen studio --folder {folder}` goes on with them")
        raise
    finally:
        if not server.studio.end():
            printing.note("the last step took too long; that run goes on from its last checkpoint")


def _open(address: str) -> None:
    """In the browser, where there is one; whoever works without finds the address on the terminal."""
    import webbrowser

    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(address)
