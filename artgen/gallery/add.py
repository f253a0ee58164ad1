"""Taking a picture into a gallery, with its losses and what its recipe reads."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from artgen.errors import InputError, Mark
from artgen.fields.paths import PICTURE, neighbours
from artgen.files import atomic_path, write_text
from artgen.gallery.films import FilmFile, beside
from artgen.gallery.model import FILE, MAX_INPUT, Gallery, GalleryEntry, entries, open_recipe
from artgen.gallery.template import searchable
from artgen.picture import decoding
from artgen.picture.hashing import is_as_written
from artgen.preset import nodes
from artgen.prompts.titles import asked
from artgen.recipe import inputs
from artgen.reporters import curves
from artgen.weights import sha256

_LONGEST_NAME = 60


@dataclass(frozen=True)
class EntryOptions:
    """What the new entry shall say; None: what the recipe suggests."""

    title: str | None = None
    name: str | None = None
    note: str | None = None
    by: str | None = None
    tags: tuple[str, ...] = ()


def add(source: Path, folder: Path, wishes: EntryOptions, allowed: Sequence[Path] = ()) -> list[Path]:
    """Take the picture of `source`, a PNG or the folder of a run, into the gallery in `folder`.

    The recipe's inputs are looked for in the current folder, that of the picture, and those `allowed`; only a file
    with the content that the recipe names is taken.

    Returns:
        The files that were written; the picture is the first, the gallery's list the last.

    Raises:
        InputError: if the picture does not carry a full recipe, something is there already, or a file is missing.
    """
    picture = _picture(source)
    recipe = open_recipe(picture)
    _refuse_changed(picture, recipe)
    text, known = _list(folder)
    entry = _entry(picture, recipe, wishes)
    gallery = Gallery(folder, known)
    copies = {picture: gallery.picture(entry)}
    copies |= {film.path: gallery.picture(entry).with_suffix(film.path.suffix) for film in _films(picture)}
    if (losses := _losses(picture)) is not None:
        curves.read(losses)
        copies[losses] = gallery.losses(entry)
    _refuse_overwriting(copies.values(), entry, known)
    copies |= _inputs(recipe, folder, [Path(), picture.parent, *allowed])
    whole = _appended(text, entry, folder / FILE, known)
    for origin, copy in copies.items():
        with atomic_path(copy) as temporary:
            temporary.write_bytes(origin.read_bytes())
    write_text(folder / FILE, whole)
    return [*copies.values(), folder / FILE]


def _picture(source: Path) -> Path:
    if source.is_dir():
        if not (source / PICTURE).is_file():
            raise InputError(f"{source}: there is no {PICTURE} in this folder; name a picture, or the folder of a run")
        return source / PICTURE
    if not source.is_file():
        raise InputError(f"{source}: there is no such file{neighbours(source, Path.exists)}")
    if source.suffix.lower() != ".png":
        raise InputError(f"{source}: a gallery keeps PNGs; add the one that `artgen run` wrote")
    return source


def _refuse_changed(picture: Path, recipe: Mapping[str, Any]) -> None:
    if not is_as_written(decoding.read(picture), recipe.get("pixels")):
        raise InputError(f"{picture}: was changed after it was made, so that no replay could come out the same")


def _list(folder: Path) -> tuple[str, tuple[GalleryEntry, ...]]:
    """The text of the gallery's list and its entries; of a gallery that does not exist yet, nothing."""
    file = folder / FILE
    if not file.is_file():
        return "", ()
    known = entries(*nodes.from_file(file))
    return file.read_text(encoding="utf-8"), known


def _entry(picture: Path, recipe: Mapping[str, Any], wishes: EntryOptions) -> GalleryEntry:
    title = wishes.title if wishes.title is not None else _title(asked(recipe["preset"]) or picture.stem)
    name = wishes.name.removesuffix(".png") if wishes.name is not None else _slug(title)
    given = {"file": f"{name}.png", "title": title, "by": wishes.by, "note": wishes.note, "tags": list(wishes.tags)}
    data = {key: value for key, value in given.items() if value}
    # Checked as what stands in the file is, so that the message is the same.
    return entries(nodes.from_data([data], Mark("the new entry"), Path()))[0]


def _title(text: str) -> str:
    line = textwrap.shorten(text, 80, placeholder=" …")
    return line[:1].upper() + line[1:]


def _slug(title: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", searchable(title)).strip("-")
    return words[:_LONGEST_NAME].rstrip("-") or "picture"


def _films(picture: Path) -> list[FilmFile]:
    """The film that the picture is a frame of: the one in the folder of its run, or beside it."""
    return beside(picture) or (beside(picture.with_name("film")) if picture.name == PICTURE else [])


def _losses(picture: Path) -> Path | None:
    """The loss curves of the run that made it; the pictures of a batch share theirs."""
    places = [picture.with_name(f"{picture.stem}.losses.json")]
    if picture.name == PICTURE:
        places.append(picture.with_name(curves.FILE))
    if picture.parent.name == "batch":
        places.append(picture.parent.parent / curves.FILE)
    return next((place for place in places if place.is_file()), None)


def _refuse_overwriting(files: Iterable[Path], entry: GalleryEntry, known: Sequence[GalleryEntry]) -> None:
    there = next((file for file in files if file.exists()), None)
    if there is None and entry.file in {other.file for other in known}:
        there = Path(entry.file)
    if there is not None:
        raise InputError(f"{there}: is in the gallery already; choose another --name")


def _inputs(recipe: Mapping[str, Any], folder: Path, allowed: Sequence[Path]) -> dict[Path, Path]:
    """Where each file that the recipe reads comes from, and where it goes to; none for those that are there."""
    copies: dict[Path, Path] = {}
    for path, digest in recipe["inputs"].items():
        origin = inputs.find(path, digest, allowed)
        if sha256(origin) != digest:
            raise InputError(f"{origin}: has changed since the picture was made, so that it could not be replayed")
        if origin.stat().st_size > MAX_INPUT:
            raise InputError(f"{origin}: the picture reads this file, and it is larger than {MAX_INPUT >> 20} MiB")
        place = _place(path, digest, folder, set(copies.values()))
        if not place.exists():
            copies[origin] = place
    return copies


def _place(path: str, digest: str, folder: Path, taken: set[Path]) -> Path:
    """Where an input can lie in the gallery: where nothing is, or the same file is already."""
    for name in inputs.stored_names(path, digest):
        place = folder / inputs.FOLDER / name
        if place not in taken and (not place.exists() or sha256(place) == digest):
            return place
    raise InputError(f"{place}: is there already and damaged; remove it")


def _appended(text: str, entry: GalleryEntry, file: Path, known: Sequence[GalleryEntry]) -> str:
    """The list with one more entry at its end, everything before it as it was, comments too."""
    data = {key: list(value) if key == "tags" else value for key, value in entry.model_dump().items() if value}
    lines = yaml.safe_dump([data], sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
    # An empty list may stand there as such.
    text = text if known else re.sub(r"(?m)^\[\]$\n?", "", text)
    dash = re.search(r"(?m)^( *)- ", text)
    whole = text + ("" if text.endswith("\n") or not text else "\n") + textwrap.indent(lines, dash[1] if dash else "")
    try:
        as_meant = entries(*nodes.from_text(whole, str(file), file.parent)) == (*known, entry)
    except InputError:
        as_meant = False
    if not as_meant:
        raise InputError(f"{file}: cannot be added to as it is written; make it a list with one '- ' line an entry")
    return whole
