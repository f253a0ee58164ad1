"""What the drawing begins with, and the picture that is laid over it."""

from __future__ import annotations

from typing import Any

from artgen.importing import Reader, number, shown
from artgen_pixray.context import Context

NOISES = {"pixels": "fractal", "gradient": "gradient", "snow": "snow", "none": None}


def write(context: Context, size: tuple[int, int], reads_noise: bool) -> bool:
    """Write `start`; whether there is a picture in it. `reads_noise`: whether Pixray's drawer begins with noise."""
    reader = context.read("start")
    kind = reader.choice("init_noise", tuple(NOISES), "pixels")
    ground = _ground(kind, size)
    text, alpha = reader.text("init_image"), reader.number("init_image_alpha", 200, 0, 255) / 255
    if not text:
        if "init_image_alpha" in reader:
            reader.note("init_image_alpha: belongs to init_image; nothing reads it.")
        if not reads_noise:
            if "init_noise" in reader:
                reader.note(f"init_noise: {kind} - Pixray's drawer begins in its own way; so does this one.")
        elif ground != {"colour": "white"}:
            context.put("start", ground)
        return False
    if context.pictures(text):
        _lay(context, reader, text, alpha, ground)
        return True
    reader.note(context.absence("init_image", text))
    context.draft.off["start"] = _laid(text, alpha, ground)
    if reads_noise:
        context.put("start", ground)
    return False


def _ground(kind: str, size: tuple[int, int]) -> dict[str, Any]:
    """Pixray's noise has 32 blobs along 256 pixels, or along the next power of two for a larger picture."""
    noise = NOISES[kind]
    if noise is None:
        return {"colour": "white"}
    if noise != "fractal":
        return {"noise": noise}
    side = next((side for side in (256, 512, 1024) if max(size) <= side), 2048)
    return {"noise": noise, "cells": min(256, max(1, round(32 * max(size) / side)))}


def _lay(context: Context, reader: Reader, text: str, alpha: float, ground: dict[str, Any]) -> None:
    found = context.pictures(text)
    if len(found) > 1:
        reader.note(f"init_image: {shown(text)} - {len(found)} pictures, for an animation; the first of them.")
    context.put("start", _laid(found[0], alpha, ground))


def _laid(image: str, alpha: float, ground: dict[str, Any]) -> dict[str, Any]:
    """Pixray takes an alpha of 0 for "as the picture is"."""
    return {"image": image} | ({"alpha": number(round(alpha, 3)), **ground} if 0 < alpha < 1 else {})


def write_overlay(context: Context, steps: int) -> None:
    """Write `overlay`."""
    reader = context.read("overlay")
    text = reader.text("overlay_image")
    if not text:
        _idle(reader)
        return
    found = context.pictures(text)
    laid = _overlay(reader, found[0] if found else text, steps)
    if laid is None:
        reader.note(f"overlay_image: {shown(text)} - with such an overlay_every it is never laid over; left out.")
    elif found:
        context.put("overlay", laid)
    else:
        reader.note(context.absence("overlay_image", text))
        context.draft.off["overlay"] = laid


def _overlay(reader: Reader, image: str, steps: int) -> dict[str, Any] | None:
    every = _moment(reader, "overlay_every", 10, steps)
    if every in (0, "0%"):
        return None
    laid: dict[str, Any] = {"image": image, "every": every}
    if (offset := _moment(reader, "overlay_offset", 0, steps)) not in (0, "0%"):
        laid["offset"] = offset
    if (until := _moment(reader, "overlay_until", None, steps)) is not None:
        # Ours is the last time, Pixray's the first time after it.
        laid["until"] = max(0, until - 1) if isinstance(until, int) else until
    alpha = reader.number("overlay_alpha", 0, 0, 255) / 255
    return laid | ({"alpha": number(round(alpha, 3))} if 0 < alpha < 1 else {})


def _moment(reader: Reader, name: str, default: int | None, steps: int) -> str | int | None:
    value = reader.raw(name)
    if value is None:
        return default
    if str(value).strip().startswith("-"):
        return 0
    found = reader.moment(name, value, steps, percent=False)
    return default if found is None else found


def _idle(reader: Reader) -> None:
    for name in ("overlay_every", "overlay_offset", "overlay_until", "overlay_alpha"):
        if name in reader:
            reader.note(f"{name}: {shown(reader.raw(name))} - belongs to overlay_image; nothing reads it.")
