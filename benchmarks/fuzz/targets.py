"""What is fuzzed: from a sound input by damages to an attempt, which may end in documented errors only."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any, Generic, Protocol, TypeVar

Input = TypeVar("Input")


class Target(Protocol, Generic[Input]):
    """One kind of input; made once, in a folder of its own, which is the current one while it is tried."""

    def base(self, random: Random) -> Input:
        """A sound input."""

    def damage(self, random: Random, found: Input) -> Input:
        """The same with one damage more."""

    def attempt(self, found: Input) -> None:
        """Give it to artgen; an error that is no ArtgenError, or Undocumented, is a finding."""

    def keep(self, found: Input, folder: Path) -> None:
        """Write it down for a person who wants to try it."""


def make(name: str, folder: Path) -> Target[Any]:
    """The target called `name`, prepared in `folder`."""
    from benchmarks.fuzz import checkpoints, gallery, pictures, recipes, settings

    kinds: dict[str, Any] = {
        "presets": settings.Presets,
        "set": settings.Overrides,
        "imports": settings.Imports,
        "palettes": settings.Palettes,
        "recipes": recipes.Recipes,
        "pictures": pictures.Pictures,
        "gallery": gallery.Gallery,
        "checkpoints": checkpoints.Checkpoints,
    }
    target: Target[Any] = kinds[name](folder)
    return target


NAMES = ("presets", "set", "recipes", "pictures", "palettes", "gallery", "imports", "checkpoints")
