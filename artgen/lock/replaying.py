"""Replaying a picture in the environment that its lock names."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from artgen.errors import InputError, PresetError
from artgen.fields.paths import PICTURE, confined
from artgen.lock import environment, model
from artgen.lock.closure import system
from artgen.lock.model import Lock, Package
from artgen.lock.uv import find
from artgen.preset.loading import parse
from artgen.preset.needs import downloads, missing
from artgen.recipe import metadata
from artgen.recipe.inputs import located
from artgen.weights import is_offline


@dataclass(frozen=True)
class InLock:
    """A picture, and the environment to replay it in."""

    source: Path
    recipe: Mapping[str, Any]
    path: Path
    """Of the lock."""
    lock: Lock

    @property
    def is_built(self) -> bool:
        """Whether its environment is there already."""
        return environment.place(self.lock).is_dir()

    def __str__(self) -> str:
        """What would be installed, from where and to where."""
        about, place = self.lock.about, environment.place(self.lock)
        first = f"{self.path}: Python {about.minor} and {len(self.lock.packages)} distributions, for {about.system}"
        if self.is_built:
            return f"{first}\n  built already: {place}"
        here = environment.beside(self.lock, self.path.parent)
        own = [one for one in self.lock.packages if one.name in here]
        others = [one for one in self.lock.packages if one.name not in here]
        lines = [f"  from beside it: {self._listed(own)}"] if own else []
        if others:
            lines.append(f"  from the registry that is set up{_size(others)}: {self._listed(others)}")
        return "\n".join([first, *lines, f"  to {place}, which may take minutes; no file with another sha256"])

    def _listed(self, packages: Sequence[Package]) -> str:
        """Those that the recipe names, and how many there are besides."""
        named = {canonicalize_name(name) for name in (*self.recipe["libraries"], *self.recipe["plugins"])}
        shown = [str(one) for one in packages if one.name in named] or [str(one) for one in packages[:8]]
        rest = len(packages) - len(shown)
        return ", ".join(shown) + (f", and {rest} that these require" if rest else "")


def _size(packages: Sequence[Package]) -> str:
    size = sum(one.wheel.size or 0 for one in packages)
    return f", {size / 1e9:.1f} GB" if size >= 1e8 else f", {size / 1e6:.1f} MB" if size else ""


def plan(source: Path, lock: Path | None = None) -> InLock:
    """What a replay of `source` in its lock would do.

    Args:
        source: a picture that artgen made, or the folder of a run.
        lock: a lock to take in place of the one beside it; it may be of another picture.

    Raises:
        InputError: if there is no lock, or none for this system, or it is of another picture.
    """
    picture = source / PICTURE if source.is_dir() else source
    recipe, path = metadata.read(source), lock or model.place(picture)
    if lock is None and not path.is_file():
        raise InputError(f"{source}: there is no {path.name} beside it; `artgen freeze {source}` writes one")
    found = model.read(path)
    if lock is None and found.about.pixels != recipe.get("pixels"):
        raise InputError(f"{path}: is the lock of another picture; name it with --lock to use it nevertheless")
    if found.about.system != system():
        raise InputError(f"{path}: is for {found.about.system}, and this is {system()}; replay it there, or without it")
    return InLock(source, recipe, path, found)


def refuse_what_is_gone(what: InLock, allowed: Sequence[Path] = ()) -> None:
    """InputError, in one line that names all of it, if something can no longer be had."""
    missing = [*_files(what, allowed)]
    if not what.is_built:
        missing += environment.gone(what.lock, what.path.parent, find())
    if missing:
        raise InputError(f"{what.path}: cannot be had any more: {'; '.join(missing)}")


def _files(what: InLock, allowed: Sequence[Path]) -> Iterator[str]:
    """Inputs and weights that are not here, as far as that is known without the environment."""
    home = what.source if what.source.is_dir() else what.source.parent
    folders = [Path(), home, *allowed]
    preset = what.recipe["preset"]
    for path, digest in what.recipe["inputs"].items():
        try:
            preset = located(preset, {path: digest}, folders)
        except InputError:
            yield f"the file {path} (put it beside the picture, or --allow its folder)"
    if not is_offline():
        return
    try:
        with confined(folders):
            needed = downloads(parse(preset, source=str(what.source), written_down=True))
    except PresetError:  # of a plugin that only the environment has
        return
    yield from (f"the weights {name} (not in the cache, and artgen is offline)" for name in missing(needed))


def run(what: InLock, words: Sequence[str], note: Callable[[str], None]) -> int:
    """``artgen replay`` with `words` in the environment, which is built first; its exit code."""
    folder = environment.build(what.lock, what.path.parent, find(), note)
    # Isolated, so that no artgen of the current folder or of the environment around is imported.
    command = [str(environment.python(folder)), "-I", "-m", "artgen", "replay", *words]
    code = subprocess.call(command, env={name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"})
    return code if code >= 0 else 128 - code
