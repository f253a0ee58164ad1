"""Which distributions took part in a picture: those that its recipe names, and all that these require."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution
from typing import Any

from packaging.utils import InvalidName, canonicalize_name
from packaging.version import InvalidVersion, Version

from artgen.errors import InputError, shown
from artgen.requirements import OWN, installed, required
from artgen.version import version_of


@dataclass(frozen=True)
class TakingPart:
    """The distributions of a picture, by name as registries have it."""

    listed: Mapping[str, str]
    """Versions of those that the recipe names, artgen among them."""
    here: Mapping[str, Distribution]
    """Those of them that are installed here, and all that they require."""

    @property
    def versions(self) -> dict[str, str]:
        """What is installed here."""
        return {name: _version(found) for name, found in self.here.items()}

    @property
    def others(self) -> dict[str, str]:
        """Of the listed ones those that have another version here, and that version; empty: there is none."""
        versions = self.versions
        return {
            name: versions.get(name, "")
            for name, wanted in self.listed.items()
            if name not in versions or Version(versions[name]) != Version(wanted)
        }


def taking_part(recipe: Mapping[str, Any], source: object) -> TakingPart:
    """What the recipe of `source` names, and what of it is here. InputError if it names what nothing is called."""
    named = {**recipe["libraries"], **recipe["plugins"], OWN: recipe["artgen"]}
    listed = dict(_checked(name, version, source) for name, version in named.items())
    return TakingPart(dict(sorted(listed.items())), closure(listed))


def _checked(name: str, version: str, source: object) -> tuple[str, str]:
    """A stranger wrote them, and they are handed to a program."""
    try:
        return canonicalize_name(name, validate=True), str(Version(version))
    except (InvalidName, InvalidVersion):
        damaged = f"nothing can be called '{shown(name, 60)} {shown(version, 60)}', so the recipe is damaged"
        raise InputError(f"{source}: {damaged}") from None


def closure(names: Iterable[str]) -> dict[str, Distribution]:
    """The installed ones of `names`, and what they require, with the extras that are asked for; by name, sorted."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, ...]] = set()
    waiting: list[tuple[str, ...]] = [(name,) for name in names]
    while waiting:
        key = waiting.pop()
        one = installed(key[0]) if key not in seen else None
        seen.add(key)
        if one is not None:
            found[key[0]] = one
            needs = required(one, key[1:])
            waiting += [(canonicalize_name(need.name), *sorted(need.extras)) for need in needs]
    return dict(sorted(found.items()))


def _version(found: Distribution) -> str:
    return str(Version(version_of(canonicalize_name(found.name), found.version)))


def system() -> str:
    """As recipes have it: the operating system and the architecture."""
    return f"{platform.system()} {platform.machine()}"


def minor(python: str) -> str:
    """``3.11`` for ``3.11.7``."""
    return ".".join(python.split(".")[:2])
