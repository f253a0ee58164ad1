"""List the components that presets can name, who offers each, and the plugins that failed with the reason."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="TYPE", help="show the settings of this component")


def main(given: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table

    from artgen.registry import discover

    registry = discover()
    if given.name:
        return _show(given.name)
    table = Table("type", "kind", "from", "what it does", box=None, header_style="bold", pad_edge=False)
    for offer in registry.offers:
        table.add_row(offer.name, offer.kind, offer.owner, offer.summary)
    Console().print(table)
    for failure in registry.failures:
        print(failure, file=sys.stderr)
    return 0


def _show(name: str) -> int:
    from rich.console import Console
    from rich.text import Text

    from artgen.errors import InputError, hint
    from artgen.registry import discover

    offers = [offer for offer in discover().offers if offer.name == name]
    if not offers:
        raise InputError(f"no component is called '{name}'{hint(name, (o.name for o in discover().offers))}")
    console = Console()
    for offer in offers:
        console.print(Text(f"{offer.kind} {offer.name} ({offer.owner})", style="bold"), Text(offer.summary))
        for key, field in offer.spec.model_fields.items():
            if key != "type":
                default = _default(field.get_default(call_default_factory=True))
                console.print(Text(f"  {key}", style="cyan"), Text(default))
                console.print(Text(f"      {field.description or ''}"))
    return 0


def _default(value: object) -> str:
    from pydantic_core import PydanticUndefined

    if value is PydanticUndefined:
        return "(needed)"
    return f"= {_plain(value)}" if value is not None else ""


def _plain(value: object) -> object:
    """As a preset writes it."""
    from artgen.schedules import Schedule

    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Schedule):
        value = value.dump()
    return int(value) if isinstance(value, float) and value.is_integer() else value
