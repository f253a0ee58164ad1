"""Make the checks of the test kit (artgen.testing) on everything that an installed distribution offers.

    artgen plugins test artgen-stripes
    artgen plugins test artgen-stripes --set stripes.period=8 --set style.image=cat.png
    artgen plugins test ./stripes.py

Exit code 1 if one fails. What a component cannot be built without is given by --set.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import Named

if TYPE_CHECKING:
    from artgen.registry.component import Component
    from artgen.registry.plugins import Failure
    from artgen.testing.installed import ComponentReport


def _dists() -> set[str]:
    return {entry.dist.name for entry in entry_points(group="artgen") if entry.dist}


@click.command(cls=Subcommand, help=__doc__)
@common.argument("dist", "the installed distribution to check, or a file of Python", type=Named(_dists))
@common.overrides("what to test with", "TYPE.SETTING=VALUE")
def command(dist: str, overrides: tuple[str, ...]) -> int:
    from artgen.errors import InputError

    components, failures = _of(dist)
    for failure in failures:
        printing.note(failure)
    if not components and not failures:
        raise InputError(f"'{dist}' offers no component, so there is nothing to test")
    examinations = _examine(components, overrides) if components else []
    if examinations:
        _print_table(examinations)
    broken = [line for examination in examinations for line in examination.broken]
    unbuilt = [examination.unbuilt for examination in examinations if examination.unbuilt]
    for line in (*broken, *unbuilt):
        printing.note(line)
    return 1 if broken else 2 if unbuilt or failures else 0


def _of(dist: str) -> tuple[list[Component], list[Failure]]:
    """What an installed distribution offers, and its plugins that failed; InputError if it has no plugin."""
    from artgen.errors import InputError, hint
    from artgen.registry.plugins import discover

    if dist.endswith(".py"):
        from artgen.registry.local import add

        name = add(dist)
        return [component for component in discover().components if component.dist == name], []
    known = _dists()
    wanted = _normal(dist)
    if wanted not in map(_normal, known):
        raise InputError(f"no installed plugin is called '{dist}'{hint(dist, known)}")
    components = [component for component in discover().components if _normal(component.dist) == wanted]
    return components, [failure for failure in discover().failures if _normal(failure.dist) == wanted]


def _normal(dist: str) -> str:
    """Names of distributions are the same whatever their case, and whether they have - or _ or a dot (PEP 503)."""
    import re

    return re.sub(r"[-_.]+", "-", dist).lower()


def _examine(components: Sequence[Component], overrides: Sequence[str]) -> list[ComponentReport]:
    """Every check of every component; a bar shows how far it is, where somebody looks on."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from artgen.testing.installed import count_of, examine, settings_of

    settings = settings_of(components, overrides)
    columns = BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
    console = Console(stderr=True)
    done: list[ComponentReport] = []
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=sum(map(count_of, components)))
        for component in components:
            progress.update(bar, description=f"{component.kind} '{component.name}'")
            done.append(examine(component, settings[component], tick=lambda: progress.advance(bar)))
            # A component that cannot be built had no check to advance by.
            progress.update(bar, completed=sum(count_of(examination.component) for examination in done))
    return done


def _print_table(examinations: Sequence[ComponentReport]) -> None:
    from rich.table import Table

    table = Table("component", "kind", "checks", box=None, header_style="bold", pad_edge=False)
    for examination in examinations:
        broken = f", {len(examination.broken)} broken" if examination.broken else ""
        found = "cannot be built" if examination.unbuilt else f"{examination.passed} passed{broken}"
        table.add_row(printing.cell(examination.component.name), examination.component.kind, found)
    printing.print_table(table)
