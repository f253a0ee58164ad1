"""What every reporter must keep."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor

from artgen import api
from artgen.testing.checks import require
from artgen.testing.parts import make_image, make_recipe
from artgen.testing.specs import SpecContract


class ReporterContract(SpecContract):
    """It can watch a whole run without raising, one that fails too, and touches nothing.

    What it writes into the current folder is thrown away.
    """

    spec: ClassVar[api.ReporterSpec]
    _may_connect = True  # it may tell a server of the run

    def use(self, built: api.Reporter) -> Sequence[Tensor]:
        """Show it a run of three steps; returns the pictures it was shown."""
        return self._watch(built, steps_done=3)

    def _watch(self, reporter: api.Reporter, steps_done: int, failure: str | None = None) -> list[Tensor]:
        shown = [make_image(seed=step).detach() for step in range(steps_done)]
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            reporter.on_start(3)
            for step, image in enumerate(shown):
                reporter.on_step(api.StepEvent(step, 3, image, {"clip": 0.5}, 0.5, 0.1))
            curve = tuple((step, 0.5) for step in range(steps_done))
            losses = {"clip": curve, "total": curve}
            last, recipe = shown[-1].clone(), make_recipe(steps_done)
            reporter.on_end(api.Result(last, 0, (0.5, 0.6), steps_done, losses, recipe, failure=failure))
        return [*shown, last]

    def test_it_watches(self) -> None:
        """It hears a run from its beginning to its end, and may save the picture."""
        self.use(self.build())

    def test_it_watches_a_run_that_fails(self) -> None:
        """It hears of a run that ends early with a picture to show."""
        self._watch(self.build(), steps_done=1, failure="loss 'clip' is NaN")

    def test_it_changes_nothing_in_place(self) -> None:
        """It looks, and never touches."""
        shown = self.use(self.build())
        expected = [make_image(seed=step) for step in (*range(3), 2)]
        same = all(one.equal(other) for one, other in zip(shown, expected, strict=True))
        require(same, "it changes the picture that it is shown; work on a copy")
