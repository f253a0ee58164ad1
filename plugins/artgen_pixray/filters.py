"""Pixray's filters by ours."""

from __future__ import annotations

from typing import Any

from artgen.importing import Noted, Reader, number, shown, weighted
from artgen_pixray import palettes
from artgen_pixray.context import Context


def write(context: Context, width: int, palette: list[str]) -> list[str]:
    """Write `filters`; Pixray's names of those that are there."""
    reader = context.read("filters")
    value = reader.raw("filters")
    names = [str(item) for item in value] if isinstance(value, list) else str(value or "").split(",")
    found: dict[str, Noted] = {}
    for text in filter(None, (name.strip() for name in names)):
        name, weight, _ = weighted(text)
        if name in ("wallpaper", "tiler"):
            found["wallpaper"] = _wallpaper(reader, width)
        elif name == "lookup":
            found["lookup"] = _lookup(reader, palette)
        else:
            reader.note(f"filters: {shown(name)} - Pixray knows no such one; left out.")
        if weight != 1 and name in ("lookup", "wallpaper"):
            reader.note(
                f"filters: {shown(text)} - the weight is that of the filter's own loss, which there is not here."
            )
    if found:
        context.put("filters", list(found.values()))
    return list(found)


def _lookup(reader: Reader, palette: list[str]) -> Noted:
    notes = []
    if not palette:
        notes.append("lookup: without a 'palette' Pixray takes these colours of its own.")
    if "lookup_beta" in reader:
        beta = shown(reader.raw("lookup_beta"))
        notes.append(f"lookup_beta: {beta} - nothing pulls to the palette but the colours themselves; see 'softness'.")
    return Noted({"type": "palette", "palette": palette or palettes.LOOKUP}, tuple(notes))


def _wallpaper(reader: Reader, width: int) -> Noted:
    kind = reader.choice("wallpaper_type", ("none", "shift", "horizontal"), "none")
    match = reader.whole("wallpaper_edge_match", 0, 0, 10**5)
    spec: dict[str, Any] = {"type": "tile"}
    if kind == "horizontal":
        spec["axis"] = "left-right"
    notes: tuple[str, ...] = ()
    if kind == "horizontal" and match:
        notes = ("wallpaper_edge_match: Pixray pulls edges together by a loss; here they fade into each other.",)
        return Noted(spec | {"band": number(min(0.5, match / width))}, notes)
    if "wallpaper_edge_match" in reader:
        notes = ("wallpaper_edge_match: Pixray reads it only for 'wallpaper_type: horizontal'.",)
    spec["edges"] = "free"
    if kind == "shift":
        spec["brick"] = True
    return Noted(spec, notes)


def palette(context: Context) -> list[str]:
    """The entries of the setting `palette`."""
    reader = context.read("filters")
    value = reader.raw("palette")
    text = palettes.joined(value) if isinstance(value, list) else reader.text("palette")
    return palettes.convert(context, reader, text)


def say_unused(context: Context, palette: list[str], used: bool) -> None:
    """Pixray's users ask why their palette is ignored."""
    reader = context.read("filters")
    if "palette" in reader and palette and not used:
        entries = ", ".join(repr(entry) for entry in palette)
        reader.note(
            f"palette: Pixray reads it only for 'filters: lookup' and 'custom_loss: palette', so it did nothing; here: "
            f"filters: [{{type: palette, palette: [{entries}]}}]"
        )
