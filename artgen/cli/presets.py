"""List the shipped presets: the name, one line on what it makes, and where its thumbnail is; or print one of them.

    artgen presets
    artgen presets vqgan > mine.yaml

With NAME the YAML of that preset is printed, to read or to change.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from artgen.cli import common


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="print the YAML of this one")
    common.add_json(parser, "print a list of objects with name, about, path, thumbnail")


def main(given: argparse.Namespace) -> int:
    import json

    from artgen.preset.shipped import shipped

    presets = shipped()
    if given.name is not None:
        presets = {given.name: _named(given.name, presets)}
        if not given.json:
            print(presets[given.name].read_text(encoding="utf-8"), end="")
            return 0
    rows = [row for name, path in presets.items() if (row := _row(name, path))]
    if given.json:
        print(json.dumps(rows, indent=2))
    else:
        _print(rows)
    return 2 if len(rows) < len(presets) else 0


def _named(name: str, presets: dict[str, Path]) -> Path:
    from artgen.errors import InputError, hint

    if name not in presets:
        raise InputError(f"no shipped preset is called '{name}'{hint(name, presets)}")
    return presets[name]


def _row(name: str, path: Path) -> dict[str, str | None] | None:
    """What is told of a preset; None, and a line, if it is wrong."""
    from artgen.errors import InputError
    from artgen.preset.loading import load
    from artgen.preset.shipped import thumbnail

    try:
        about = load(path).about
    except InputError as error:
        common.note(error)
        return None
    picture = thumbnail(path)
    return {"name": name, "about": about, "path": str(path), "thumbnail": str(picture) if picture else None}


def _print(rows: list[dict[str, str | None]]) -> None:
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("preset", "what it makes", "thumbnail"):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(common.cell(row[key] or "-") for key in ("name", "about", "thumbnail")))
    common.print_table(table)
