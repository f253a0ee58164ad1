"""What is shown now, with a number for each change, so that a page asks only for what is new to it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Collection
from typing import Any

from artgen.watching.entries import WatchedEntry

MOST_GONE = 10_000
"""So many entries that are gone are remembered; who knows older ones gets all anew."""


class Board:
    """The entries by their ids. Threads may share it."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(4)
        """Tells this board from that of a server before it, whose numbers mean nothing here."""
        self.is_complete = False
        """Whether all of the folder has been looked through once."""
        self._lock = threading.Lock()
        self._entries: dict[str, WatchedEntry] = {}
        self._inside: set[str] = set()
        """Those that are a part of another."""
        self._changed: dict[str, int] = {}
        self._gone: dict[str, int] = {}
        self._version = self._floor = 0

    def put(self, entry: WatchedEntry, is_inside: bool = False) -> None:
        """Show an entry, anew if something of it has changed."""
        with self._lock:
            before = self._entries.get(entry.id)
            self._entries[entry.id] = entry
            if is_inside:
                self._inside.add(entry.id)
            else:
                self._inside.discard(entry.id)
            if before is None or before.data != entry.data or _facts_differ(before, entry):
                self._version += 1
                self._changed[entry.id] = self._version
                self._gone.pop(entry.id, None)

    def keep(self, ids: Collection[str]) -> None:
        """Take away all others."""
        with self._lock:
            for gone in self._entries.keys() - set(ids):
                self._version += 1
                del self._entries[gone], self._changed[gone]
                self._inside.discard(gone)
                self._gone[gone] = self._version
            while len(self._gone) > MOST_GONE:
                oldest = next(iter(self._gone))
                self._floor = self._gone.pop(oldest)

    def get(self, id: str) -> WatchedEntry | None:
        with self._lock:
            return self._entries.get(id)

    def version_of(self, id: str) -> int:
        """The number of its last change; 0 if it is not there."""
        with self._lock:
            return self._changed.get(id, 0)

    @property
    def version(self) -> str:
        """What `since` takes to tell what has changed from now on."""
        with self._lock:
            return f"{self.name}-{self._version}{'' if self.is_complete else '-looking'}"

    def since(self, version: str) -> dict[str, Any]:
        """What has changed since then; all there is, if `version` is none of this board's."""
        with self._lock:
            name, _, rest = version.partition("-")
            number = rest.partition("-")[0]
            known = int(number) if name == self.name and number.isdecimal() and len(number) < 18 else -1
            is_whole = not self._floor <= known <= self._version
            known = -1 if is_whole else known
            changed = [id for id, at in self._changed.items() if at > known and id not in self._inside]
            return {
                "version": f"{self.name}-{self._version}{'' if self.is_complete else '-looking'}",
                "whole": is_whole,
                "entries": [{**self._entries[id].data, "version": self._changed[id]} for id in changed],
                "gone": [] if is_whole else [id for id, at in self._gone.items() if at > known],
                "looking": not self.is_complete,
            }


def _facts_differ(one: WatchedEntry, other: WatchedEntry) -> bool:
    """Whether another view in full would be another, too."""
    if one.sweep is not None and other.sweep is not None:
        return [cell.data for cell in one.sweep.cells] != [cell.data for cell in other.sweep.cells]
    if one.facts is not None and other.facts is not None:
        return one.facts.listing.files != other.facts.listing.files
    return False
