"""A picture that is laid over the drawing again and again, so that the drawing grows around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from artgen.fields.block import Block
from artgen.fields.moments import At, Moment
from artgen.fields.paths import PictureFile
from artgen.picture.reading import read_layer

if TYPE_CHECKING:
    from torch import Tensor


class Overlay(Block):
    """A picture re-applied during the run; where it is transparent, the drawing stays as it is."""

    image: PictureFile
    """The picture, cropped to the canvas; its transparency counts."""
    every: Moment = At(10)
    """How many steps (or what share of the run) lie between two times."""
    offset: Moment = At(0)
    """The first time."""
    until: Moment | None = None
    """No more after this; default: to the end."""
    alpha: Annotated[float, Field(gt=0, le=1)] = 1
    """How much the picture hides of the drawing."""

    def is_due(self, step: int, steps: int) -> bool:
        """Whether it is laid over before `step` is drawn."""
        first, last = round(self.offset.step(steps)), steps if self.until is None else self.until.step(steps)
        return first <= step <= last and (step - first) % max(1, round(self.every.step(steps))) == 0

    def layer(self, size: tuple[int, int]) -> Tensor:
        """(1, 4, *size): the picture's colours, and how much each pixel hides."""
        layer = read_layer(self.image, size)
        layer[:, 3:] *= self.alpha
        return layer
