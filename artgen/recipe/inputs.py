"""Finding the files that a recipe names on another machine, by place and by content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from artgen.errors import InputError
from artgen.fields.paths import FRAMES, lies_in
from artgen.weights import sha256

FOLDER = "inputs"
"""The folder beside pictures where the files that they read may lie, too, as they do in a gallery."""
VIDEO = "video"
"""The folder beside a film where the pictures of its video lie, and in its folders those of others."""


def located(preset: Mapping[str, Any], inputs: Mapping[str, str], folders: Sequence[Path]) -> dict[str, Any]:
    """The resolved `preset` with each of its `inputs` (path to sha256) where it lies now.

    A file is looked for by its path and by its name, in each of `folders`; one with the right content goes before
    one that only has the name. Nothing outside of `folders`, and nothing hidden in them, is touched.

    Raises:
        InputError: if one is in none of the folders.
    """
    places = {path: str(find(path, digest, folders)) for path, digest in inputs.items()}
    moved: dict[str, Any] = replaced(preset, places)
    return moved


def find(path: str, digest: str, folders: Sequence[Path]) -> Path:
    """Where one of a recipe's inputs lies now; see `located`."""
    found = list(_candidates(path, digest, folders))
    if not found:
        raise InputError(f"{path}: the recipe needs this file; put it beside the picture, or --allow its folder")
    return next((file for file in found if sha256(file) == digest), found[0])


def stored_names(path: str, digest: str) -> tuple[str, str]:
    """What an input may be called in `FOLDER`: by its own name, or where that is taken by its content too."""
    name = Path(path).name
    return name, f"{digest[:12]}-{name}"


def _candidates(path: str, digest: str, folders: Sequence[Path]) -> Iterator[Path]:
    stored = [f"{FOLDER}/{name}" for name in stored_names(path, digest)]
    stored += [f"{FRAMES}/{Path(path).name}", *_of_video(Path(path))]
    for folder in folders:
        for place in dict.fromkeys(folder / name for name in (path, Path(path).name, *stored)):
            if _is_inside(place, folders):
                yield place


def _of_video(path: Path) -> Iterator[str]:
    """Where a film's folder, or its `VIDEO`, has a picture of a video that lay in another film's."""
    if VIDEO in path.parts[:-1]:
        last = len(path.parts) - 1 - path.parts[::-1].index(VIDEO)
        yield from ("/".join(path.parts[first:]) for first in (last, last + 1))


def _is_inside(place: Path, folders: Sequence[Path]) -> bool:
    """Whether it is a file, and one that may be read."""
    try:
        return lies_in(place, folders) and place.is_file()
    except (OSError, ValueError):
        return False


def replaced(value: Any, places: Mapping[str, str]) -> Any:
    """Plain data with every text that is a key of `places` exchanged for what it stands for there."""
    if isinstance(value, Mapping):
        return {key: replaced(inner, places) for key, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, places) for inner in value]
    return places.get(value, value) if isinstance(value, str) else value
