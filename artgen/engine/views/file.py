"""What perceptors see of a run while it goes on, in ``views.webp``, for whoever looks at its folder."""

from __future__ import annotations

import time
from pathlib import Path

from artgen import api
from artgen.engine.drawing import at_work
from artgen.engine.parts import Parts
from artgen.engine.views.sheet import readings_of, sheet
from artgen.errors import InputError
from artgen.fields.paths import VIEWS
from artgen.files import atomic_path, remove

FIRST_SECONDS = 10.0
"""When it is written first: short runs are over by then."""
SECONDS = 30.0
"""How often it is written, at most."""
SHARE = 200
"""It takes this fraction of a run's time, at most."""


class ViewsFile:
    """A reporter that draws what the perceptors see now and then, of the first picture of a batch.

    The views are those of the step, which their random streams make again: the run's own stay as they are.
    """

    def __init__(self, parts: Parts, folder: Path) -> None:
        self.parts, self.path = parts, folder / VIEWS
        self._due = float("inf")

    def on_start(self, steps: int) -> None:
        if self.parts.guidance.perceptors:
            self._due = time.monotonic() + FIRST_SECONDS

    def on_step(self, event: api.StepEvent) -> None:
        begun = time.monotonic()
        if begun < self._due:
            return
        with at_work(self.parts, gradient=False):
            readings = readings_of(self.parts.preset)
            drawn = sheet(self.parts, event.image, event.step, "the picture", readings)
        try:
            with atomic_path(self.path) as temporary:
                drawn.save(temporary, format="WEBP", quality=80, method=1)
        except InputError:
            self._due = float("inf")  # the run goes on without
            return
        now = time.monotonic()
        self._due = now + max(SECONDS, SHARE * (now - begun))

    def on_end(self, result: api.Result) -> None:
        if not (result.interrupted or result.failure):
            remove(self.path)
