"""The other forms of a run's pictures, such as ``image.svg``: what its folder says of them, and where they are."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from artgen.errors import InputError
from artgen.files import read_bytes, read_text, remove, write_text
from artgen.recipe.model import Digests

FILE = "outputs.json"
"""The sha256 of every other form of its pictures that a run has written, by its path in the run's folder."""
MAX_BYTES = 1 << 24
MOST = 1 << 30
"""Bytes of a file that is compared with its sha256."""
_OWN = frozenset({"batch", "con", "prn", "aux", "nul"})
"""Names that a run's folder uses itself, and those that Windows has for devices."""
_DIGESTS = TypeAdapter(Digests)


def write(folder: Path, digests: Mapping[str, str]) -> None:
    """Say what a run has written in its folder; what an earlier run here had written besides goes."""
    for name, digest in read(folder).items():
        if name not in digests and is_as_written(folder / name, digest):
            remove(folder / name)
    if digests:
        write_text(folder / FILE, json.dumps(digests, indent=2, sort_keys=True) + "\n")
    else:
        remove(folder / FILE)


def read(folder: Path) -> dict[str, str]:
    """What was written in a run's folder; empty where it does not say. Only names that lie in it are taken."""
    try:
        found = _DIGESTS.validate_python(json.loads(read_text(folder / FILE, MAX_BYTES, "record of outputs")))
    except (InputError, ValidationError, ValueError, RecursionError):
        return {}
    return {
        name: digest for name, digest in found.items() if ".." not in Path(name).parts and not Path(name).is_absolute()
    }


def is_as_written(path: Path, digest: str) -> bool:
    """Whether a file is there, with that sha256."""
    try:
        return hashlib.sha256(read_bytes(path, MOST, "output")).hexdigest() == digest
    except InputError:
        return False


def find(picture: Path, suffix: str, finished: bool) -> tuple[Path, str | None] | None:
    """The form of a picture that its run has written with that suffix, and its sha256; None if there is none.

    Args:
        picture: the picture in a run's folder or in its ``batch``, or any other.
        suffix: of the form.
        finished: whether the picture's recipe has finishing stages: before runs wrote down what they had written, and
            where ``artgen finish`` does, these alone wrote other forms, beside the picture.
    """
    form = picture.with_suffix(suffix)
    told = False
    for folder in (picture.parent, picture.parent.parent):
        digests = read(folder)
        told = told or (folder / FILE).is_file()
        digest = digests.get(form.relative_to(folder).as_posix())
        if digest is not None and form.is_file():
            return form, digest
    return (form, None) if finished and not told and form.is_file() else None


def folder_names(names: Iterable[str]) -> list[str]:
    """What the folders of a run's reporters are called: their names as far as every system takes them, each once."""
    found: list[str] = []
    for name in names:
        safe = re.sub(r"[^\w-]+", "-", name)[:64].strip("-") or "reporter"
        safe = f"{safe}-reporter" if safe.lower() in _OWN else safe
        taken = {other.lower() for other in found}
        free = (safe, *(f"{safe}-{number}" for number in range(2, len(found) + 3)))
        found.append(next(one for one in free if one.lower() not in taken))
    return found
