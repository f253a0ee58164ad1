"""The table of art packages (sources.yaml) as Python objects."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).with_name("sources.yaml")


@dataclass(frozen=True)
class Source:
    """One package of pictures or words, pinned, with the licence it states."""

    set: str
    package: str
    version: str
    licence: str
    author: str
    family: str = ""
    style: str = ""
    tint: bool = False
    files: bool = False
    file: str = "icons.json"
    skip: str = ""
    debian: bool = False
    half: int = 0

    @property
    def folder(self) -> str:
        """Where the package is unpacked, below the folder of them all."""
        return self.package if self.debian else self.set


def art() -> list[Source]:
    """The packages that hold pictures, in the order in which styles are numbered."""
    return [Source(**row) for row in _table()["art"]]


def words() -> list[Source]:
    """The packages that hold names and keywords."""
    return [Source(**row) for row in _table()["words"]]


def _table() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return found
