"""Install published plugins into the environment that artgen runs in.

    artgen install artgen-stripes
    artgen install artgen-stripes==0.2 artgen-brushwork --dry-run
    artgen install artgen-stripes --upgrade

First it says which distributions are added, and which become another version; if artgen itself or torch would, it
stops, unless --yes is given. Then pip installs those (or uv, where there is no pip), wheels only, from wherever it is
set up to look. What turns out to be no plugin is taken away again. A plugin is code that runs with your rights: install
what you trust.
"""

from __future__ import annotations

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand


@click.command(cls=Subcommand, help=__doc__)
@common.argument("names", "what the plugins are called where they are published", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="say what would change, and change nothing")
@click.option("--upgrade", is_flag=True, help="let newer versions replace those that are here")
@common.yes("let artgen itself and torch become other versions")
def command(names: tuple[str, ...], dry_run: bool, upgrade: bool, yes: bool) -> int:
    from artgen.errors import InputError
    from artgen.lock import installing

    wanted = installing.checked(names)
    by = installing.installer()
    changes = installing.plan(wanted, upgrade, by)
    for change in changes:
        printing.say(change)
    if not changes:
        printing.say(f"nothing changes: {', '.join(wanted)} {'is' if len(wanted) == 1 else 'are'} here already")
    kept = [str(change) for change in changes if change.name in installing.KEPT and change.before]
    if kept and not yes:
        raise InputError(f"{', '.join(kept)}, which may change pictures; --yes lets it")
    if dry_run:
        return 0
    if changes:
        installing.make(changes, by)
    if others := installing.strangers(wanted):
        installing.undo(changes, by)
        raise InputError(f"{', '.join(others)}: no plugin of artgen's; what was added has been taken away again")
    return _show(wanted)


def _show(wanted: list[str]) -> int:
    """What they offer, as a new process finds it: this one has looked for plugins before."""
    import subprocess
    import sys

    from packaging.requirements import Requirement

    shown = [[sys.executable, "-P", "-m", "artgen", "plugins", "show", Requirement(name).name] for name in wanted]
    sys.stdout.flush()
    return max(subprocess.run(command, check=False).returncode for command in shown)
