"""Make the checks of the test kit (artgen.testing) on everything that an installed distribution offers.

    artgen plugins test artgen-stripes
    artgen plugins test artgen-stripes --set stripes.period=8 --set style.image=cat.png
    artgen plugins test ./stripes.py
    artgen plugins test --explain

The presets that it ships are read, too. Exit code 1 if something fails. What a component cannot be built without is
given by --set; --explain says what each check is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.plugins import offered
from artgen.cli.types import Named

if TYPE_CHECKING:
    from artgen.registry.component import Component
    from artgen.testing.installed import ComponentReport


@click.command(cls=Subcommand, help=__doc__)
@common.argument(
    "dist", "the installed distribution to check, or a file of Python", type=Named(offered.dists), required=False
)
@common.overrides("what to test with", "TYPE.SETTING=VALUE")
@click.option("--explain", is_flag=True, help="say what each check is for, and make none")
def command(dist: str | None, overrides: tuple[str, ...], explain: bool) -> int:
    from artgen.errors import InputError
    from artgen.testing.installed import examine_presets

    if explain:
        return _explain(dist)
    if dist is None:
        raise InputError("artgen plugins test: needs DIST; `artgen plugins test --help` shows what it takes")
    name, components, failures = offered.by(dist)
    for failure in failures:
        printing.note(failure)
    folders = offered.folders(name)
    if not (components or failures or folders):
        raise InputError(f"'{dist}' offers no component and no preset, so there is nothing to test")
    examinations = _examine(components, overrides) if components else []
    presets = examine_presets(folders)
    if examinations or presets.passed:
        _print_table(examinations, presets.passed)
    broken = [*(line for examination in examinations for line in examination.broken), *presets.broken]
    unbuilt = [examination.unbuilt for examination in examinations if examination.unbuilt]
    for line in (*broken, *unbuilt, *(line for examination in examinations for line in examination.notes)):
        printing.note(line)
    return 1 if broken else 2 if unbuilt or failures else 0


def _explain(dist: str | None) -> int:
    from rich.table import Table

    from artgen.testing import CONTRACTS
    from artgen.testing.installed import explanations

    kinds = {component.kind for component in offered.by(dist)[1]} if dist else set(CONTRACTS)
    table = Table("kind", "check", "what it is for", box=None, header_style="bold", pad_edge=False)
    for row in explanations(kind for kind in CONTRACTS if kind in kinds):
        table.add_row(*map(printing.cell, (row.kind, row.check, row.purpose)))
    printing.print_table(table)
    return 0


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


def _print_table(examinations: Sequence[ComponentReport], presets: int) -> None:
    from rich.table import Table

    table = Table("component", "kind", "checks", box=None, header_style="bold", pad_edge=False)
    for examination in examinations:
        broken = f", {len(examination.broken)} broken" if examination.broken else ""
        found = "cannot be built" if examination.unbuilt else f"{examination.passed} passed{broken}"
        table.add_row(printing.cell(examination.component.name), examination.component.kind, found)
    if presets:
        table.add_row(printing.cell("presets"), "preset", f"{presets} passed")
    printing.print_table(table)
