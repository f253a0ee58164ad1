"""What a sweep's folder shows besides its cells: the sheet as a page and as a picture, and the tables."""

from __future__ import annotations

from pathlib import Path

from artgen.sweeps import record, sheet_page, sheet_picture, tables


def save(folder: Path) -> Path:
    """Write them all for the sweep in a folder, as it is now; returns the page's path. InputError if there is none."""
    told = record.read(folder)
    axes, rows = told.all_axes(), record.rows(folder, told)
    tables.save(folder, axes, rows)
    goal, log = (told.search.goal, told.search.log) if told.search else (None, [])
    sheet_picture.save(folder, axes, rows, told.title, goal)
    return sheet_page.save(folder, axes, rows, told.title, goal=goal, log=log)
