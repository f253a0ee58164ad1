"""Losses that look at the pixels alone."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from artgen.api import Env, Loss, LossSpec, hookimpl

EDGE = 0.1


class Symmetry(LossSpec):
    """The mean squared difference between the picture and its mirror image, or its turned self."""

    type: Literal["symmetry"] = "symmetry"
    axis: Literal["left-right", "up-down", "both", "rotation"] = "left-right"
    """What must match: left and right, top and bottom, both of them, or the picture turned by 1/folds."""
    folds: Annotated[int, Field(ge=2)] = 2
    """For `rotation`: how many times a full turn looks the same; judged inside the largest centred circle."""

    @model_validator(mode="after")
    def _folds_are_used(self) -> Symmetry:
        if self.axis != "rotation" and self.folds != 2:
            raise PydanticCustomError("symmetry", "'folds' belongs to 'axis: rotation'")
        return self

    def build(self, env: Env) -> Loss:
        from artgen_losses.symmetry import SymmetryLoss

        return SymmetryLoss(self, env)


class Smoothness(LossSpec):
    """Total variation: how much neighbouring pixels differ; the same picture counts the same at any size."""

    type: Literal["smoothness"] = "smoothness"
    kind: Literal["tv", "clipped", "log"] = "tv"
    """`tv` counts every difference in full, `clipped` none beyond `edge`, `log` large ones ever less."""
    edge: Annotated[float, Field(gt=0, le=1)] = EDGE
    """For `clipped` and `log`: the difference between neighbours (0 to 1) from which it is an edge, to be kept."""
    wrap: bool = False
    """Whether the right edge is next to the left one, and the bottom next to the top, as in a tile."""

    @model_validator(mode="after")
    def _edge_is_used(self) -> Smoothness:
        if self.kind == "tv" and self.edge != EDGE:
            raise PydanticCustomError("smoothness", "'edge' belongs to 'kind: clipped' and 'kind: log'")
        return self

    def build(self, env: Env) -> Loss:
        from artgen_losses.smoothness import SmoothnessLoss

        return SmoothnessLoss(self)


@hookimpl
def artgen_losses() -> list[type[LossSpec]]:
    return [Symmetry, Smoothness]
