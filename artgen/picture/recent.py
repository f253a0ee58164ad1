"""Files that were made lately, kept in memory up to a bound."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable


class Recent:
    """Bytes by their keys; those that were asked for longest ago go first. Threads may share it."""

    def __init__(self, most: int) -> None:
        """`most`: bytes of all of them."""
        self._most, self._size = most, 0
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> bytes | None:
        """What is kept under a key."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Hashable, content: bytes) -> bytes:
        """Keep it, if it alone is not too large; gives it back."""
        with self._lock:
            if key not in self._kept and len(content) <= self._most:
                self._kept[key] = content
                self._size += len(content)
            while self._size > self._most:
                self._size -= len(self._kept.popitem(last=False)[1])
        return content

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._size
