"""List the components that presets can name, and what else plugins offer: importers, exporters, palettes and words.

The plugins that failed are named with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.common import argument
from artgen.cli.types import Named

if TYPE_CHECKING:
    from artgen.registry.offers import Owned

OTHERS = {"importers": "importer", "exporters": "exporter", "palettes": "palette", "words": "words"}
"""What no preset names as a `type`, in the plural and in the table."""


def _kinds() -> list[str]:
    return ["generator", "losses", "perceptors", "views", "filters", "judges", "finish", "reporters", *OTHERS]


@click.command(cls=Subcommand, help=__doc__)
@argument("kind", "only these, such as losses", required=False, type=Named(_kinds))
@common.plugins
def command(kind: str | None) -> None:
    from rich.table import Table

    from artgen.registry.plugins import discover

    wanted = _kind(kind) if kind else ""
    registry = discover()
    # Judges are no kind of their own.
    kinds = {one.kind for one in registry.offered(wanted)} if wanted == "judge" else {wanted}
    table = Table("type", "kind", "from", "what it does", box=None, header_style="bold", pad_edge=False)
    for component in registry.components:
        if not wanted or component.kind in kinds:
            row = component.name, component.kind, component.owner, component.summary
            table.add_row(*map(printing.cell, row))
    for row in _others():
        if wanted in ("", row[1]):
            table.add_row(*map(printing.cell, row))
    printing.print_table(table)
    for line in (*registry.failures, *registry.clashes()):
        printing.note(line)


def _kind(word: str) -> str:
    """The kind that a word means, such as `view` for views. InputError if none."""
    from artgen.errors import InputError, hint
    from artgen.preset.model import SECTIONS

    words = {"augmentation": "view", "augmentations": "view", "finishes": "finish"}
    words |= {**OTHERS, **{one: one for one in OTHERS.values()}}
    for name, section in SECTIONS.items():
        words |= {name: section.kind, section.kind: section.kind, f"{section.kind}s": section.kind}
    if word.lower() not in words:
        raise InputError(f"there is no kind '{word}'{hint(word, words, _kinds())}")
    return words[word.lower()]


def _others() -> Iterator[tuple[str, str, str, str]]:
    """A row of the table for each."""
    from artgen.cli.presets.imports import PREFIX, everybody
    from artgen.importing.finding import owner_of
    from artgen.registry.plugins import discover

    for name, entry in everybody().items():
        yield (
            f"{PREFIX}{name}",
            "importer",
            owner_of(entry),
            f"Turns what {name} saved into a preset: artgen import FILE",
        )
    offers = discover().offers
    # Several generators of one plugin may write the same form.
    yield from dict.fromkeys((one.name, "exporter", one.owner, one.value.about) for one in offers.exporters)
    for kind, what, found in (("palette", "colours", offers.palettes), ("words", "texts", offers.words)):
        for offer in found:
            yield offer.name, kind, offer.owner, _held(offer, what)


def _held(offer: Owned[tuple[str, ...] | Path], what: str) -> str:
    return f"the {what} of {offer.value.name}" if isinstance(offer.value, Path) else f"{len(offer.value)} {what}"
