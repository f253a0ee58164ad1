"""Specs of the losses about form: symmetry, smoothness, sharpness."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from artgen.api import Env, Loss, LossSpec

EDGE = 0.1
Blur = Annotated[float, Field(ge=0, le=0.25)]
"""The standard deviation of a Gaussian, as a share of the picture's shorter side."""


class Symmetry(LossSpec):
    """The mean squared difference between the picture and its mirror image, or its turned self."""

    type: Literal["symmetry"] = "symmetry"
    axis: Literal["left-right", "up-down", "both", "diagonal", "antidiagonal", "rotation"] = "left-right"
    """What must match: left and right, top and bottom, both of them, the sides of a diagonal, or turns by 1/folds."""
    folds: Annotated[int, Field(ge=2)] = 2
    """For `rotation`: how many times a full turn looks the same; judged inside the largest centred circle."""
    tolerance: Annotated[float, Field(ge=0, lt=1)] = 0
    """Differences up to this (0 to 1) cost nothing, so that the halves are alike but not copies."""

    def misfits(self) -> Iterable[str]:
        if self.axis != "rotation" and self.folds != 2:
            yield "'folds' belongs to 'axis: rotation'"

    def build(self, env: Env) -> Loss:
        from artgen_losses.symmetry import SymmetryLoss

        return SymmetryLoss(self, env)


class Smoothness(LossSpec):
    """Total variation: how much neighbouring pixels differ; the same picture counts the same at any size."""

    type: Literal["smoothness"] = "smoothness"
    synonyms = ("tv", "total variation")
    kind: Literal["tv", "clipped", "log"] = "tv"
    """`tv` counts every difference in full, `clipped` none beyond `edge`, `log` large ones ever less."""
    edge: Annotated[float, Field(gt=0, le=1)] = EDGE
    """For `clipped` and `log`: the difference between neighbours (0 to 1) from which it is an edge, to be kept."""
    wrap: bool = False
    """Whether the right edge is next to the left one, and the bottom next to the top, as in a tile."""
    spacing: Annotated[int, Field(ge=1)] = 1
    """How many pixels apart the neighbours are; from 2 on, grain counts less, and an edge as much as ever."""
    blur: Blur = 0
    """Blurs what is judged first, by this share of the shorter side (0.01 is slight), so that grain may stay."""

    def misfits(self) -> Iterable[str]:
        if self.kind == "tv" and self.edge != EDGE:
            yield "'edge' belongs to 'kind: clipped' and 'kind: log'"

    def build(self, env: Env) -> Loss:
        from artgen_losses.smoothness import SmoothnessLoss

        return SmoothnessLoss(self)


class Sharpness(LossSpec):
    """Rewards crisp detail: 1 for a flat picture, towards 0 the more hard edges it has."""

    type: Literal["sharpness"] = "sharpness"
    measure: Literal["gradient", "laplacian"] = "gradient"
    """What counts, squared: `gradient`, steps between neighbours; `laplacian`, bends, which favour fine lines."""

    def build(self, env: Env) -> Loss:
        from artgen_losses.sharpness import SharpnessLoss

        return SharpnessLoss(self)
