"""What a hand has changed while a picture was drawn, where it is no number over the run: other seeds, and paint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from artgen.fields.block import Block
from artgen.fields.paths import PictureFile
from artgen.picture.reading import read_layer

if TYPE_CHECKING:
    from torch import Tensor

Step = Annotated[int, Field(ge=0, lt=1_000_000)]


class Reseed(Block):
    """Another seed from a step on."""

    step: Annotated[int, Field(ge=1, lt=1_000_000)]
    """The first step whose random numbers are the other seed's, counted from 0."""
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    """That seed; the pictures of a batch have it, the next one, ..."""


class Painting(Block):
    """A picture that is laid over the drawing once, so that the drawing goes on from there."""

    step: Step
    """Before which step, counted from 0."""
    image: PictureFile
    """The picture, cropped to the canvas; where it is transparent, the drawing stays as it is."""

    def layer(self, size: tuple[int, int]) -> Tensor:
        """(1, 4, *size): the picture's colours, and how much each pixel hides."""
        return read_layer(self.image, size)
