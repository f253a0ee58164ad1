"""Colours by name: `#rgb`, CSS and the xkcd survey, all held as `#rrggbb`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator

from artgen.errors import hint, nearest
from artgen.fields.block import wrong_setting
from artgen.fields.personal import Public
from artgen.fields.widgets import ColourWheel

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")


def hexadecimal(value: Any) -> Any:
    """The colour that a text names as `#rrggbb`; other values as they are. A `wrong_setting` if there is none."""
    if not isinstance(value, str):
        return value
    from PIL import ImageColor

    text = value.strip().lower()
    if not _HEX.fullmatch(text) and text not in ImageColor.colormap:
        return _xkcd(value, text, ImageColor.colormap)
    return "#{:02x}{:02x}{:02x}".format(*ImageColor.getrgb(text))


def _xkcd(value: str, text: str, css: Iterable[str]) -> str:
    """A name of the xkcd colour survey, with or without its prefix."""
    from matplotlib.colors import XKCD_COLORS

    key = text if text.startswith("xkcd:") else f"xkcd:{text}"
    if key in XKCD_COLORS:
        return str(XKCD_COLORS[key])  # `#rrggbb`, as the survey gives them
    names = [name.removeprefix("xkcd:") for name in XKCD_COLORS]
    digits = f"#{text}" if _HEX.fullmatch(f"#{text}") else None
    guess = digits or nearest(text, css) or nearest(text.removeprefix("xkcd:"), names)
    near = f"did you mean '{guess}'?" if guess else hint(text, css)[2:]
    message = f"no colour is called {value!r}; {'write #rgb or #rrggbb' if text.startswith('#') else near}"
    raise wrong_setting(message)


Colour = Annotated[str, BeforeValidator(hexadecimal), Public("a colour"), ColourWheel()]
"""A colour, held as `#rrggbb`: `#rgb`, `#rrggbb`, a CSS name, or one of the xkcd survey (`xkcd:teal`, `dusty rose`)."""


def channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of `#rrggbb`, in [0, 1]."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue
