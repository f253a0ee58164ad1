"""Signals that end a program: held back until a run is between two steps, or raised so that everything is put back.

Python lets only the main thread set handlers. Elsewhere nothing is changed, nor is a handler of somebody else's, nor a
signal that is ignored, as ``nohup`` has SIGHUP ignored and a shell the Ctrl-C of what runs in the background.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

# Windows has no SIGHUP.
_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP, on its way through a program that `raised` lets end as Ctrl-C does."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def name(self) -> str:
        """Such as SIGTERM."""
        return signal.Signals(self.number).name


class Stop:
    """Whether somebody has asked for the end, and by which signal."""

    def __init__(self) -> None:
        self.number: int | None = None

    def pass_on(self) -> None:
        """What was to end the program does so now, by whatever handler it has. Ctrl-C only ends the run."""
        if self.number is not None and self.number != signal.SIGINT:
            signal.raise_signal(self.number)


@contextlib.contextmanager
def raised() -> Iterator[None]:
    """Inside, SIGTERM and SIGHUP raise `Terminated`, so that files are whole and the cursor is back at the end."""
    with _handled(_ENDING, _raise):
        yield


@contextlib.contextmanager
def held_back() -> Iterator[Stop]:
    """Inside, the first signal is only remembered, until the step is done; the next one acts at once."""
    stop = Stop()
    before: dict[int, Any] = {}

    def remember(number: int, frame: Any) -> None:
        if stop.number is None:
            stop.number = number
        else:
            signal.signal(number, before[number])
            signal.raise_signal(number)

    with _handled((signal.SIGINT, *_ENDING), remember) as found:
        before.update(found)
        yield stop


def _raise(number: int, frame: Any) -> None:
    raise Terminated(number)


_OURS = (signal.SIG_DFL, signal.default_int_handler, _raise)


@contextlib.contextmanager
def _handled(numbers: tuple[int, ...], handler: Callable[[int, Any], None]) -> Iterator[dict[int, Any]]:
    """Inside, `handler` has those of the signals that are nobody else's; gives what they had before."""
    main = threading.current_thread() is threading.main_thread()
    before = {number: found for number in numbers if main and (found := signal.getsignal(number)) in _OURS}
    try:
        for number in before:
            signal.signal(number, handler)
        yield before
    finally:
        for number, found in before.items():
            signal.signal(number, found)
