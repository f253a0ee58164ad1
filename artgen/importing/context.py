"""What the parts of an import share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from artgen.importing.draft import Draft, shown
from artgen.importing.files import Files, is_address
from artgen.importing.reader import Given, Reader

SONGS = (".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif")


class Context:
    """One import: the settings, the preset so far, and where pictures are."""

    def __init__(self, settings: Mapping[str, Any], source: Path, home: Path, embedded: bool) -> None:
        self.draft = Draft()
        self.given = Given(settings)
        self.home, self.embedded = home, embedded
        self._files = Files(source, home)

    def read(self, key: str) -> Reader:
        """A reader whose notes stand above `key` of the preset."""
        return Reader(self.given, partial(self.draft.note, key))

    def put(self, key: str, value: Any) -> None:
        self.draft.values[key] = value

    def pictures(self, text: str) -> list[str]:
        """The files that the program would have found, as the preset may name them."""
        return [] if is_address(text) else self._files.find(text)

    def songs(self, text: str) -> list[str]:
        """The same of songs, by the endings of files that artgen hears."""
        return [name for name in self.pictures(text) if name.lower().endswith(SONGS)]

    def absence(self, name: str, text: str) -> str:
        """Why there is no picture, and what to do."""
        if is_address(text):
            return (
                f"{name}: {shown(text)} - nothing is fetched from the web; save it beside the preset and name it here."
            )
        return f"{name}: there is no file {shown(text)}; put it beside the preset and remove the # here."
