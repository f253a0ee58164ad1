"""The page of a sweep: one file that asks nothing of the network and shows every picture at its settings."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from artgen.files import atomic_path
from artgen.pages.html import Templates, data_address, policy, shared
from artgen.sweeps.rows import Axis, Row
from artgen.sweeps.sheets import ranking
from artgen.sweeps.sheets.arrangement import arrange
from artgen.sweeps.sheets.charts import Chart, charts
from artgen.sweeps.sheets.labels import Heading, duration_text, headings, number_text, settings_text
from artgen.sweeps.sheets.thumbnails import Thumbnail, thumbnails
from artgen.version import own_version

FILE = "sheet.html"
CELLS, RECIPE = "cells", "recipe.json"
MOST = 17 << 20
"""Bytes of all thumbnails together; as text in the page they take a third more."""
STATES = ("finished", "pruned", "failed", "stopped", "waiting")
SCRIPTS = ("data", "board", "filters", "favourites", "detail", "charts", "keys")
"""The parts of the page's script, in their order."""

_page = Templates(Path(__file__).parent / "page")


def save(
    folder: Path,
    axes: Sequence[Axis],
    rows: Sequence[Row],
    title: str,
    about: str = "",
    *,
    goal: str | None = None,
    log: Collection[str] = (),
) -> Path:
    """Write ``sheet.html``, with small pictures inside; whole ones, films and recipes are where the cells have them.

    Args:
        folder: the sweep's, where it is written.
        axes: the settings that vary.
        rows: the cells; those without a picture that can be read say why.
        title: what stands above it.
        about: a line or two below the title.
        goal: of a search, by which its cells are ranked.
        log: the keys of the axes that were searched by their logarithms.
    """
    found = headings(axes, rows)
    small = thumbnails([row.picture for row in rows], MOST)
    style = "\n".join((shared.source("base.css"), _page.source("style.css"), _shape(small)))
    early = shared.source("theme.js")
    late = "\n\n".join((shared.source("base.js"), *(_page.source(f"{name}.js") for name in SCRIPTS)))
    measures = ranking.measures(found, rows, goal)
    drawn = charts(axes, found, measures[0], log) if goal and measures else []
    text = _page.fill(
        "page.html",
        policy=policy(style, (early, late), "data: 'self'"),
        title=title,
        about=about,
        cells=[_cell(folder, row, i, found, measures, small[i]) for i, row in enumerate(rows)],
        data=Markup(_in_script(_data(folder, rows, found, measures, drawn, goal))),
        states=[state for state in STATES if any(row.state == state for row in rows)],
        version=own_version(),
        # The page's own, which are no HTML, and no text either.
        style=Markup(style),
        early=Markup(early),
        late=Markup(late),
    )
    with atomic_path(folder / FILE) as temporary:
        # A setting may hold halves of a character, which no page can.
        temporary.write_bytes(f"{text}\n".encode("utf-8", "replace"))
    return folder / FILE


def _shape(small: Sequence[Thumbnail | None]) -> str:
    """How wide the box of each picture is by its height: as they are where they are alike, else a square."""
    ratios = {round(one.width / one.height, 2) for one in small if one is not None}
    ratio = min(3.0, max(0.5, ratios.pop())) if len(ratios) == 1 else 1.0
    return f":root {{ --ratio: {ratio:.2f} }}"


def _cell(
    folder: Path,
    row: Row,
    number: int,
    found: Sequence[Heading],
    measures: Sequence[ranking.Measure],
    small: Thumbnail | None,
) -> dict[str, Any]:
    """What the page shows of a cell also where no script runs."""
    best = ranking.deciding(measures)
    told = [f"{one.name} {one.text(number)}" for one in measures[:1] if one.text(number)]
    return {
        "number": number + 1,
        "state": row.state,
        "reason": row.reason or "",
        "settings": settings_text(row, found, number),
        "told": ", ".join(told),
        "address": _address(folder, row.picture) if small and row.picture else "",
        "has_film": row.film is not None,
        "thumbnail": data_address("image/webp", small.content) if small else "",
        "size": (small.width, small.height) if small else None,
        "has_blocks": bool(small and small.has_blocks),
        "is_best": bool(best and number in best.best),
    }


def _address(folder: Path, path: Path) -> str:
    """Where the page finds a file below the sweep's folder."""
    try:
        below = path.relative_to(folder)
    except ValueError:
        below = path.absolute().relative_to(folder.absolute())
    return quote(below.as_posix())


def _data(
    folder: Path,
    rows: Sequence[Row],
    found: Sequence[Heading],
    measures: Sequence[ranking.Measure],
    drawn: Sequence[Chart],
    goal: str | None,
) -> dict[str, Any]:
    """What the page's script reads; all of it is shown as text."""
    chosen, best = arrange(found), ranking.deciding(measures)
    return {
        "folder": folder.name if folder.is_absolute() or not folder.name else folder.as_posix(),
        "axes": [{"key": one.key, "name": one.name, "texts": one.texts, "places": one.places} for one in found],
        "columns": found.index(chosen.columns) if chosen.columns else -1,
        "rows": found.index(chosen.rows) if chosen.rows else -1,
        "order": 0 if goal and measures else "settings",
        "charts": [{"name": one.name, "points": one.points, "ends": one.ends} for one in drawn],
        "measures": [_measure(one, len(rows)) for one in measures],
        "best": best.said if best else "",
        "cells": [_record(folder, row) for row in rows],
    }


def _measure(one: ranking.Measure, count: int) -> dict[str, Any]:
    known = [value for value in one.values if value is not None]
    ends = (min(known), max(known)) if one.is_more_better else (max(known), min(known))
    tell = duration_text if one.name == "seconds" else number_text
    return {
        "name": "time" if one.name == "seconds" else one.name,
        "more": one.is_more_better,
        "values": one.values,
        "texts": [one.text(i) for i in range(count)],
        "shares": [None if share is None else round(share, 4) for share in one.shares],
        "ends": list(map(tell, ends)),
        "within": one.within,
        "best": sorted(one.best),
    }


def _record(folder: Path, row: Row) -> dict[str, Any]:
    place = Path(CELLS) / row.name
    recipe = place / RECIPE
    return {
        "name": row.name,
        "state": row.state,
        "reason": row.reason or "",
        "picture": _address(folder, row.picture) if row.picture else "",
        "film": _address(folder, row.film) if row.film else "",
        "recipe": quote(recipe.as_posix()) if (folder / recipe).is_file() else "",
    }


def _in_script(data: Mapping[str, Any]) -> str:
    """JSON that ends no script element and begins no comment in one, whatever texts are in it."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
