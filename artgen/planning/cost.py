"""What a preset asks of the machine, roughly, and known before anything is built: a recipe may be a stranger's."""

from __future__ import annotations

from collections.abc import Iterator

from rich.filesize import decimal

from artgen.fields.schedules import Schedule
from artgen.preset.finished_size import finished_size
from artgen.preset.model import Preset
from artgen.preset.needs import downloads, missing, specs
from artgen.weights import is_offline

MAX_WORK = 1_000_000_000
"""What is drawn without asking, counted in pixels that are drawn once: on two cores about a quarter of an hour."""
MAX_MEMORY = 4 << 30
"""Bytes that are taken without asking."""

VIEW, COMPONENT = 10_000, 2_000
"""A view that one perceptor looks at takes as long as so many pixels, and each component in a step as so many more."""
FINISH = 20
"""A finishing stage takes as long for each pixel that it makes as drawing so many once."""
_PIXEL_BYTES, VIEW_BYTES = 100, 2 << 20
"""What a pixel of the canvas and a view in a perceptor need, with all that is kept for their gradients."""


def work(preset: Preset) -> int:
    """How long it takes, in pixels that are drawn once: 71 million for the preset `pixel`, which is under a minute."""
    finishing = FINISH * preset.batch * finished_pixels(preset) * len(preset.finish)
    return preset.steps * step_work(preset) + finishing


def step_work(preset: Preset) -> int:
    """How long one of its steps takes, counted in the same way."""
    looked_at = preset.batch * (_pixels(preset) + VIEW * looks(preset))
    return looked_at + COMPONENT * sum(1 for _ in specs(preset))


def memory(preset: Preset) -> int:
    """How many bytes it needs at once, besides the models."""
    drawing = preset.batch * (_PIXEL_BYTES * _pixels(preset) + VIEW_BYTES * looks(preset))
    return max(drawing, preset.batch * _PIXEL_BYTES * finished_pixels(preset) if preset.finish else 0)


def objections(preset: Preset) -> Iterator[str]:
    """What a user should be asked about first, each as the end of "it ..."."""
    if (times := work(preset) / MAX_WORK) > 1:
        yield f"takes {times:.1f} times what is run unasked"
    if (needed := memory(preset)) > MAX_MEMORY:
        yield f"needs about {decimal(int(needed), precision=0)} of memory"
    absent = [] if is_offline() else missing(downloads(preset))
    if absent:
        yield f"downloads {', '.join(absent)}"


def _pixels(preset: Preset) -> int:
    width, height = preset.size
    return width * height


def finished_pixels(preset: Preset) -> int:
    """Of one picture, after its finishing stages."""
    height, width = finished_size(preset)
    return height * width


def looks(preset: Preset) -> int:
    """How many views all perceptors look at in a step, at most, for one picture."""
    return len(preset.perceptors) * views(preset)


def views(preset: Preset) -> int:
    """How many views a perceptor looks at in a step, at most, for one picture."""
    return sum(map(_count, preset.views))


def _count(view: object) -> int:
    count = getattr(view, "count", 1)
    if isinstance(count, Schedule):
        count = max(count.values)
    return max(1, int(count)) if isinstance(count, int | float) else 1
