"""Anchors: what holds the drawing near its start, and near pictures."""

from __future__ import annotations

from typing import Any

from artgen.importing import Noted, Reader, number, shown
from artgen_pixray.context import Context

# Pixray's weight, ours, its factor, and the distance of the loss 'stay' that is nearest.
_WEIGHTS = (
    ("init_weight", "stay_spherical", 1.0, "mse"),
    ("init_weight_dist", "stay_mse", 0.5, "mse"),
    ("init_weight_cos", "stay_cosine", 1.0, "mse"),
    ("init_weight_pix", "stay_pixels", 0.5, "l1"),
)


def to_start(context: Context, drawer: str, has_picture: bool) -> tuple[dict[str, Any], list[Noted]]:
    """Settings of the generator vqgan, and losses for the others."""
    reader = context.read("losses")
    settings: dict[str, Any] = {}
    losses: list[Noted] = []
    for name, ours, factor, distance in _WEIGHTS:
        weight = reader.number(name, 0, 0) * factor
        if weight and not has_picture:
            reader.note(f"{name}: {shown(reader.raw(name))} - Pixray needs an init_image for it; left out.")
        elif weight and drawer == "vqgan":
            settings[ours] = number(weight)
        elif weight:
            note = f"{name}: this generator has no codes to hold; its pixels are held instead."
            losses.append(Noted({"type": "stay", "distance": distance, "weight": number(weight)}, (note,)))
    return settings, losses


def to_labels(context: Context) -> list[Noted]:
    """The loss that is nearest to Pixray's distance between the codes of the drawing and of pictures."""
    reader: Reader = context.read("losses")
    text, weight = reader.text("image_labels"), reader.number("image_label_weight", 1)
    if not text:
        if "image_label_weight" in reader:
            reader.note("image_label_weight: belongs to image_labels; nothing reads it.")
        return []
    found = context.pictures(text)
    note = f"image_labels: {shown(text)} - codes of pictures are no goal here; their pixels are the nearest."
    if not found:
        note = context.absence("image_labels", text)
    weight = weight / max(1, len(found))
    entries = [{"type": "target", "image": path, "weight": number(weight)} for path in found or [text]]
    return [Noted(entry, (note,) if entry is entries[0] else (), off=not found) for entry in entries]
