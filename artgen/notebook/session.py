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

from artgen.errors import InputError
from artgen.reporters.places import make_folder
from artgen.studio.events import Event
from artgen.studio.presets import Presets
from artgen.studio.studio import OpenStudio
from artgen.studio.work.messages import Setup

T = TypeVar("T")
Heard = Callable[[Sequence[Event]], None]

ENDED = "this studio is closed; make another with Studio(...)"

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
            _sessions[place] = Session(place, folder, likeliest)
        return _sessions[place]


class Session:
    """A studio, which is used in a thread of its own alone.

    The program may be killed: the process that draws then leaves its runs, each with a checkpoint.

    Args:
        place: its key among the sessions.
        folder: the same folder, as it is written in what is shown.
        likeliest: the resolved preset that is drawn first.
    """

    def __init__(self, place: Path, folder: Path, likeliest: Mapping[str, Any] | None) -> None:
        self._place = place
        self.studio = OpenStudio(folder, Presets(None), Setup(preset=likeliest, is_chosen=True), self._note)
        self._hearing: list[Heard] = []
        self._ended: list[Callable[[], None]] = []
        self._has_ended = False
        self._loop = asyncio.new_event_loop()
        self.studio.begin_in(self._loop)
        self._thread = threading.Thread(target=self._serve, name="artgen studio", daemon=True)
        self._thread.start()
        self.studio.orders.warm()
        atexit.register(self._leave)  # a kernel that ends shows nothing more

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Let it be done in the studio's thread. InputError if it has ended."""
        with _lock:
            if not self._has_ended:
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        raise InputError(ENDED)

    def listen(self, heard: Heard, ended: Callable[[], None]) -> None:
        """Let `heard` be told of all that happens from now on, in the studio's thread, and of its end."""
        self._hearing.append(heard)
        self._ended.append(ended)

    def end(self) -> None:
        """Leave all runs, each with a checkpoint, and end the process that draws."""
        if self._leave():
            for ended in self._ended:
                ended()

    def _leave(self) -> bool:
        """The same, and nobody is told; whether it had not ended before."""
        with _lock:
            if self._has_ended:
                return False
            self._has_ended = True
            del _sessions[self._place]
        atexit.unregister(self._leave)
        self._loop.call_soon_threadsafe(self.studio.hub.end)
        self._thread.join()
        self.studio.end()
        return True

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
