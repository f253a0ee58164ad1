"""List the shipped presets: the name, one line on what it makes, and where its thumbnail is."""

from __future__ import annotations

import argparse

from artgen.cli import common


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_json(parser, "print a list of objects with name, about, path, thumbnail")


def main(given: argparse.Namespace) -> int:
    import json

    from artgen.errors import InputError
    from artgen.preset.loading import load
    from artgen.preset.shipped import shipped, thumbnail

    rows, wrong = [], 0
    for name, path in shipped().items():
        try:
            about = load(path).about
        except InputError as error:
            common.note(error)
            wrong += 1
            continue
        picture = thumbnail(path)
        rows.append({"name": name, "about": about, "path": str(path), "thumbnail": str(picture) if picture else None})
    if given.json:
        print(json.dumps(rows, indent=2))
    else:
        _print(rows)
    return 2 if wrong else 0


def _print(rows: list[dict[str, str | None]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("preset", "what it makes", "thumbnail", box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(common.cell(row[key] or "-") for key in ("name", "about", "thumbnail")))
    Console().print(table)
