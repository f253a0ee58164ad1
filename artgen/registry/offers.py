"""What plugins offer besides components, presets and weights: exporters, importers, palettes and lists of words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import pluggy

from artgen.api import Exporter, Exports, ExportSource, GeneratorSpec
from artgen.errors import InputError, RunError
from artgen.hookspecs.files import AnyImporter
from artgen.recipe.metadata import SUFFIXES
from artgen.registry.component import of_owner
from artgen.version import version_of

T = TypeVar("T")
Lines = tuple[str, ...] | Path
"""Colours or words, or the file that has them."""

HOOKS = ("artgen_exporters", "artgen_importers", "artgen_palettes", "artgen_words")
_NAME = re.compile(r"\w[\w-]*")
_SUFFIX = re.compile(r"(\.[a-z0-9]{1,16}){1,2}")
_TAKEN = {*SUFFIXES, ".pt", ".yaml"}
"""What artgen writes itself, or would take for its own."""


@dataclass(frozen=True)
class Owned(Generic[T]):
    """Something with a name, and the distribution that offers it."""

    name: str
    value: T
    dist: str
    installed: str
    """The version that the distribution was installed as."""

    @property
    def owner(self) -> str:
        """The distribution and its version."""
        return f"{self.dist} {version_of(self.dist, self.installed)}".strip()

    @property
    def full_name(self) -> str:
        """``dist:name``."""
        return f"{self.dist}:{self.name}"


@dataclass(frozen=True)
class Offers:
    """All that is offered, in the order in which plugins are found."""

    exporters: list[Owned[Exporter]] = field(default_factory=list)
    importers: list[Owned[AnyImporter]] = field(default_factory=list)
    palettes: list[Owned[Lines]] = field(default_factory=list)
    words: list[Owned[Lines]] = field(default_factory=list)

    def add(self, more: Offers) -> None:
        """Take what another plugin offers."""
        self.exporters.extend(more.exporters)
        self.importers.extend(more.importers)
        self.palettes.extend(more.palettes)
        self.words.extend(more.words)

    def forget(self, dist: str) -> None:
        """Leave out what a distribution offers."""
        for offers in (self.exporters, self.importers, self.palettes, self.words):
            _drop(offers, dist)


def _drop(offers: list[Any], dist: str) -> None:
    offers[:] = [one for one in offers if one.dist != dist]


def offers_of(manager: pluggy.PluginManager, dist: str, version: str) -> Offers:
    """What the module of a manager offers; TypeError says what is wrong with it."""
    hook = manager.hook
    exporters = [_exporter(one) for group in hook.artgen_exporters() for one in group]
    importers = [_importer(one) for group in hook.artgen_importers() for one in group]
    return Offers(
        [Owned(one.suffix, one, dist, version) for one in exporters],
        [Owned(name, one, dist, version) for name, one in importers],
        [Owned(name, lines, dist, version) for name, lines in _named("artgen_palettes", hook.artgen_palettes())],
        [Owned(name, lines, dist, version) for name, lines in _named("artgen_words", hook.artgen_words())],
    )


def meant_by(name: str, offers: Iterable[Owned[T]], what: str, near: str = "") -> Owned[T] | None:
    """The one that is called `name` (or ``dist:name``) in a preset of the distribution `near`; None if none is.

    Without a distribution, it is that of the preset's own, else artgen's, else the only one.

    Raises:
        InputError: if several distributions offer it.
    """
    dist, _, bare = name.rpartition(":")
    found = of_owner([one for one in offers if one.name == bare], dist, near)
    if len({one.dist for one in found}) > 1:
        choices = " or ".join(f"'{one.full_name}'" for one in found)
        raise InputError(f"{len(found)} plugins offer {what} called '{bare}'; write {choices}")
    return found[0] if found else None


def written(offers: Sequence[Owned[Any]]) -> list[str]:
    """What may be written: the bare name, or ``dist:name`` where several offer it."""
    names = [one.name for one in offers]
    return sorted({one.name if names.count(one.name) == 1 else one.full_name for one in offers})


def own_exporters(spec: type[GeneratorSpec], dist: str, version: str) -> list[Owned[Exporter]]:
    """Those of the forms that what a generator's spec builds `Exports`; TypeError if it says them wrongly."""
    if not isinstance(spec.exports, Mapping):
        raise TypeError(f"`exports` is {spec.exports!r}; it maps suffixes to what the files hold")
    forms = [
        Exporter(_suffix(suffix, "`exports`"), about, partial(_own, suffix), (spec,))
        for suffix, about in spec.exports.items()
    ]
    return [Owned(form.suffix, form, dist, version) for form in forms]


def _own(suffix: str, source: ExportSource) -> bytes:
    if not isinstance(source.generator, Exports):
        raise RunError(f"its spec says that it exports '{suffix}', and what it builds has no exported()")
    return source.generator.exported(suffix, source)


def _exporter(one: Any) -> Exporter:
    if not isinstance(one, Exporter):
        raise TypeError(f"artgen_exporters offers {one!r}, which is no Exporter")
    _suffix(one.suffix, "artgen_exporters")
    return one


def _suffix(suffix: Any, where: str) -> str:
    if not (isinstance(suffix, str) and _SUFFIX.fullmatch(suffix)):
        raise TypeError(f"{where} offers the suffix {suffix!r}; it must be as '.svg' or '.plot.svg' is")
    if suffix in _TAKEN:
        raise TypeError(f"{where} offers '{suffix}', which artgen writes itself")
    return suffix


def _importer(one: Any) -> tuple[str, AnyImporter]:
    if not isinstance(one, AnyImporter):
        raise TypeError(f"artgen_importers offers {one!r}, which is no Importer")
    name = one.name or re.sub(r"[^\w]+", "-", one.program.lower()).strip("-")
    if not _NAME.fullmatch(name):
        raise TypeError(f"artgen_importers offers an Importer called {name!r}; give it a `name` such as 'doodle'")
    return name, one


def _named(hook: str, groups: Iterable[Any]) -> list[tuple[str, Lines]]:
    """Names and lines, or files, of a hook that offers mappings."""
    found: list[tuple[str, Lines]] = []
    for group in groups:
        if not isinstance(group, Mapping):
            raise TypeError(f"{hook} offers {group!r}, which is no mapping of names")
        for name, value in group.items():
            if not (isinstance(name, str) and _NAME.fullmatch(name)):
                raise TypeError(f"{hook} offers the name {name!r}; it may have letters, digits, '_' and '-'")
            found.append((name, _lines(f"{hook} offers '{name}'", value)))
    return found


def _lines(what: str, value: Any) -> Lines:
    if isinstance(value, Path):
        if not value.is_file():
            raise FileNotFoundError(f"{what} as {value}, which is no file")
        return value
    if isinstance(value, str) or not isinstance(value, Sequence) or not value:
        raise TypeError(f"{what} as {value!r}, which is neither a list nor a Path")
    if bad := [one for one in value if not (isinstance(one, str) and one.strip() and len(one.splitlines()) == 1)]:
        raise TypeError(f"{what} with {bad[0]!r}, which is not one line of text")
    return tuple(value)
