"""What the parts of an import share: that of every importer, and Pixray's older names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgen.importing import Context as PlainContext
from artgen.importing import is_true, shown
from artgen_pixray.tables import RENAMED


class Context(PlainContext):
    """One import, whose settings have their names of Pixray 1.9.1."""

    def __init__(self, settings: Mapping[str, Any], source: Path, home: Path, embedded: bool) -> None:
        self.older: set[str] = set()
        """The older names that the file has."""
        self._notes: list[str] = []
        super().__init__(self._renamed(settings), source, home, embedded)
        for note in self._notes:
            self.draft.note("", note)

    def _renamed(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        there = {name: value for name, value in settings.items() if value is not None}
        found = {name: value for name, value in there.items() if name not in RENAMED}
        for name, value in there.items():
            if name not in RENAMED:
                continue
            new, fixed = RENAMED[name]
            if fixed is not None and not is_true(value):
                continue
            if new in found:
                self._notes.append(
                    f"{name}: {shown(value)} - an older name of '{new}', which the file also has; left out."
                )
                continue
            if fixed is not None:
                self._notes.append(f"{name}: {shown(value)} - Pixray has removed it; it means '{new}: {fixed}' now.")
            self.older.add(name)
            found[new] = value if fixed is None else fixed
        return found
