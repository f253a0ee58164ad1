"""Disco Diffusion's cuts: overviews and inner cuts over the run, by lists or by the name of a group."""

from __future__ import annotations

from typing import Any

from artgen.importing import Context, Reader, number, shown
from artgen_imports import parts, schedules

GROUPS = {"default": "discoart", "pad_or_pulp": "pad-or-pulp", "watercolor": "watercolor", "han_fav": "han-fav"}
USUAL = {"cut_overview": "[12]*400+[4]*600", "cut_innercut": "[4]*400+[12]*600"}
GREY = 0.1
"""Of all cuts, which DiscoArt's `make_cutouts.py` shows without colour besides."""


def write(context: Context) -> None:
    """Write `views`."""
    reader = context.read("views")
    group = reader.text("cut_schedules_group", "default")
    spec: dict[str, Any] = {"type": "cutouts", "style_of": GROUPS.get(group, "discoart")}
    if group not in GROUPS:
        reader.note(f"cut_schedules_group: {shown(group)} - not known here; taken as the default.")
    if any(name in reader for name in USUAL):
        spec |= _counts(reader)
    for name, ours in (("cut_ic_pow", "zoom_power"), ("cut_icgray_p", "zoom_grey")):
        points = _list(reader, name, None)
        if points and ours == "zoom_grey":
            spec[ours] = schedules.written(points, lambda share: 1 - (1 - GREY) * (1 - min(1.0, max(0.0, share))))
        elif points:
            spec[ours] = schedules.written(points, lambda power: min(100.0, max(0.0, power)))
    batches = reader.whole("cutn_batches", 1, 1, 1000)
    if batches > 1:
        reader.note(f"cutn_batches: {batches} - so many times the cuts a step there; multiply 'count' for as many.")
    if context.embedded and isinstance(spec.get("count"), dict):
        spec["count"] = max(value for key, value in spec["count"].items() if key != "curve")
    parts.views(context, reader, spec)


def _counts(reader: Reader) -> dict[str, Any]:
    lists = [_list(reader, name, usual) or [(0.0, 4.0)] for name, usual in USUAL.items()]
    points = schedules.merged(*lists)
    count = schedules.written(points, lambda both: round(min(parts.MOST_VIEWS, max(1.0, sum(both)))))
    share = schedules.written(points, lambda both: number(round(min(1, max(0, both[1] / (sum(both) or 1))), 3)))
    return {"count": count, "zoom_share": share}


def _list(reader: Reader, name: str, usual: str | None) -> list[tuple[float, float]] | None:
    value = reader.raw(name)
    points = schedules.parse(value if value is not None else usual) if value is not None or usual else None
    if points is None and value is not None:
        reader.note(f"{name}: {shown(value)} - no list such as [12]*400+[4]*600; left out.")
    return points
