"""All parts of an import, in the order in which they depend on each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgen.api import nearest
from artgen_pixray import beginnings, canvas, filters, generators, losses, perceptors, prompts, stays
from artgen_pixray.draft import Noted, printable, shown
from artgen_pixray.job import Job
from artgen_pixray.tables import OWNERS, REMARKS, Rung

CODE = 16
"""Pixels to a side of the patch that a code of Pixray's VQGANs stands for; it cuts the picture to multiples of that."""


def preset(settings: Mapping[str, Any], source: Path, home: Path, embedded: bool) -> str:
    """The preset, as YAML with comments."""
    job = Job(settings, source, home, embedded)
    job.put("about", f"Imported from Pixray's settings {printable(source.name)[:80]}")
    rung, drawer = canvas.rung(job), generators.name(job)
    size = canvas.size(job, rung, CODE if drawer == "vqgan" else 1)
    steps = canvas.steps(job, rung)
    pull = prompts.write(job)
    canvas.seed(job)
    has_picture = beginnings.start(job, size, drawer not in ("fft", "vdiff", "clipdraw", "line_sketch"))
    beginnings.overlay(job, steps)
    see_through = canvas.transparent(job)
    canvas.auto_stop(job, drawer != "vdiff")
    generators.write(job, drawer, size, steps)
    _judge(job, rung, drawer, size, steps, pull, has_picture, see_through)
    _say_left(job)
    return job.draft.text()


def _judge(
    job: Job, rung: Rung, drawer: str, size: tuple[int, int], steps: int, pull: float, has_picture: bool, alpha: bool
) -> None:
    """Perceptors, views, losses and filters."""
    models, cuts = perceptors.write(job, rung), perceptors.views(job, rung)
    palette = filters.palette(job)
    scene = losses.Scene(size, steps, models, cuts, palette)
    held, stay = stays.to_start(job, drawer, has_picture)
    job.draft.values["generator"].update(held)
    others = [*losses.named(job, scene), *stay, *stays.to_labels(job)]
    active = [item for item in others if not item.off]
    pull = pull or _stand_in(job, active)
    job.put("losses", [*losses.clip(job, pull, models, not (active or held or alpha)), *others])
    names = filters.write(job, size[0], palette)
    filters.say_unused(job, palette, "lookup" in names or any(_has_palette(item) for item in active))
    if not pull and not any(item.value["type"] in ("aesthetic", "style") for item in active):
        _drop_perceptors(job)


def _has_palette(item: Noted) -> bool:
    return "palette" in item.value


def _stand_in(job: Job, others: list[Noted]) -> float:
    """A prompt where nothing at all would judge the picture; how hard it pulls."""
    if others:
        return 0
    job.draft.note("prompts", "This one only holds its place.")
    job.put("prompts", [*job.draft.values.get("prompts", []), "a picture"])
    return 1


def _drop_perceptors(job: Job) -> None:
    """Nothing looks through them, and what nothing uses is an error."""
    for section in ("perceptors", "views"):
        job.draft.values.pop(section)
        job.draft.note("losses", f"{section}: left out, because no loss looks at views.")


def _say_left(job: Job) -> None:
    """Every setting that none of the parts has read."""
    reader = job.read("")
    for name in job.given.left():
        value = shown(job.given.values[name])
        key, remark = REMARKS.get(name, ("", ""))
        if name in OWNERS:
            remark = f"belongs to {OWNERS[name]}; nothing reads it."
        elif not remark:
            guess = nearest(name, (*REMARKS, *OWNERS, *job.given.asked))
            meant = f"; did you mean '{guess}'?" if guess else "; left out."
            remark = f"Pixray 1.9.1 has no such setting{meant}"
        job.draft.note(key, f"{shown(name)}: {value} - {remark}")
        reader.raw(name)
