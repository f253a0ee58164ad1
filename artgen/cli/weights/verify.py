"""Compare files in the cache with their published sha256; exit code 1 if one is another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.weights import absent

if TYPE_CHECKING:
    from artgen.registry.known_weights import KnownWeights


@click.command(cls=Subcommand, help=__doc__)
@common.argument("names", "default: every file that plugins know", metavar="NAME", nargs=-1)
@click.option("--delete-broken", is_flag=True, help="remove those that are not what was published")
def command(names: tuple[str, ...], delete_broken: bool) -> int:
    from artgen.registry.known_weights import entries, find

    checked = find(names) if names else entries()
    broken = 0
    for entry in checked:
        if entry.stored() is None:
            if names:
                raise absent(entry.name)
        elif fault := entry.fault():
            _report(entry, fault, delete_broken)
            broken += 1
        else:
            found = "ok" if entry.published.sha256 else "unverified; nobody has published its sha256"
            printing.say(f"{entry.name}: {found}")
    if not any(entry.stored() is not None for entry in checked) and not broken:
        print("nothing that plugins know is in the cache")
    return 1 if broken else 0


def _report(entry: KnownWeights, fault: str, delete: bool) -> None:
    if delete:
        entry.path.unlink()
    does = "; deleted" if delete else ""
    printing.note(f"{entry.name}: {fault}{does}; run: artgen weights fetch {entry.name}")
