"""Runs a preset in the test's own process, and says what is wrong with what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from torch import Tensor

from artgen import api
from artgen.engine.run import run
from artgen.preset.loading import load, parse
from artgen.preset.model import Preset
from artgen.testing.checks import require

LEVEL = 1 / 255
"""One step of a channel in a PNG; what differs by less looks the same."""


@dataclass(frozen=True)
class Drawn:
    """A finished run. Its assertions return it again, so that they can be chained."""

    result: api.Result
    notes: tuple[str, ...]
    """The lines that the run had for its user."""

    @property
    def image(self) -> Tensor:
        """(B, 3, H, W) in [0, 1] on the CPU."""
        return self.result.images

    @property
    def losses(self) -> Mapping[str, tuple[tuple[int, float], ...]]:
        """(step, value) pairs of each loss, and of their weighted sum under the name ``total``."""
        return self.result.losses

    def assert_finished(self) -> Self:
        """The run neither failed nor was stopped."""
        require(not self.result.failure, f"the run failed after {self.result.steps_done} steps: {self.result.failure}")
        require(not self.result.interrupted, f"the run was interrupted after {self.result.steps_done} steps")
        return self

    def assert_loss_falls(self, name: str = "total") -> Self:
        """The loss `name` is lower at the end than in the beginning, each averaged over a fifth of the steps."""
        known = ", ".join(self.losses)
        require(name in self.losses, f"there is no loss '{name}' in this run; it has {known}")
        values = [value for _, value in self.losses[name]]
        part = max(1, len(values) // 5)
        first, last = sum(values[:part]) / part, sum(values[-part:]) / part
        require(last < first, f"the loss '{name}' does not fall: from {first:.4g} to {last:.4g} in {len(values)} steps")
        return self

    def assert_same_picture_as(self, other: Drawn | Tensor) -> Self:
        """Bit for bit."""
        theirs = _image(other)
        shapes = tuple(self.image.shape), tuple(theirs.shape)
        require(shapes[0] == shapes[1], f"the pictures differ in shape: {shapes[0]} and {shapes[1]}")
        apart = (self.image - theirs).abs()
        changed = int(apart.amax(dim=1).count_nonzero())
        levels = float(apart.max()) / LEVEL
        require(changed == 0, f"the pictures differ at {changed} pixels, by up to {levels:.3g} of 255 levels")
        return self

    def assert_different_from(self, other: Drawn | Tensor) -> Self:
        """By a visible amount somewhere: one of 255 levels."""
        theirs = _image(other)
        if self.image.shape == theirs.shape:
            apart = float((self.image - theirs).abs().max())
            require(apart >= LEVEL, "the pictures are the same; were they drawn with the same seed and settings?")
        return self

    def assert_not_flat(self) -> Self:
        """No picture of the batch is of one colour."""
        spread = self.image.amax(dim=(2, 3)) - self.image.amin(dim=(2, 3))
        flat = [number for number, spreads in enumerate(spread) if float(spreads.max()) < LEVEL]
        require(not flat, f"picture {', '.join(map(str, flat))} of the batch is of one colour")
        return self


def draw(preset: Preset | Mapping[str, Any] | str | Path, **overrides: Any) -> Drawn:
    """Run `preset` to its end: plain data, a file, the name of a shipped preset, or a `Preset`.

    `overrides` replace its settings: ``draw("quickstart", steps=3, seed=1)``; a path of names is given as
    ``draw(preset, **{"losses.clip.weight": 2})``.

    Raises:
        InputError: if the preset is wrong or cannot be built.
        RunError: if the run fails before there is any picture; later failures are found by `assert_finished`.
    """
    notes: list[str] = []
    return Drawn(run(_checked(preset, overrides), note=notes.append), tuple(notes))


def small_preset(**changes: Any) -> dict[str, Any]:
    """A preset of 32 x 24 pixels and 8 steps on the CPU, for `draw`; it lacks the parts, which `changes` give.

    As in ``small_preset(generator={"type": "my_generator"}, losses=[{"type": "my_loss"}], steps=20)``: what is there
    is replaced, all else is added.
    """
    return {"size": [32, 24], "steps": 8, "seed": 1, "device": "cpu", **changes}


def _checked(preset: Preset | Mapping[str, Any] | str | Path, overrides: Mapping[str, Any]) -> Preset:
    if isinstance(preset, (str, Path)):
        return load(preset, list(overrides.items()))
    data = preset.resolved() if isinstance(preset, Preset) else preset
    return parse(data, list(overrides.items()))


def _image(other: Drawn | Tensor) -> Tensor:
    return other.image if isinstance(other, Drawn) else other
