"""Show what a component does, and its settings: what may stand there, and the default.

    artgen plugins show symmetry
    artgen plugins show artgen-stripes
    artgen plugins show ./stripes.py

Of an installed distribution, or a file of Python, it lists the components and the presets that come with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.plugins import offered
from artgen.cli.types import Named, component_types

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic.fields import FieldInfo

    from artgen.registry.component import Component
    from artgen.registry.plugins import Failure


def _known() -> list[str]:
    return [*component_types(), *sorted(offered.dists())]


@click.command(cls=Subcommand, help=__doc__)
@common.argument("name", "what a preset writes as its type, a distribution, or a file of Python", type=Named(_known))
@common.plugins
def command(name: str) -> None:
    from packaging.utils import canonicalize_name

    from artgen.errors import InputError, hint
    from artgen.registry.plugins import discover

    components = [one for one in discover().components if name in (one.name, one.full_name)]
    if components:
        _show(components)
    elif name.endswith(".py") or canonicalize_name(name) in map(canonicalize_name, offered.dists()):
        _list(*offered.by(name))
    else:
        known = {one.name for one in discover().components} | offered.dists()
        raise InputError(f"no component is called '{name}'{hint(name, known)}")


def _show(components: Sequence[Component]) -> None:
    from rich.console import Console
    from rich.text import Text

    from artgen.errors import plain, shown
    from artgen.registry import wording

    console = Console()
    for component in components:
        title = shown(f"{component.kind} {component.name} ({component.owner})")
        console.print(Text(title, style="bold"), printing.cell(component.summary))
        for key in wording.in_order(component.spec):
            field = component.spec.model_fields[key]
            console.print(Text(f"  {shown(key)}", style="cyan"), printing.cell(_said_of(field)), soft_wrap=True)
            console.print(Text(plain(f"      {field.description or ''}")))


def _said_of(field: FieldInfo) -> str:
    """Its default, and what may stand there."""
    from artgen.registry import wording
    from artgen.registry.fence import SettingsError, asked

    default, remark = "", "; needed" if field.is_required() else ""
    try:
        with asked("; its default cannot be told"):
            default = "" if remark else wording.default(field).strip("`*")
    except SettingsError as error:
        remark = str(error)
    is_default = f"= {default} " if default else ""
    return f"{is_default}({wording.without_links(field)}{remark})"


def _list(dist: str, components: Sequence[Component], failures: Sequence[Failure]) -> None:
    from rich.table import Table

    from artgen.cli.presets.list import told

    table = Table("name", "kind", "what it does", box=None, header_style="bold", pad_edge=False)
    for component in components:
        table.add_row(*map(printing.cell, (component.name, component.kind, component.summary)))
    for name, file in offered.presets(dist):
        if row := told(name, file):
            table.add_row(*map(printing.cell, (name, "preset", row["about"])))
    for entry in offered.importers(dist):
        said = f"Turns what {entry.name} saved into a preset: artgen import FILE"
        table.add_row(*map(printing.cell, (entry.name, "importer", said)))
    printing.print_table(table)
    for failure in failures:
        printing.note(failure)
