"""Which importer a file is for, and which runs stand in it."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, TypeVar, cast

from artgen.errors import ArtgenError, InputError, RunError, shown
from artgen.files import read_bytes
from artgen.importing.document import MAX_TEXT, Document
from artgen.importing.draft import comments
from artgen.importing.model import Claim, Importer
from artgen.preset.model import Preset
from artgen.recipe.embedded import KEY
from artgen.registry.fence import ComponentError, fenced, listening
from artgen.registry.offers import Owned
from artgen.version import version_of

MAX_BYTES = 1 << 27
"""A file that is larger is refused unread."""
STDIN = "-"
# Settings that only a preset of artgen has in this form.
_OURS: dict[str, type | tuple[type, ...]] = {
    "extends": str,
    "generator": (dict, str),
    "perceptors": dict,
    "views": list,
    "start": dict,
}
_SETTINGS = re.compile(r"\s*(?:[#%/][^\n]*\n\s*|---\s*\n\s*)*(?:[{\[]|-\s|[\w \"'-]+:(?:\s|$))")
_PROGRAMS = (".py", ".ipynb", ".sh", ".bat", ".ps1", ".md")

T = TypeVar("T")
Note = Callable[[str], None]
Entry = EntryPoint | Owned[Any]
"""Who offers an importer: an entry point, which is imported when it is asked, or a plugin's hook."""


def read(name: Path) -> Document:
    """The file, or what stands on stdin for ``-``; InputError if it cannot be read or is too large."""
    if str(name) == STDIN:
        content = sys.stdin.buffer.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise InputError(f"stdin: larger than {MAX_BYTES >> 20} MiB, which is no settings file")
        return Document(Path("stdin"), content)
    return Document(name, read_bytes(name, MAX_BYTES, "settings file or picture"))


def load(entry: Entry) -> Importer:
    """The importer that is offered; a plain function is one that knows no file by itself.

    RunError if it fails, and whenever it fails later.
    """
    title = f"importer '{entry.name}' ({owner_of(entry)})"
    value: Any = entry.value if isinstance(entry, Owned) else _fenced(title, entry.load)()
    if isinstance(value, Importer):
        recognise, convert = _fenced(title, value.recognise, list, tuple), _fenced(title, value.convert, str)
        return replace(value, recognise=recognise, convert=convert)
    if not callable(value):
        raise RunError(f"{title}: is no Importer and no function")
    return Importer(entry.name, _knows_nothing, _fenced(title, cast("Callable[..., str]", value), str))


def _fenced(title: str, function: Callable[..., T], *kinds: type) -> Callable[..., T]:
    """The function, of which whatever goes wrong is a `RunError` that begins with `title`."""

    def call(*given: Any) -> T:
        try:
            with listening(), fenced(title):
                found = function(*given)
        except ComponentError as error:
            if isinstance(error.__cause__, ArtgenError):  # what it says of the file
                raise error.__cause__ from None
            raise
        if kinds and not isinstance(found, kinds):
            raise RunError(f"{title}: returned {type(found).__name__}; expected {kinds[0].__name__}")
        return found

    return call


def _knows_nothing(source: Document) -> tuple[Claim, ...]:
    return ()


def owner_of(entry: Entry) -> str:
    """The distribution and its version."""
    if isinstance(entry, Owned):
        return entry.owner
    return f"{entry.dist.name} {version_of(entry.dist.name, entry.dist.version)}" if entry.dist else entry.value


def best(source: Document, entries: Mapping[str, Entry], note: Note) -> tuple[Importer, list[Claim]]:
    """The importer that knows most of the file, and the runs it has found; `note` is told of those that fail.

    Raises:
        InputError: if nobody knows it; in one line, with what to do.
    """
    _refuse_ours(source)
    found: list[tuple[Importer, list[Claim]]] = []
    for entry in entries.values():
        try:
            importer = load(entry)
            claims = list(importer.recognise(source))
        except RunError as error:
            note(str(error))
            continue
        if claims:
            found.append((importer, claims))
    if not found:
        raise InputError(_unknown(source, sorted(entries)))
    return max(found, key=lambda pair: max(claim.known for claim in pair[1]))


def by_name(source: Document, name: str, entries: Mapping[str, Entry]) -> tuple[Importer, list[Claim]]:
    """The runs that one importer finds in the file; InputError if they are none."""
    _refuse_ours(source)
    entry = entries[name]
    importer = load(entry)
    claims = list(importer.recognise(source))
    if claims:
        return importer, claims
    if importer.recognise is _knows_nothing and source.settings:
        return importer, [Claim(source.settings, "a settings file", len(source.settings))]
    raise InputError(_not_its(source, importer, {key: entries[key] for key in entries if key != name}))


def _refuse_ours(source: Document) -> None:
    """InputError for what artgen made itself, and runs as it is."""
    name = shown(source.path)
    if KEY in source.tags:
        raise InputError(f"{name}: carries a recipe of artgen, there is nothing to import; artgen run {typed(source)}")
    ours = [key for key, kind in _OURS.items() if isinstance(source.settings.get(key), kind)]
    losses = source.settings.get("losses")
    if isinstance(losses, list) and losses and isinstance(losses[0], dict):
        ours.append("losses")
    if "steps" in source.settings and set(source.settings) <= set(Preset.model_fields):
        ours.append("steps")
    if ours:
        raise InputError(f"{name}: is a preset of artgen already ({', '.join(ours)}); artgen run {typed(source)}")


def _not_its(source: Document, importer: Importer, others: Mapping[str, Entry]) -> str:
    for entry in others.values():
        try:
            other = load(entry)
            known = list(other.recognise(source))
        except ArtgenError:
            continue
        if known:
            name, whose = shown(source.path), f"{other.program}, not of {importer.program}"
            return f"{name}: looks like {known[0].form} of {whose}; artgen import {typed(source)}"
    return _unknown(source, [importer.program])


def _unknown(source: Document, names: Iterable[str]) -> str:
    """Why nothing was found in the file; what is wrong with a settings file before anything else."""
    name, known = shown(source.path), ", ".join(names)
    if source.is_picture:
        if not source.tags:
            return (
                f"{name}: carries no text of how it was made; to begin with this picture: --set start={typed(source)}"
            )
        return f"{name}: the texts in this picture ({_some(source.tags)}) are of none of {known}"
    if source.text is None:
        return f"{name}: not UTF-8 text, and no PNG, JPEG or WebP, so there are no settings in it"
    if len(source.text) > MAX_TEXT:
        return f"{name}: larger than {MAX_TEXT >> 20} MiB, which is no settings file"
    if source.path.suffix.lower() not in _PROGRAMS and _SETTINGS.match(source.text):
        data = source.read_data()
        if isinstance(data, list):
            return f"{name}: expected a mapping of settings, such as 'prompts: a tree'"
        if isinstance(data, dict) and data:
            return f"{name}: nothing in it ({_some(data)}) is a setting of {known}"
    return f"{name}: no settings, command line or Python call of {known} is in it"


def _some(names: Iterable[object]) -> str:
    listed = [shown(name, 30) for name in names]
    return ", ".join(listed[:4]) + (", ..." if len(listed) > 4 else "")


def typed(source: Document) -> str:
    """The file's name as a shell takes it."""
    return shown(shlex.quote(str(source.path)))


def with_notes(text: str, notes: Iterable[str]) -> str:
    """A preset with comments at its head, below the line that editors read."""
    lines = text.split("\n")
    place = 1 if lines[0].startswith("# yaml-language-server") else 0
    return "\n".join([*lines[:place], *comments(list(notes), ""), *lines[place:]])
