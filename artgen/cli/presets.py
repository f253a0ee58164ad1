"""List the shipped presets, and below them those of the gallery's pictures; or print one of them.

    artgen presets
    artgen presets vqgan > mine.yaml

A line has the name, what the preset makes, and where its thumbnail is. With NAME the YAML of that preset is printed, to
read or to change.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from artgen.cli import common


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="print the YAML of this one")
    common.add_json(parser, "print a list of objects with name, about, path, thumbnail, gallery")


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


def _row(name: str, path: Path) -> dict[str, Any] | None:
    """What is told of a preset; None, and a line, if it is wrong."""
    from artgen.errors import InputError
    from artgen.preset.loading import load
    from artgen.preset.shipped import is_of_gallery, thumbnail

    try:
        about = load(path).about
    except InputError as error:
        common.note(error)
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
                table.add_row(*(common.cell(row[key] or "-") for key in ("name", "about", "thumbnail")))
        common.print_table(table)
