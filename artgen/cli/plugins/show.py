"""Show what a component does, and its settings with their defaults."""

from __future__ import annotations

import click

from artgen.cli import common
from artgen.cli.base import Subcommand
from artgen.cli.common import argument
from artgen.cli.printing import cell
from artgen.cli.types import COMPONENT


@click.command(cls=Subcommand, help=__doc__)
@argument("type", "what a preset writes as its type", type=COMPONENT)
@common.plugins
def command(type: str) -> None:
    from rich.console import Console
    from rich.text import Text

    from artgen.errors import InputError, hint, plain, shown
    from artgen.registry.plugins import discover

    components = [component for component in discover().components if component.name == type]
    if not components:
        raise InputError(f"no component is called '{type}'{hint(type, {one.name for one in discover().components})}")
    console = Console()
    for component in components:
        console.print(
            Text(shown(f"{component.kind} {component.name} ({component.owner})"), style="bold"),
            cell(component.summary),
        )
        for key, field in component.spec.model_fields.items():
            if key != "type":
                default = _default(field.get_default(call_default_factory=True))
                console.print(Text(f"  {shown(key)}", style="cyan"), cell(default))
                console.print(Text(plain(f"      {field.description or ''}")))


def _default(value: object) -> str:
    from pydantic_core import PydanticUndefined

    if value is PydanticUndefined:
        return "(needed)"
    return f"= {_plain(value)}" if value is not None else ""


def _plain(value: object) -> object:
    """As a preset writes it."""
    from artgen.api import Spec
    from artgen.fields.schedules import Schedule

    if isinstance(value, Spec):
        return {"type": value.type, **value.model_dump(mode="json", exclude_defaults=True)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Schedule):
        value = value.dump()
    return int(value) if isinstance(value, float) and value.is_integer() else value
