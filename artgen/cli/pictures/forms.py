"""What ``artgen export`` does for files that are no pictures of artgen's: copies them, or has a plugin write them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.cli import printing

if TYPE_CHECKING:
    from artgen.compare.replay_plan import ReplayPlan


@dataclass(frozen=True)
class Wanted:
    """What was typed."""

    made: Path
    picture: Path
    out: Path
    export: str
    """Which plugin's; empty: whose it may be."""
    recipe: str
    """What the file may tell of the recipe, as a preset's `recipe`; empty: what the picture tells."""
    allow: tuple[Path, ...]
    prompt: str | None
    yes: bool


def write(wanted: Wanted) -> None:
    """Write the file; InputError if neither the run has it nor a plugin can make it."""
    if wanted.export or not _copy(wanted):
        _draw(wanted)


def _copy(wanted: Wanted) -> bool:
    """Copy what the run has written; whether it has."""
    from artgen.errors import InputError
    from artgen.files import atomic_path, read_bytes
    from artgen.recipe import metadata
    from artgen.registry.lookup import suffix_of
    from artgen.reporters import outputs

    try:
        finished = bool(metadata.read(wanted.picture)["preset"].get("finish"))
    except metadata.NoRecipe:
        finished = False
    found = outputs.find(wanted.picture, suffix_of(wanted.out), finished)
    if found is None:
        return False
    form, digest = found
    if wanted.recipe:
        told = "it is copied as it is, and may tell what the run told it; leave out --private and --no-recipe"
        raise InputError(f"{form}: {told}")
    if digest is not None and not outputs.is_as_written(form, digest):
        printing.note(f"{form}: was changed after the run wrote it")
    content = read_bytes(form, outputs.MOST, "output")
    with atomic_path(wanted.out, "choose another place") as temporary:
        temporary.write_bytes(content)
    return True


def _draw(wanted: Wanted) -> None:
    """Draw the picture again, and write what a plugin makes of it."""
    from rich.console import Console

    from artgen.cli.pictures.replay import confirm
    from artgen.compare.replay_plan import plan
    from artgen.errors import InputError, hint
    from artgen.files import atomic_path
    from artgen.recipe import metadata
    from artgen.registry.lookup import exporter, suffix_of, suffixes

    suffix = suffix_of(wanted.out)
    name = wanted.export or suffix
    known = [*metadata.SUFFIXES, *suffixes()]
    if not wanted.export and suffix not in known:
        raise InputError(f"{wanted.out}: cannot be written as '{suffix}'{hint(suffix, known, metadata.SUFFIXES)}")
    given = _told(plan(wanted.made, wanted.allow, wanted.prompt), wanted.recipe)
    offer = exporter(name, given.preset.generator)
    confirm(given, wanted.yes)
    # Only now what is slow to import.
    from artgen.compare.exporting import export
    from artgen.reporters.terminal import LiveProgress

    console = Console(stderr=True)
    progress = LiveProgress(console)
    progress.on_start(given.preset.steps)
    try:
        content, verdict = export(given, offer, progress.on_step, printing.noting(console))
    finally:
        progress.stop()
    if verdict.word != "identical":
        printing.note(f"{wanted.picture}: was drawn again for it, and came out {verdict}")
    with atomic_path(wanted.out, "choose another place") as temporary:
        temporary.write_bytes(content)


def _told(given: ReplayPlan, wish: str) -> ReplayPlan:
    """What the file may tell is the preset's `recipe`."""
    from dataclasses import replace

    return replace(given, preset=given.preset.model_copy(update={"recipe": wish})) if wish else given
