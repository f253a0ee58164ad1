"""List the presets that are shipped, and below them those of the gallery's pictures: what each makes, its thumbnail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand


@click.command(cls=Subcommand, help=__doc__)
@common.json("print a list of objects with name, about, path, thumbnail, gallery")
def command(as_json: bool) -> int:
    import json

    from artgen.preset.shipped import shipped

    presets = shipped()
    rows = [row for name, path in presets.items() if (row := told(name, path))]
    if as_json:
        print(json.dumps(rows, indent=2))
    else:
        _print(rows)
    return 2 if len(rows) < len(presets) else 0


def told(name: str, path: Path) -> dict[str, Any] | None:
    """What is told of a preset; None, and a line, if it is wrong."""
    from artgen.errors import InputError
    from artgen.preset.loading import load
    from artgen.preset.shipped import is_of_gallery, thumbnail

    try:
        about = load(path).about
    except InputError as error:
        printing.note(error)
        return None
    picture = thumbnail(path)
    return {
        "name": name,
        "about": about,
        "path": str(path),
        "thumbnail": str(picture) if picture else None,
        "gallery": is_of_gallery(path),
    }


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    for title, of_gallery in (("preset", False), ("picture of the gallery", True)):
        table = Table(box=None, header_style="bold", pad_edge=False)
        for heading in (title, "what it makes", "thumbnail"):
            table.add_column(heading, overflow="fold")
        for row in rows:
            if row["gallery"] == of_gallery:
                table.add_row(*(printing.cell(row[key] or "-") for key in ("name", "about", "thumbnail")))
        printing.print_table(table)
