"""Pictures whose pixels are no bytes, as depth maps, masks and scans have them, in the 256 levels of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from artgen.picture.source import Unreadable

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

MOST_16 = 2**16 - 1
LEAST_32 = 2**24
"""The least greatest number of a picture of 32-bit integers that says that it uses their range."""
BEYOND = 1 / 255
"""How far fractions may lie outside of [0, 1]: what rounding does."""


def in_bytes(picture: Image.Image, signed: bool = True) -> Image.Image:
    """A picture of 16-bit, 32-bit or fractional grey levels as one of 8-bit levels; all others as they are.

    White is 65535 for whole numbers, or where one is greater the greatest of 32 bits, which are `signed` or not; and 1
    for fractions.

    Raises:
        Unreadable: if its numbers have no known white, in a line that says so.
    """
    if not picture.mode.startswith("I") and picture.mode != "F":
        return picture
    import numpy
    from PIL import Image

    numbers = numpy.asarray(picture)
    shares = _fractions(numbers) if picture.mode == "F" else _integers(numbers, signed)
    grey = Image.fromarray((shares * 255).round().astype(numpy.uint8))
    grey.info = {name: value for name, value in picture.info.items() if name != "transparency"}
    if isinstance(clear := picture.info.get("transparency"), int):
        grey.putalpha(Image.fromarray(numpy.where(numbers == clear, 0, 255).astype(numpy.uint8)))
    return grey


def _integers(numbers: NDArray[Any], signed: bool) -> NDArray[Any]:
    """In [0, 1]."""
    import numpy

    if not signed and numbers.dtype == numpy.int32:
        # Pillow has no mode for them and hands on their bits.
        numbers = numbers.view(numpy.uint32)
    low, high = int(numbers.min()), int(numbers.max())
    if low < 0 or MOST_16 < high < LEAST_32:
        raise Unreadable(f"its numbers go from {low} to {high}, so that nothing tells what is white; save it as 16 bit")
    white = MOST_16 if high <= MOST_16 else 2**31 - 1 if signed else 2**32 - 1
    return numbers / numpy.float64(white)


def is_signed(picture: Image.Image) -> bool:
    """Whether a picture's integers have a sign; of a TIFF they have none unless it says so (TIFF 6.0)."""
    tags = getattr(picture, "tag_v2", None)
    return tags is None or bool(tags.get(339, (1,))[0] != 1)


def _fractions(numbers: NDArray[Any]) -> NDArray[Any]:
    """In [0, 1]."""
    import numpy

    if not numpy.isfinite(numbers).all():
        raise Unreadable("some of its numbers are not finite; save it as 16 bit")
    low, high = float(numbers.min()), float(numbers.max())
    if low < -BEYOND or high > 1 + BEYOND:
        raise Unreadable(
            f"its numbers go from {low:.4g} to {high:.4g}, and only fractions from 0 to 1 have a known white; "
            "scale them, or save it as 16 bit"
        )
    return numbers.clip(0, 1).astype(numpy.float64)
