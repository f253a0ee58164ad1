"""How long a server is waited for, and what is said meanwhile: no wait is silent, and none is endless."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from rich.filesize import decimal

from artgen.weights.cache import Note

_SECONDS = 30.0
_SLOWEST = 1000
"""Bytes a second; less than that would take a model days."""
_Answer = TypeVar("_Answer")


class TooSlow(Exception):
    """A server that does not answer, or so slowly that it never ends; its text says which."""


def patience() -> float:
    """Seconds without an answer after which a server is given up: ARTGEN_TIMEOUT, or 30."""
    try:
        return min(max(float(os.environ.get("ARTGEN_TIMEOUT") or _SECONDS), 0.1), 3600.0)
    except ValueError:
        return _SECONDS


class Pace:
    """How fast bytes come; asked often enough, it ends a download that drips."""

    def __init__(self, done: int = 0) -> None:
        self._began = self._since = time.monotonic()
        self.done = self._mark = done

    def reach(self, done: int) -> None:
        """There are `done` bytes now; TooSlow if too few of them came lately."""
        self.done, now, allowed = done, time.monotonic(), patience()
        if now - self._since < allowed:
            return
        if done - self._mark < allowed * _SLOWEST:
            raise TooSlow(f"only {done - self._mark} bytes came in {now - self._since:.0f} s")
        self._since, self._mark = now, done

    def seconds(self) -> float:
        return time.monotonic() - self._began


@contextlib.contextmanager
def signs_of_life(host: str, note: Note, done: int = 0) -> Iterator[Pace]:
    """Says every few seconds how long `host` has been waited for, or how much has come, until the block ends."""
    pace, over = Pace(done), threading.Event()
    teller = threading.Thread(target=_tell, args=(host, note, pace, over), daemon=True)
    teller.start()
    try:
        yield pace
    finally:
        over.set()
        teller.join(1)


def _tell(host: str, note: Note, pace: Pace, over: threading.Event) -> None:
    pause, before = min(5.0, patience() / 4), pace.done
    while not over.wait(pause):
        if pace.done == before:
            note(f"still waiting for {host} ({pace.seconds():.0f} s)")
        elif not sys.stderr.isatty():  # a terminal has a bar
            note(f"{decimal(pace.done)} so far, from {host} ({pace.seconds():.0f} s)")
            pause = min(2 * pause, 15.0)
        before = pace.done


def within_patience(ask: Callable[[], _Answer]) -> _Answer:
    """What `ask` returns or raises; TooSlow if that takes too long, and then nobody waits for it any more.

    A socket's own timeout begins anew with each byte, so that headers that drip would never end.
    """
    answers: list[_Answer] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(ask())
        except BaseException as error:  # it belongs to the one who waits
            errors.append(error)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(patience())
    # The socket may give up a moment before; it has waited for as long.
    if worker.is_alive() or (errors and isinstance(errors[0], TimeoutError)):
        raise TooSlow(f"no answer within {patience():.0f} s")
    if errors:
        raise errors[0]
    return answers[0]
