"""What one distribution, or one file of Python, offers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artgen.registry.component import Component
    from artgen.registry.plugins import Failure


def dists() -> set[str]:
    """The installed distributions that have a plugin."""
    entries = (*entry_points(group="artgen"), *entry_points(group="artgen.importers"))
    return {entry.dist.name for entry in entries if entry.dist}


def by(dist: str) -> tuple[str, list[Component], list[Failure]]:
    """Its name, what it offers, and its plugins that failed; InputError if it has no plugin."""
    from packaging.utils import canonicalize_name

    from artgen.errors import InputError, hint
    from artgen.registry.plugins import discover

    if dist.endswith(".py"):
        from artgen.registry.local import add

        name = add(dist)
        return name, [component for component in discover().components if component.dist == name], []
    known = {canonicalize_name(name): name for name in dists()}
    if canonicalize_name(dist) not in known:
        raise InputError(f"no installed plugin is called '{dist}'{hint(dist, known.values())}")
    name = known[canonicalize_name(dist)]
    components = [component for component in discover().components if component.is_of(name)]
    return name, components, [failure for failure in discover().failures if _is(failure.dist, name)]


def folders(dist: str) -> list[Path]:
    """The folders of the presets that a distribution ships."""
    from artgen.registry.plugins import discover

    return [folder for owner, folder in discover().preset_folders if _is(owner, dist)]


def presets(dist: str) -> Iterator[tuple[str, Path]]:
    """What each of its presets is called, and its file."""
    from artgen.preset.shipped import own, shipped
    from artgen.registry.plugins import discover
    from artgen.requirements import OWN

    ours = own().values() if _is(dist, OWN) else ()
    for name, file in shipped().items():
        if file in ours or _is(discover().dist_of(file), dist):
            yield name, file


def importers(dist: str) -> list[EntryPoint]:
    """Its importers of other programs' files."""
    from artgen.cli.presets.imports import offered

    return [entry for entry in offered().values() if entry.dist and _is(entry.dist.name, dist)]


def _is(dist: str, name: str) -> bool:
    from artgen.registry.component import is_same

    return is_same(dist, name)
