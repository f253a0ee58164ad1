"""List the components that presets can name, who offers each, and the plugins that failed with the reason."""

from __future__ import annotations

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.common import argument
from artgen.cli.types import Named


def _kinds() -> list[str]:
    return ["generator", "losses", "perceptors", "views", "filters", "finish", "reporters"]


@click.command(cls=Subcommand, help=__doc__)
@argument("kind", "only these, such as losses", required=False, type=Named(_kinds))
@common.plugins
def command(kind: str | None) -> None:
    from rich.table import Table

    from artgen.registry.plugins import discover

    wanted = _kind(kind) if kind else ""
    registry = discover()
    table = Table("type", "kind", "from", "what it does", box=None, header_style="bold", pad_edge=False)
    for component in registry.components:
        if wanted in ("", component.kind):
            row = component.name, component.kind, component.owner, component.summary
            table.add_row(*map(printing.cell, row))
    for row in _importers() if not wanted else ():
        table.add_row(*map(printing.cell, row))
    printing.print_table(table)
    for line in (*registry.failures, *registry.clashes()):
        printing.note(line)


def _kind(word: str) -> str:
    """The kind that a word means, such as `view` for views. InputError if none."""
    from artgen.errors import InputError, hint
    from artgen.preset.model import SECTIONS

    words = {"augmentation": "view", "augmentations": "view", "finishes": "finish"}
    for name, section in SECTIONS.items():
        words |= {name: section.kind, section.kind: section.kind, f"{section.kind}s": section.kind}
    if word.lower() not in words:
        raise InputError(f"there is no kind '{word}'{hint(word, words, list(SECTIONS))}")
    return words[word.lower()]


def _importers() -> list[tuple[str, str, str, str]]:
    """A row of the table for each; they are commands, and no preset names them."""
    from artgen.cli.presets.imports import PREFIX, offered
    from artgen.version import version_of

    return [
        (
            f"{PREFIX}{name}",
            "importer",
            f"{entry.dist.name} {version_of(entry.dist.name, entry.dist.version)}" if entry.dist else entry.value,
            f"Turns what {entry.name} saved into a preset: artgen import FILE",
        )
        for name, entry in offered().items()
    ]
