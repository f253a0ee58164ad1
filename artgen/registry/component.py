"""A component that a plugin offers, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from packaging.utils import canonicalize_name

from artgen import api
from artgen.deprecation import Formerly
from artgen.requirements import OWN
from artgen.version import version_of

LOCAL = "./"
"""What the name of an owner begins with that is no distribution: a file of the user's own."""


class HasOwner(Protocol):
    """Something that a distribution offers."""

    @property
    def dist(self) -> str: ...


T = TypeVar("T", bound=HasOwner)


def is_same(dist: str, other: str) -> bool:
    """Whether two names of distributions are one, whatever their case, and whether they have - or _ (PEP 503)."""
    return canonicalize_name(dist) == canonicalize_name(other)


def of_owner(found: list[T], dist: str, near: str) -> list[T]:
    """Of what has one name, what is meant: that of `dist`; without one, that of `near`, else artgen's, else all.

    So no name that somebody else offers changes what an old preset or picture means.
    """
    for owner in (dist,) if dist else (near, OWN):
        if own := [one for one in found if is_same(one.dist, owner)]:
            return own
    return [] if dist else found


@dataclass(frozen=True)
class Component:
    """One component and the distribution that offers it."""

    kind: str
    name: str
    spec: type[api.Spec]
    dist: str
    installed: str
    """The version that the distribution was installed as."""

    @property
    def version(self) -> str:
        return version_of(self.dist, self.installed)

    @property
    def owner(self) -> str:
        version = self.version[:12] if self.dist.startswith(LOCAL) else self.version
        return f"{self.dist} {version}".strip()

    @property
    def full_name(self) -> str:
        """What a recipe writes as `type`: artgen's own by their names, all others as ``dist:name``."""
        return self.name if self.is_of(OWN) else f"{self.dist}:{self.name}"

    def is_of(self, dist: str) -> bool:
        """Whether the distribution of that name offers it."""
        return is_same(dist, self.dist)

    def is_called(self, bare: str) -> bool:
        """Whether that is its name, or was."""
        return self.name == bare or any(old.name == bare for old in self.spec.formerly)

    @property
    def summary(self) -> str:
        """The first line of the spec's docstring."""
        return (self.spec.__doc__ or "").strip().partition("\n")[0]

    def old_name(self, written: str) -> Formerly | None:
        """The old name of its type that `written`, a name or ``dist:name``, is."""
        return next((old for old in self.spec.formerly if old.name == written.rpartition(":")[2]), None)


def choice(kind: str, name: str, components: list[Component]) -> str:
    """What to write where several offer a name, in a line."""
    others = [component.full_name for component in components if not component.is_of(OWN)]
    choices = " or ".join(f"'{one}'" for one in others)
    if len(others) < len(components):
        return f"'{name}' alone is artgen's own {kind}; write {choices} for the other of that name"
    return f"{len(components)} plugins offer a {kind} called '{name}'; write {choices}"
