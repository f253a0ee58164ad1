"""Whether the pictures of a gallery can be made again, and whether its folder is whole."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from artgen.errors import ArtgenError, InputError, one_line
from artgen.gallery.model import FILE, Gallery, GalleryEntry, open_recipe
from artgen.recipe import inputs, metadata

Word = Literal["identical", "equivalent", "different", "cannot"]


@dataclass(frozen=True)
class ReplayOutcome:
    """How one picture came out."""

    file: str
    verdict: Word
    detail: str
    """The verdict in full; for *cannot* what is missing."""
    seconds: float


def faults(gallery: Gallery) -> Iterator[str]:
    """What is wrong with the folder, a line each: pictures that are not listed, missing, or without what they need."""
    listed = {entry.file for entry in gallery.entries}
    for picture in sorted(gallery.folder.glob("*.png")):
        if picture.name not in listed and _carries_recipe(picture):
            yield f"{picture}: carries a recipe, but is not in {FILE}; list it there, or remove it"
    for entry in gallery.entries:
        if not gallery.picture(entry).is_file():
            yield f"{gallery.folder / FILE}: lists '{entry.file}', which is not there"
            continue
        for look in (lambda e: open_recipe(gallery.picture(e)), gallery.curves):
            try:
                look(entry)
            except InputError as error:
                yield str(error)


def _carries_recipe(picture: Path) -> bool:
    try:
        metadata.read(picture)
    except InputError:
        return False
    return True


def sample(entries: Sequence[GalleryEntry], count: int) -> list[GalleryEntry]:
    """`count` entries by a key of their names: the same each time, and mostly the same in a gallery that has grown."""
    keyed = sorted(entries, key=lambda entry: hashlib.blake2b(f"gallery sample/{entry.file}".encode()).digest())
    chosen = keyed[:count]
    return [entry for entry in entries if entry in chosen]


def touched(gallery: Gallery, since: str) -> list[GalleryEntry]:
    """The entries whose picture, or a file that it reads, differs from what git has at `since`, such as HEAD.

    Raises:
        InputError: if git cannot tell.
    """
    changed = _git(gallery.folder, "diff", "--name-only", "--relative", "--end-of-options", since, "--", ".")
    changed |= _git(gallery.folder, "ls-files", "--others", "--exclude-standard")
    return [entry for entry in gallery.entries if _files(gallery, entry) & changed]


def _git(folder: Path, *arguments: str) -> set[str]:
    command = ["git", "-C", str(folder), "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except OSError as error:
        raise InputError(f"--touched: git cannot be run ({error.strerror})") from None
    except subprocess.CalledProcessError as error:
        reason = (error.stderr.strip().splitlines() or ["no reason given"])[0]
        raise InputError(f"--touched: git cannot tell what has changed ({reason})") from None
    return set(done.stdout.splitlines())


def _files(gallery: Gallery, entry: GalleryEntry) -> set[str]:
    """The files of an entry, relative to the gallery; InputErrors of its recipe are for the replay to tell."""
    try:
        reads = metadata.read(gallery.picture(entry))["inputs"].items()
    except InputError:
        reads = ()
    stored = (f"{inputs.FOLDER}/{name}" for path, digest in reads for name in inputs.stored_names(path, digest))
    return {entry.file, *stored}


def verify(
    gallery: Gallery,
    entries: Sequence[GalleryEntry],
    budget: float | None = None,
    long: bool = False,
    note: Callable[[str], None] = print,
) -> Iterator[ReplayOutcome]:
    """Replay each of `entries`, in this order; none is begun when `budget` seconds have passed.

    `long`: also those that `artgen replay` would ask about first.
    """
    began = time.monotonic()
    for entry in entries:
        if budget is not None and time.monotonic() - began >= budget:
            return
        yield _replayed(gallery.picture(entry), long, note)


def _replayed(picture: Path, long: bool, note: Callable[[str], None]) -> ReplayOutcome:
    from artgen.compare.replay import replay
    from artgen.compare.replay_plan import plan

    began = time.monotonic()
    try:
        open_recipe(picture)
        what = plan(picture)
        if not long and what.objections:
            raise InputError(f"{what.objections}; say --yes to run it")
        verdict = replay(what, long=True, note=note)
    except (ArtgenError, OSError, RecursionError, OverflowError, MemoryError) as error:
        said = one_line(error, most=1000).removeprefix(f"{picture}: ")
        return ReplayOutcome(picture.name, "cannot", f"cannot: {said}", time.monotonic() - began)
    return ReplayOutcome(picture.name, verdict.word, str(verdict), time.monotonic() - began)
