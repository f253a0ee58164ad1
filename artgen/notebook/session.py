"""The studio of a folder, in this program: a thread with an event loop, and the process that draws."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from artgen.reporters.places import make_folder
from artgen.studio.events import Event
from artgen.studio.presets import Presets
from artgen.studio.studio import Studio
from artgen.studio.work.messages import Setup

T = TypeVar("T")
Heard = Callable[[Sequence[Event]], None]

_lock = threading.Lock()
_sessions: dict[Path, Session] = {}


def session(folder: Path, likeliest: Mapping[str, Any] | None = None) -> Session:
    """The one session of a folder: cells that are run again begin no second process.

    Args:
        folder: where the runs are; it is made if it is not there.
        likeliest: the resolved preset that is drawn first; the process that draws gets ready for it.
    """
    place = make_folder(folder).resolve()
    with _lock:
        if place not in _sessions:
            _sessions[place] = Session(folder, likeliest)
        return _sessions[place]


class Session:
    """A studio, which is used in a thread of its own alone.

    The program may be killed: the process that draws then leaves its runs, each with a checkpoint.
    """

    def __init__(self, folder: Path, likeliest: Mapping[str, Any] | None) -> None:
        self.studio = Studio(folder, Presets(None), Setup(preset=likeliest, is_chosen=True), self._note)
        self._hearing: list[Heard] = []
        self._loop = asyncio.new_event_loop()
        self.studio.begin_in(self._loop)
        self._thread = threading.Thread(target=self._serve, name="artgen studio", daemon=True)
        self._thread.start()
        self.studio.orders.warm()
        atexit.register(self.end)

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Let it be done in the studio's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def listen(self, heard: Heard) -> None:
        """Let `heard` be told of all that happens from now on, in the studio's thread."""
        self._hearing.append(heard)

    def end(self) -> None:
        """Leave all runs, each with a checkpoint, and end the process that draws."""
        with _lock:
            for place in [place for place, one in _sessions.items() if one is self]:
                del _sessions[place]
        if self._loop.is_closed():
            return
        atexit.unregister(self.end)
        self._loop.call_soon_threadsafe(self.studio.hub.end)
        self._thread.join()
        self.studio.end()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._tell())

    async def _tell(self) -> None:
        with self.studio.hub.listening() as listener:
            while (events := await listener.next()) is not None:
                for heard in self._hearing:
                    self._guarded(heard, events)

    def _guarded(self, heard: Heard, events: Sequence[Event]) -> None:
        """A display that fails, say because its kernel's front end has gone, holds up nobody else."""
        try:
            heard(events)
        except Exception as error:
            self._loop.call_exception_handler({"message": "the studio's controls could not follow", "exception": error})

    def _note(self, line: str) -> None:
        """A line of no run's."""
        self.studio.hub.tell("note", "", {"id": "", "note": line})
