"""The pictures that a preset names, opened when it is checked: what cannot be read is a mistake at its line."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel

from artgen.errors import InputError, Notice, Problem, shown
from artgen.fields.introspection import types_in
from artgen.fields.paths import PictureMark
from artgen.picture import decoding
from artgen.preset import video_checking
from artgen.preset.nodes import Node
from artgen.preset.settings.film import Film
from artgen.preset.settings.start import NO_FILM
from artgen.video import reading

Place = tuple[int | str, ...]
STILL = "a camera's depths are those of one picture; name a picture"


def problems(checked: Iterable[tuple[BaseModel, Node, str]], film: Film | None = None) -> Iterator[Problem]:
    """For specs that validated, with their nodes and paths: each of their pictures that cannot be read.

    What is left out of one that can, such as all but the first of several, is a `Notice`. Over a `film` a video may
    stand where a picture does.
    """
    known: dict[Path, tuple[str | None, list[str]]] = {}
    for spec, node, path in checked:
        for place, picture in pictures_in(spec):
            here, said = node, path
            for part, child in node.descend(place):
                here, said = child, f"{said}[{part}]" if isinstance(part, int) else f"{said}.{part}".lstrip(".")
            if picture not in known and film and moves(place, picture):
                known[picture] = video_checking.measured(picture, film)
            elif picture not in known:
                known[picture] = _opened(picture, NO_FILM if film is None else STILL)
            wrong, notes = known[picture]
            if wrong:
                yield Problem(here.mark, said, wrong)
            for note in notes:
                warnings.warn(str(Problem(here.mark, said, note)), Notice, stacklevel=2)


def _opened(picture: Path, no_video: str) -> tuple[str | None, list[str]]:
    """Why it cannot be read, and what is left out of it; `no_video` is what to say of a video."""
    notes: list[str] = []
    try:
        if reading.kind_of(picture) in ("file", "folder"):
            return f"{shown(picture)}: {no_video}", []
        # Decoded to the end, because a file may be cut off anywhere.
        decoding.read(picture, notes.append)
    except InputError as error:
        return str(error), notes
    return None, notes


def moves(place: Place, picture: Path) -> bool:
    """Whether a film shows another picture of it in each frame; the camera's depths are those of one picture."""
    try:
        return place[:1] != ("film",) and reading.kind_of(picture) is not None
    except InputError:  # what to say of it is `decoding`'s affair
        return False


def pictures_in(spec: object, place: Place = ()) -> Iterator[tuple[Place, Path]]:
    """Every picture in a spec or a preset, or in the models that it holds, with where it stands there."""
    if isinstance(spec, BaseModel):
        for name, field in type(spec).model_fields.items():
            value, inner = getattr(spec, name), (*place, field.alias or name)
            if any(isinstance(part, PictureMark) for part in types_in([field.annotation, *field.metadata])):
                yield from _paths(value, inner)
            else:
                yield from pictures_in(value, inner)
    else:
        for part, value in _items(spec):
            yield from pictures_in(value, (*place, part))


def _paths(value: object, place: Place) -> Iterator[tuple[Place, Path]]:
    if isinstance(value, Path):
        yield place, value
    for part, inner in _items(value):
        yield from _paths(inner, (*place, part))


def _items(value: object) -> Iterable[tuple[int | str, object]]:
    if isinstance(value, Mapping):
        return value.items()
    return enumerate(value) if isinstance(value, (list, tuple)) else ()
