"""List what plugins know, what is in the cache, and how much room it takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click
from rich.filesize import decimal

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.errors import shown

if TYPE_CHECKING:
    from artgen.registry.known_weights import KnownWeights


@click.command(cls=Subcommand, help=__doc__)
@common.json()
def command(as_json: bool) -> None:
    from artgen.registry import known_weights
    from artgen.weights import cache_folder

    known, others, hub = known_weights.entries(), known_weights.others(), known_weights.repositories()
    if as_json:
        _print_json(known, others, hub)
        return
    _print_known(known)
    _print_sizes(f"also in {cache_folder()}", _by_folder(others))
    _print_sizes("in the model hub's cache", hub)
    print(f"\n{cache_folder()}: {decimal(known_weights.total())} in all")


def _print_json(
    known: Iterable[KnownWeights], others: Iterable[tuple[str, int]], hub: Iterable[tuple[str, int]]
) -> None:
    import json

    from artgen.registry import known_weights
    from artgen.weights import cache_folder

    data = {
        "cache": str(cache_folder()),
        "bytes": known_weights.total(),
        "weights": [entry.plain() for entry in known],
        "others": [{"name": name, "bytes": size} for name, size in others],
        "hub": [{"name": name, "bytes": size} for name, size in hub],
    }
    print(json.dumps(data, indent=2))


def _print_known(known: Iterable[KnownWeights]) -> None:
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("name", "size", "cached", "sha256"):
        table.add_column(title, no_wrap=True, justify="right" if title == "size" else "left")
    table.add_column("used by")
    for entry in known:
        size = entry.stored() or entry.published.size
        digest = entry.published.sha256[:8] or "unverified"
        used = f"{', '.join(entry.published.used_by)} ({', '.join(entry.owners)})".strip()
        row = entry.name, decimal(size) if size else "?", _state(entry), digest, used
        table.add_row(*map(printing.cell, row))
    printing.print_table(table)


def _state(entry: KnownWeights) -> str:
    if entry.stored() is not None:
        return "yes"
    return f"{decimal(entry.begun())} of it" if entry.begun() else "no"


def _print_sizes(title: str, sizes: Iterable[tuple[str, int]]) -> None:
    lines = [f"  {decimal(size):>9}  {shown(name)}" for name, size in sizes]
    if lines:
        print("", f"{title}:", *lines, sep="\n")


def _by_folder(files: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """What is kept of pictures that were looked at is one line, however many files it is in."""
    found: dict[str, list[int]] = {}
    for name, size in files:
        folder, slash, _ = name.partition("/")
        found.setdefault(f"{folder}/" if slash else name, []).append(size)
    return [
        (f"{name} ({len(sizes)} file{'' if len(sizes) == 1 else 's'})" if name.endswith("/") else name, sum(sizes))
        for name, sizes in found.items()
    ]
