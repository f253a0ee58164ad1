"""The studio's side of the process that draws: orders go out and reports come in, and nobody waits."""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from artgen.studio.work.loop import work
from artgen.studio.work.messages import Order, Report, Setup

LEAVING_SECONDS = 60.0
"""So long may the process take to end its step and write its checkpoints."""


class Worker:
    """A process that draws; begun at once, so that it has imported what it needs by the time of its first order.

    Args:
        setup: what it must know.
        on_report: told whatever it reports, in a thread of its own.
        on_death: called when it has ended though nobody asked it to, in the same thread.
    """

    def __init__(self, setup: Setup, on_report: Callable[[Report], None], on_death: Callable[[], None]) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=work, args=(theirs, setup), name="artgen studio: draws")
        self._process.start()
        theirs.close()  # else its end would not be seen here
        self._orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._ending = False
        threading.Thread(target=_send, args=(self._connection, self._orders), daemon=True).start()
        self._listening = threading.Thread(target=self._listen, args=(on_report, on_death), daemon=True)
        self._listening.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def order(self, number: int, kind: str, run: str, **given: Any) -> None:
        """Say what is to be done; it is done when the present step is."""
        self._orders.put(Order(number, kind, run, given))

    def end(self, timeout: float = LEAVING_SECONDS) -> bool:
        """Let it end its step, leave its runs with checkpoints, and end; whether it did in time."""
        self._ending = True
        self._orders.put(None)
        self._process.join(timeout)
        in_time = not self._process.is_alive()
        if not in_time:
            self._process.kill()
            self._process.join()
        self._listening.join()  # what it told at its end is heard, too
        self._connection.close()
        return in_time

    def _listen(self, on_report: Callable[[Report], None], on_death: Callable[[], None]) -> None:
        while True:
            try:
                report = self._connection.recv()
            except (EOFError, OSError):
                break
            on_report(report)
        if not self._ending:
            on_death()


def _send(connection: Connection, orders: queue.SimpleQueue[Order | None]) -> None:
    """Hand on orders; a pipe that is full while a step is drawn holds up this thread alone."""
    while True:
        order = orders.get()
        try:
            connection.send(order)
        except OSError:
            return
        if order is None:
            return
