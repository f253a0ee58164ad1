"""How far a download has come: a bar for people at a terminal, a line at each quarter for logs."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

_LARGE = 100 << 20


@contextlib.contextmanager
def metered(title: str, have: int, total: int, note: Callable[[str], None]) -> Iterator[Callable[[int], None]]:
    """A function to be told how many bytes there are; `total` is 0 if nobody knows."""
    if sys.stderr.isatty():
        with _bar(title, have, total) as advance:
            yield advance
    else:
        yield _Quarters(have, total, note)


@contextlib.contextmanager
def _bar(title: str, have: int, total: int) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
    times = (TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, *times, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=total or None, completed=have)
        yield lambda done: progress.update(task, completed=done)


class _Quarters:
    def __init__(self, have: int, total: int, note: Callable[[str], None]) -> None:
        self._total, self._note = total, note
        self._next = 1 + 4 * have // total if total else 1

    def __call__(self, done: int) -> None:
        if self._total > _LARGE and self._next < 4 and done >= self._next * self._total / 4:
            self._note(f"{25 * self._next} % downloaded")
            self._next += 1
