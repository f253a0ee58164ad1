"""How a picture is moved before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from artgen.fields.block import Block
from artgen.picture import moving

if TYPE_CHECKING:
    from torch import Tensor

Matrix = Annotated[tuple[float, ...], Field(min_length=9, max_length=9)]


class Move(Block):
    """What a camera's move makes of a picture; written by films, whose frames begin with the last one, moved."""

    matrix: Matrix
    """Nine numbers, row by row: a homography that says of each place where it comes from, from the picture's centre in
    halves of its height."""
    edge: moving.Edge = "mirror"
    """What comes in from outside: the picture mirrored, its edge extended, or its other side (wrap)."""
    fade: Annotated[float, Field(ge=0, le=0.5)] = 0
    """How far the picture fades towards its border, as a share of its shorter side."""
    outside: Annotated[float, Field(ge=0, le=1)] = 1
    """How much of what lies under it is hidden by what comes in from outside, and by what has faded."""

    def misfits(self) -> Iterator[str]:
        if abs(moving.determinant(self.matrix)) < 1e-9:
            yield "'matrix' leaves nothing of the picture: its determinant is 0"
        if self.fade and self.outside == 1:
            yield "'fade' needs an 'outside' of less than 1"

    def of(self, picture: Tensor) -> Tensor:
        """(1, 4, H, W), moved."""
        return moving.moved(picture, self.matrix, self.edge, self.fade, self.outside)
