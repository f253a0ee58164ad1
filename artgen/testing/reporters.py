"""What every reporter must keep."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from torch import Tensor

from artgen import api
from artgen.testing.checks import require
from artgen.testing.parts import make_image, make_recipe
from artgen.testing.specs import SpecContract


class ReporterContract(SpecContract):
    """It can watch a whole run without raising, one that fails too, and touches nothing.

    It is tried without a folder and with one. What it writes is thrown away.
    """

    spec: ClassVar[api.ReporterSpec]
    _may_connect = True  # it may tell a server of the run

    def use(self, built: api.Reporter) -> Sequence[Tensor]:
        """Show it a run of three steps; returns the pictures it was shown."""
        return self._watch(built, steps_done=3)

    def _watch(
        self, reporter: api.Reporter, steps_done: int, failure: str | None = None, left: list[str] | None = None
    ) -> list[Tensor]:
        """Show it a run; the names of what it leaves in the current folder are added to `left`."""
        shown = [make_image(seed=step).detach() for step in range(steps_done)]
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            reporter.on_start(3)
            for step, image in enumerate(shown):
                reporter.on_step(api.StepEvent(step, 3, image, {"clip": 0.5}, 0.5, 0.1))
            curve = tuple((step, 0.5) for step in range(steps_done))
            losses = {"clip": curve, "total": curve}
            last, recipe = shown[-1].clone(), make_recipe(steps_done)
            reporter.on_end(api.Result(last, 0, (0.5, 0.6), steps_done, losses, recipe, failure=failure))
            if left is not None:
                left += sorted(path.name for path in Path().iterdir())
        return [*shown, last]

    def test_it_watches(self) -> None:
        """It hears a run from its beginning to its end, and may save the picture."""
        self.use(self.build())

    def test_it_watches_a_run_that_fails(self) -> None:
        """It hears of a run that ends early with a picture to show."""
        self._watch(self.build(), steps_done=1, failure="loss 'clip' is NaN")

    def test_it_writes_into_its_folder(self) -> None:
        """Where a run has a folder, its files are in `env.folder`, so that no other run writes over them."""
        left: list[str] = []
        with tempfile.TemporaryDirectory() as folder:
            own = Path(folder) / "tested"
            self._watch(self.build(self.env(make_folder=partial(_made, own))), steps_done=3, left=left)
        advice = "write into env.folder, and only where that is None elsewhere or nothing"
        require(not left, f"it writes {', '.join(left[:3])} into the current folder; {advice}")

    def test_it_changes_nothing_in_place(self) -> None:
        """It looks, and never touches."""
        shown = self.use(self.build())
        expected = [make_image(seed=step) for step in (*range(3), 2)]
        same = all(one.equal(other) for one, other in zip(shown, expected, strict=True))
        require(same, "it changes the picture that it is shown; work on a copy")


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder
