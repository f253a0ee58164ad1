"""Pictures that mirror and repeat within themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Angle, Env, Filter, FilterSpec, Point, Schedule, Within

Folds = Annotated[int, Field(ge=2, le=64)]
Strength = Annotated[Schedule, Within(ge=0, le=1)]
Place = Annotated[float, Field(ge=0, le=1)]


class Symmetry(FilterSpec):
    """Replaces part of every drawing by the mirror image, or the turned copy, of another part."""

    moves: ClassVar[bool] = True
    type: Literal["symmetry"] = "symmetry"
    axis: Literal["left-right", "up-down", "both", "rotation"] = "left-right"
    """What is made to match: left and right, top and bottom, both of them, or the picture turned by 1/folds."""
    folds: Folds = 2
    """For `rotation`: how many times a full turn looks the same."""
    keep: Literal["first", "second", "mean"] = "first"
    """Which part is copied: left or top, right or bottom, or their mean; a rotation's first sector, or the mean."""
    strength: Strength = Schedule.constant(1)
    """Blend from the drawing as it is (0) to the symmetric one (1); `{0: 0, 30%: 1, curve: step}` starts late."""

    def misfits(self) -> Iterable[str]:
        if self.axis != "rotation" and self.folds != 2:
            yield "'folds' belongs to 'axis: rotation'"
        if self.axis == "rotation" and self.keep == "second":
            yield "a rotation keeps the 'first' sector or the 'mean' of all"

    def build(self, env: Env) -> Filter:
        from artgen_filters.symmetry import SymmetryFilter

        return SymmetryFilter(self, env)


class Kaleidoscope(FilterSpec):
    """Shows one wedge of the drawing and its mirror images all around a centre."""

    moves: ClassVar[bool] = True
    type: Literal["kaleidoscope"] = "kaleidoscope"
    folds: Folds = 6
    """How many times the wedge and its mirror image stand around the centre."""
    centre: Annotated[tuple[Place, Place], Point()] = (0.5, 0.5)
    """Where the wedges meet: shares of the width from the left and of the height from the top."""
    angle: Annotated[Schedule, Angle()] = Schedule.constant(0)
    """Where the wedge begins, in degrees clockwise from the top; it spans 180 / folds degrees."""
    strength: Strength = Schedule.constant(1)
    """Blend from the drawing as it is (0) to the kaleidoscope (1); `{0: 0, 30%: 1, curve: step}` starts late."""

    def build(self, env: Env) -> Filter:
        from artgen_filters.symmetry import KaleidoscopeFilter

        return KaleidoscopeFilter(self, env)
