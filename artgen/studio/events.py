"""Who listens, and what each of them has not heard yet. Used in one thread, that of the event loop.

Server-sent events (HTML Living Standard, 9.2): ``id``, ``event`` and ``data``, and an empty line. Of steps, and of the
states of one run, a listener that is slow gets the newest alone, so that nobody's backlog grows.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from artgen.studio.telling import to_json

KEPT = 512
"""So many events can be heard again by whoever was away for a moment."""
MOST_NOTES = 100
"""Notes that wait for one listener; of more, the oldest are dropped."""
HEARTBEAT_SECONDS = 15.0
"""What lies between may close a connection on which nothing is said."""


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    number: int
    kind: str
    """run, step, note, gone, ..."""
    about: str
    """The run; what replaces an older one of the same kind that was not heard yet."""
    data: Mapping[str, Any]

    def text(self, epoch: str) -> str:
        return f"id: {epoch}-{self.number}\nevent: {self.kind}\ndata: {to_json(self.data)}\n\n"


class Listener:
    """One browser's window, or whatever else reads the events."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[tuple[str, str, int], Event] = OrderedDict()
        self._wake = asyncio.Event()
        self._ended = False

    def put(self, event: Event) -> None:
        once = event.kind in ("run", "step")
        key = event.kind, event.about, 0 if once else event.number
        self._waiting.pop(key, None)
        self._waiting[key] = event
        notes = [key for key in self._waiting if key[0] == "note"] if event.kind == "note" else ()
        for old in notes[:-MOST_NOTES]:
            del self._waiting[old]
        self._wake.set()

    def end(self) -> None:
        self._ended = True
        self._wake.set()

    async def next(self) -> list[Event] | None:
        """What has come; empty after a while in which nothing did; None at the end."""
        if not self._waiting and not self._ended:
            try:
                await asyncio.wait_for(self._wake.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                return []
        self._wake.clear()
        if self._ended:
            return None
        events = list(self._waiting.values())
        self._waiting.clear()
        return events


class Hub:
    """Tells all listeners, and remembers the last events for those who come back.

    Args:
        everything: the events, as (kind, about, data), that say how everything is now: for who missed too much.
    """

    def __init__(self, everything: Callable[[], Iterable[tuple[str, str, Mapping[str, Any]]]]) -> None:
        self.epoch = secrets.token_hex(4)
        """In the ids, because those of an earlier studio say nothing to this one."""
        self._everything = everything
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._listeners: set[Listener] = set()
        self._count = 0
        self._ended = False

    def tell(self, kind: str, about: str, data: Mapping[str, Any]) -> None:
        self._count += 1
        event = Event(self._count, kind, about, data)
        self._kept.append(event)
        for listener in self._listeners:
            listener.put(event)

    def end(self) -> None:
        """Let every stream end."""
        self._ended = True
        for listener in self._listeners:
            listener.end()

    async def stream(self, last: str | None) -> AsyncIterator[str]:
        """The text of the events that a listener hears."""
        with self.listening(last) as listener:
            yield "retry: 1000\n\n"
            while (events := await listener.next()) is not None:
                yield "".join(event.text(self.epoch) for event in events) or ": still here\n\n"

    @contextlib.contextmanager
    def listening(self, last: str | None = None) -> Iterator[Listener]:
        """Who hears the events after the one whose id is `last`; of None: how everything is now, and what comes."""
        listener = Listener()
        for event in self._since(last):
            listener.put(event)
        self._listeners.add(listener)
        if self._ended:
            listener.end()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def _since(self, last: str | None) -> Iterable[Event]:
        epoch, _, number = (last or "").partition("-")
        if epoch == self.epoch and number.isdecimal() and len(number) < 20:
            missed = self._count - int(number)
            if 0 <= missed <= len(self._kept):
                return list(self._kept)[len(self._kept) - missed :]
        return [Event(self._count, kind, about, data) for kind, about, data in self._everything()]
