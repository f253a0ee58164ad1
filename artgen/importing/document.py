"""A file that another program wrote, as importers may look at it; each way of reading it is tried once, when asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from artgen.errors import ArtgenError
from artgen.importing import commands, notebooks, plain, program
from artgen.recipe import texts

MAX_TEXT = 1 << 20
"""Characters of a file that is no notebook; more is no settings file."""


@dataclass(frozen=True)
class Document:
    """The bytes of a file with its name."""

    path: Path
    content: bytes

    @cached_property
    def tags(self) -> dict[str, str]:
        """The texts inside a PNG, JPEG or WebP, by their keys; of any other file, none."""
        return texts.read(self.content)

    @property
    def is_picture(self) -> bool:
        return texts.is_picture(self.content)

    @cached_property
    def text(self) -> str | None:
        """The file's text: a notebook's cells of code, or the whole; None where it is no text in UTF-8."""
        raw = self._raw
        return raw if raw is None or self._cells is None else "\n".join(self._cells)

    @cached_property
    def _raw(self) -> str | None:
        try:
            return None if self.is_picture or b"\0" in self.content else self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None

    @cached_property
    def _cells(self) -> tuple[str, ...] | None:
        return notebooks.cells(self._raw) if self._raw else None

    @cached_property
    def data(self) -> Any:
        """What the file says as JSON or YAML; None where it is neither."""
        try:
            return self.read_data()
        except ArtgenError:
            return None

    def read_data(self) -> Any:
        """As `data`; an error of artgen says why it is neither."""
        if self._raw is None or self._cells is not None or len(self._raw) > MAX_TEXT:
            return None
        return plain.data(self._raw, str(self.path), self.path.parent)

    @cached_property
    def settings(self) -> dict[str, Any]:
        """`data`, where it is a mapping; else empty."""
        return {str(key): value for key, value in self.data.items()} if isinstance(self.data, dict) else {}

    @cached_property
    def _program(self) -> program.Program:
        text = self.text or ""
        if len(text) > MAX_TEXT:
            return program.Program()
        return program.read(self._cells if self._cells is not None else (text,))

    @property
    def calls(self) -> tuple[program.Call, ...]:
        """The calls in a Python program or notebook, or in the fenced blocks of a text, whose values are read."""
        return self._program.calls

    @cached_property
    def commands(self) -> tuple[commands.Command, ...]:
        """The command lines that start a Python script, in a text, a script or a notebook."""
        text = self.text or ""
        return commands.find(text, self._program.names) if len(text) <= MAX_TEXT else ()
