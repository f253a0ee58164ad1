"""All parts of an import, in the order in which they depend on each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgen.api import nearest
from artgen.importing import Noted, is_true, printable, shown
from artgen_pixray import anchors, canvas, filters, generators, losses, perceptors, prompts, start
from artgen_pixray.context import Context
from artgen_pixray.tables import OWNERS, REMARKS, SWITCHES, Quality

CODE = 16
"""Pixels to a side of the patch that a code of Pixray's VQGANs stands for; it cuts the picture to multiples of that."""


def preset(settings: Mapping[str, Any], source: Path, home: Path, embedded: bool) -> str:
    """The preset, as YAML with comments."""
    context = Context(settings, source, home, embedded)
    context.put("about", f"Imported from Pixray's settings {printable(source.name)[:80]}")
    quality, drawer = canvas.quality(context), generators.name(context)
    size = canvas.size(context, quality, CODE if drawer == "vqgan" else 1)
    steps = canvas.steps(context, quality)
    pull = prompts.write(context)
    canvas.seed(context)
    has_picture = start.write(context, size, drawer not in ("fft", "vdiff", "clipdraw", "line_sketch"))
    start.write_overlay(context, steps)
    see_through = canvas.transparent(context)
    canvas.auto_stop(context, drawer != "vdiff")
    generators.write(context, drawer, size, steps)
    _judge(context, quality, drawer, size, steps, pull, has_picture, see_through)
    _say_left(context)
    return context.draft.text()


def _judge(
    context: Context,
    quality: Quality,
    drawer: str,
    size: tuple[int, int],
    steps: int,
    pull: float,
    has_picture: bool,
    alpha: bool,
) -> None:
    """Perceptors, views, losses and filters."""
    models, cuts = perceptors.write(context, quality), perceptors.views(context, quality)
    palette = filters.palette(context)
    scene = losses.Scene(size, steps, models, cuts, palette)
    held, stay = anchors.to_start(context, drawer, has_picture)
    context.draft.values["generator"].update(held)
    others = [*losses.named(context, scene), *stay, *anchors.to_labels(context)]
    active = [item for item in others if not item.off]
    pull = pull or _stand_in(context, active)
    context.put("losses", [*losses.clip(context, pull, models, not (active or held or alpha)), *others])
    names = filters.write(context, size[0], palette)
    filters.say_unused(context, palette, "lookup" in names or any(_has_palette(item) for item in active))
    if not pull and not any(item.value["type"] in ("aesthetic", "style") for item in active):
        _drop_perceptors(context)


def _has_palette(item: Noted) -> bool:
    return "palette" in item.value


def _stand_in(context: Context, others: list[Noted]) -> float:
    """A prompt where nothing at all would judge the picture; how hard it pulls."""
    if others:
        return 0
    context.draft.note("prompts", "This one only holds its place.")
    context.put("prompts", [*context.draft.values.get("prompts", []), "a picture"])
    return 1


def _drop_perceptors(context: Context) -> None:
    """Nothing looks through them, and what nothing uses is an error."""
    for section in ("perceptors", "views"):
        context.draft.values.pop(section)
        context.draft.note("losses", f"{section}: left out, because no loss looks at views.")


def _say_left(context: Context) -> None:
    """Every setting that none of the parts has read."""
    reader = context.read("")
    for name in context.given.left():
        if name in SWITCHES and not is_true(context.given.values[name]):
            continue
        value = shown(context.given.values[name])
        key, remark = REMARKS.get(name, ("", ""))
        if name in OWNERS:
            remark = f"belongs to {OWNERS[name]}; nothing reads it."
        elif not remark:
            guess = nearest(name, (*REMARKS, *OWNERS, *context.given.asked))
            meant = f"; did you mean '{guess}'?" if guess else "; left out."
            remark = f"Pixray 1.9.1 has no such setting{meant}"
        context.draft.note(key, f"{shown(name)}: {value} - {remark}")
        reader.raw(name)
