"""Colour names of presets: `#rgb`, `#rrggbb` or a CSS name, checked with the nearest right name."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from artgen.api import hint

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")


def _hexadecimal(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    from PIL import ImageColor

    text = value.strip().lower()
    if not _HEX.fullmatch(text) and text not in ImageColor.colormap:
        wrong = "write #rgb or #rrggbb" if text.startswith("#") else hint(text, ImageColor.colormap)[2:]
        message = f"no colour is called {value!r}; {wrong}"
        raise PydanticCustomError("colour", "{text}", {"text": message})
    return "#{:02x}{:02x}{:02x}".format(*ImageColor.getrgb(text))


Colour = Annotated[str, BeforeValidator(_hexadecimal)]
"""A colour, held as `#rrggbb`."""


def channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of `#rrggbb`, in [0, 1]."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue
