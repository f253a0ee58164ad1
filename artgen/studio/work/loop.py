"""The process that draws: takes orders between two steps, and ends, with checkpoints, when nobody gives any more."""

from __future__ import annotations

import contextlib
import os
import signal
from multiprocessing.connection import Connection

from artgen.studio.work.messages import Report, Setup


def work(orders: Connection, setup: Setup) -> None:
    """Draw until None comes, or the other end of `orders` is closed, as it is when the studio's process is killed."""
    # A terminal sends Ctrl-C to all, a service manager SIGTERM: this process ends with the studio's, after its step.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if hasattr(os, "setsid"):
        os.setsid()  # a notebook's kernel that ends kills whatever is left in its group, without a checkpoint
    from artgen.engine import reuse
    from artgen.registry.local import add
    from artgen.studio.work.drawing import Desk

    for plugin in setup.plugins:
        add(plugin)

    def tell(report: Report) -> None:
        with contextlib.suppress(OSError):  # nobody listens any more; the next order says so, too
            orders.send(report)

    desk = Desk(tell)
    with reuse.keeping_perceptors():
        _warm(setup, orders)
        try:
            while True:
                while orders.poll(0 if desk.drawing else None):
                    order = orders.recv()
                    if order is None:
                        return
                    desk.take(order)
                desk.draw()
        except (EOFError, OSError):
            return
        finally:
            desk.leave_all()


def _warm(setup: Setup, orders: Connection) -> None:
    """Import what every run needs while the artist still reads, and load the models of the likeliest one."""
    import torch._dynamo  # noqa: F401  which torch's optimisers import when the first one is made

    from artgen.compare.perceptual import scorers
    from artgen.engine.assembly import build_parts
    from artgen.preset.needs import downloads, missing
    from artgen.registry.plugins import discover
    from artgen.studio.work.drawing import parsed

    discover()
    if setup.preset is None or orders.poll():
        return
    # Whatever is wrong with it is told to whoever draws it.
    with contextlib.suppress(Exception):
        preset = parsed(setup.preset)
        if missing(downloads(preset)):
            return
        scorers(preset, "", lambda line: None)
        if setup.is_chosen and not orders.poll():
            build_parts(preset, lambda line: None)
