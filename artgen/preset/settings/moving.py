"""How a picture is moved before it is used."""

from __future__ import annotations

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
    """What comes in from outside: the picture mirrored, its edge extended, its other side (wrap), or nothing (open)."""
    fade: Annotated[float, Field(ge=0, le=0.5)] = 0
    """How far the picture fades towards its border, as a share of its shorter side."""

    def misfits(self) -> list[str]:
        if abs(moving.determinant(self.matrix)) < 1e-9:
            return ["'matrix' leaves nothing of the picture: its determinant is 0"]
        return []

    def of(self, picture: Tensor) -> Tensor:
        """(1, 4, H, W), moved."""
        return moving.moved(picture, self.matrix, self.edge, self.fade)
