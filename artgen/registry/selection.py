"""Which of the installed plugins are used: all of them, or those that ``ARTGEN_PLUGINS`` names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points

from artgen.errors import nearest


def selected() -> Iterator[EntryPoint]:
    """The entry points in a fixed order; ``ARTGEN_PLUGINS`` (comma-separated) names those to use, by
    distribution or entry point."""
    names = _wanted()
    for entry in sorted(entry_points(group="artgen"), key=lambda e: (_dist_name(e), e.name)):
        if names is None or names & {entry.name, _dist_name(entry)}:
            yield entry


def unknown() -> Iterator[tuple[str, str]]:
    """What ``ARTGEN_PLUGINS`` names and nobody has installed, each with what to say of it."""
    known = {name for entry in entry_points(group="artgen") for name in (entry.name, _dist_name(entry))}
    for name in sorted((_wanted() or set()) - known - {""}):
        guess = nearest(name, known)
        meant = f"; did you mean '{guess}'?" if guess else "; `artgen plugins` lists what there is without it"
        yield name, f"ARTGEN_PLUGINS names it, and nothing that is installed is called so{meant}"


def _wanted() -> set[str] | None:
    """The names in ``ARTGEN_PLUGINS``; None where it is not set."""
    said = os.environ.get("ARTGEN_PLUGINS")
    return None if said is None else {name.strip() for name in said.split(",")}


def _dist_name(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else ""
