"""Show the runs, films and sweeps of a folder on a live page, as they grow.

    artgen watch runs
    artgen watch sweeps --port 9000 --no-open

The page opens in the browser. It shows whatever draws into DIR and its folders, now or later, on this machine or on
others that share the disk: all is told from the files. Nothing can be changed there, and closing it ends no run.

The address has a token, and only who has it sees the page. By --host others in the network can, too. From a machine
far away, let ssh carry it: `ssh -L 8421:localhost:8421 HOST`.

Ctrl-C ends it.
"""

from __future__ import annotations

from pathlib import Path

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import FOLDER

HERE = "the name or address at which it listens (default: 127.0.0.1, this machine alone)"
FREE = "which port (default: the first free one from 8421)"


@click.command(cls=Subcommand, help=__doc__)
@common.argument("folder", "where the runs are", metavar="DIR", type=FOLDER)
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help=FREE)
@click.option("--host", metavar="HOST", default="127.0.0.1", help=HERE)
@click.option("--no-open", is_flag=True, help="print the address, and open no browser")
def command(folder: Path, port: int | None, host: str, no_open: bool) -> int:
    import sys

    from artgen.fields.paths import expanded
    from artgen.pages.access import is_loopback
    from artgen.watching.server import WatchServer

    with WatchServer(expanded(folder), host, port) as watch:
        printing.say(watch.address)
        sys.stdout.flush()
        if not is_loopback(host):
            printing.note("whoever reads this address can see the folder from other machines, and it is not encrypted")
        if not no_open:
            _open(watch.address)
        try:
            watch.serve()
        except KeyboardInterrupt as ended:
            if type(ended) is not KeyboardInterrupt:  # SIGTERM and SIGHUP, which have exit codes of their own
                raise
    return 0


def _open(address: str) -> None:
    """In the browser, if there is one; it may be slow to start, and nobody waits for it."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
