"""The presets that one can begin with: the one that the studio was opened with, and those that are shipped."""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from artgen.errors import InputError
from artgen.fields.paths import confined
from artgen.files import read_text
from artgen.preset import shipped
from artgen.preset.loading import load
from artgen.preset.nodes import MAX_BYTES
from artgen.recipe import metadata
from artgen.studio.checking import as_yaml

_FILM = re.compile(r"^film:", re.MULTILINE)
_ABOUT = re.compile(r"^about:", re.MULTILINE)
FIRST = "quickstart"
"""What is drawn first by whoever does not choose."""
FILMS = "draws a film; `artgen run` makes those"


@dataclass(frozen=True)
class OfferedPreset:
    """A preset that one can begin with."""

    name: str
    path: Path
    own: bool = False
    """Whether it is the user's, and not shipped."""
    written: str | None = None
    """Its YAML, where it stands in no file."""

    @cached_property
    def text(self) -> str:
        """Its YAML; of what artgen made, that of the preset in its recipe.

        Raises:
            InputError: if it cannot be read.
        """
        if self.written is not None:
            return self.written
        if self.path.is_dir() or self.path.suffix.lower() in (*metadata.SUFFIXES, ".json"):
            with confined((Path(), self.path.parent)):
                return as_yaml(load(self.path).resolved())
        return read_text(self.path, MAX_BYTES, "preset")

    @property
    def home(self) -> Path:
        """Where its relative paths start; what was made is named as it was where it was made, so: here."""
        return self.path.parent if self.path.suffix.lower() in (".yaml", ".yml") else Path()

    def brief(self) -> dict[str, Any]:
        """What the list of presets says of it."""
        return {
            "name": self.name,
            "about": self._about(),
            "thumbnail": shipped.thumbnail(self.path) is not None,
            "own": self.own,
            "gallery": shipped.is_of_gallery(self.path),
            "runs": FILMS if _FILM.search(self.text) else True,
        }

    def _about(self) -> str:
        """Read without checking the preset, which takes longer than the list may."""
        found = _ABOUT.search(self.text)
        if found is None:
            return ""
        lines = self.text[found.start() :].split("\n")
        block = [lines[0], *(line for line in _indented(lines[1:]))]
        try:
            about = yaml.safe_load("\n".join(block)).get("about")
        except (yaml.YAMLError, AttributeError):
            return ""
        return about if isinstance(about, str) else ""


def _indented(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        if line[:1] not in (" ", "\t"):
            return
        yield line


class Presets:
    """What is offered, by name.

    Args:
        own: what the studio was opened with; the name of a shipped one, or a file or folder of the user's.

    Raises:
        InputError: if there is no such preset.
    """

    def __init__(self, own: str | None) -> None:
        found = [OfferedPreset(name, path) for name, path in shipped.shipped().items()]
        self._offered = {offered.name: offered for offered in found}
        self.chosen = None if own is None else self.add(own).name
        """The name of the one that the studio was opened with."""

    def add(self, own: str | Path) -> OfferedPreset:
        """Offer another one, named as `own` is in the constructor; InputError if there is none."""
        path = Path(own) if Path(own).exists() else shipped.find(own)
        known = next((offered for offered in self._offered.values() if offered.path == path), None)
        if known is not None and not known.own:
            return known
        # A file may have changed since it was offered.
        return self.offer(OfferedPreset(known.name if known else self._free(path.stem), path, own=True))

    def add_text(self, yaml: str, name: str) -> OfferedPreset:
        """Offer what stands in no file; its relative paths start from the current folder."""
        return self.offer(OfferedPreset(self._free(name), Path(), own=True, written=yaml))

    def offer(self, offered: OfferedPreset) -> OfferedPreset:
        """Put it first; what was offered by that name goes."""
        offered.text  # noqa: B018  what cannot be read is said at once
        self._offered = {offered.name: offered, **self._offered}
        return offered

    def _free(self, name: str) -> str:
        found = self._offered.get(name)
        return name if found is None or found.own else f"{name} (yours)"

    def find(self, name: str) -> OfferedPreset | None:
        return self._offered.get(name)

    def brief(self) -> list[dict[str, Any]]:
        """All that can be read."""
        rows = []
        for offered in self._offered.values():
            try:
                rows.append(offered.brief())
            except InputError:
                continue
        return rows

    def likeliest(self) -> dict[str, Any] | None:
        """The resolved preset that is most likely drawn first; None if it has mistakes, which are told elsewhere."""
        offered = self._offered.get(self.chosen or FIRST)
        with warnings.catch_warnings(), contextlib.suppress(InputError):
            warnings.simplefilter("ignore")
            return load(offered.path).resolved() if offered else None
        return None

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the files lie that these presets name."""
        homes = {offered.path.parent for offered in self._offered.values() if not offered.own}
        own = [offered.home for offered in self._offered.values() if offered.own]
        return (*sorted(homes), *(home for home in own if home != Path()))
