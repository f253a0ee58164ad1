"""Where in the picture a prompt applies.

::

    where: left
    where: {place: centre, invert: true}
    where: {box: [0, 0.5, 0.3, 1], soft: 0}
    where: mask.png
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from artgen.errors import InputError
from artgen.fields.block import Block, OneValue
from artgen.fields.paths import PictureFile
from artgen.fields.widgets import Region
from artgen.picture import reading

if TYPE_CHECKING:
    from torch import Tensor

Place = Literal["left", "right", "top", "bottom", "centre", "top-left", "top-right", "bottom-left", "bottom-right"]
Share = Annotated[float, Field(ge=0, le=1)]

SOFT = 0.1

_SIDES = {"left": (0, 0, 0.5, 1), "right": (0.5, 0, 1, 1), "top": (0, 0, 1, 0.5), "bottom": (0, 0.5, 1, 1)}


class Where(Block):
    """A part of the picture; a prompt sees this part and nothing else."""

    place: Place | None = None
    """A half or a quarter of the picture; `centre` is the ellipse in the middle that covers half of it."""
    box: Annotated[tuple[Share, Share, Share, Share], Region()] | None = None
    """Left, top, right and bottom edge, in shares of the picture's width and height, from its top left corner."""
    mask: PictureFile | None = None
    """A picture, cropped to the canvas: the part is what is white and opaque in it, and not what is black or clear."""
    invert: bool = False
    """true: everywhere but there."""
    soft: Share | None = None
    """How wide the border fades, as a share of the picture's shorter side; default: 0.1, and a mask as it is."""

    def misfits(self) -> Iterator[str]:
        if sum(shape is not None for shape in (self.place, self.box, self.mask)) != 1:
            yield "a part of the picture is one of 'place', 'box' and 'mask'"
        if self.box and not (self.box[0] < self.box[2] and self.box[1] < self.box[3]):
            yield "a box is [left, top, right, bottom], with left < right and top < bottom"

    @property
    def softness(self) -> float:
        """`soft`, or what it is by default."""
        return self.soft if self.soft is not None else SOFT if self.mask is None else 0

    def region(self, size: tuple[int, int]) -> Tensor:
        """(H, W) in [0, 1] for a picture of `size`, height and width: 1 in that part.

        Raises:
            InputError: if nothing of the picture is left, or the mask cannot be read.
        """
        from artgen.picture import regions

        if self.mask is not None:
            hard = reading.read_mask(self.mask, size)[0, 0]
        elif self.place == "centre":
            hard = regions.ellipse(size)
        else:
            hard = regions.rectangle(self.box or _edges(str(self.place)), size)
        region = regions.blur(hard, self.softness * min(size) / 4)
        region = 1 - region if self.invert else region
        if not regions.is_seen(region):
            raise InputError(f"where: nothing is left of a picture of {size[1]}x{size[0]}; choose a larger part")
        return region


def _edges(place: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom edge of a half, or of the quarter where two halves meet."""
    boxes = [_SIDES[side] for side in place.split("-")]
    left, top = (max(box[edge] for box in boxes) for edge in (0, 1))
    right, bottom = (min(box[edge] for box in boxes) for edge in (2, 3))
    return left, top, right, bottom


def _expand(value: Any) -> Any:
    """A bare text is a place, or the path of a mask."""
    if not isinstance(value, str):
        return value
    is_path = value not in get_args(Place) and ("." in value or "/" in value)
    return {"mask" if is_path else "place": value}


_Written = Place | Annotated[str, Field(title="a picture")] | Where
WhereField = Annotated[Where, BeforeValidator(_expand, json_schema_input_type=_Written), OneValue()]
"""The type of a prompt's `where`."""
