"""Pictures that are made of squares of one colour each, as those of pixel art are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy
    from PIL import Image

SIDES = range(64, 2, -1)
"""The sides of squares, in pixels, that a picture may be made of to be shown with hard edges."""


def block(picture: Image.Image) -> int:
    """The side of the squares of one colour that a picture is made of, in pixels; 1 if of none."""
    import numpy

    levels = numpy.asarray(picture)
    height, width = levels.shape[:2]
    # Most pictures are of none, and say so in their first two columns.
    if width > 1 and (levels[:, 0] != levels[:, 1]).any():
        return 1
    fitting = (side for side in SIDES if not (width % side or height % side))
    return next((side for side in fitting if _is_of(levels, side)), 1)


def _is_of(levels: numpy.ndarray[Any, Any], side: int) -> bool:
    corners = levels[::side, ::side]
    return bool((corners.repeat(side, axis=0).repeat(side, axis=1) == levels).all())


def without_blocks(picture: Image.Image, side: int) -> Image.Image:
    """A picture that is made of squares of `side` pixels with one pixel for each of them."""
    from PIL import Image

    return picture.resize((picture.width // side, picture.height // side), Image.Resampling.NEAREST)
