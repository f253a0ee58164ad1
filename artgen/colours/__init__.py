"""Colours for presets and for pictures: names, Oklab, and palettes.

Light to import (torch, Pillow and matplotlib only inside), so that a spec may use `Colour` and `PaletteColours`.

Nearness is judged in Oklab (B. Ottosson, "A perceptual color space for image processing", 2020), where equal
distances look about equally different.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from artgen.errors import hint, nearest
from artgen.files import InputFile

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = ["Colour", "Palette", "PaletteColours", "channels", "oklab", "squared_distances"]

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")

# sRGB without its gamma to the responses of the eye's cones, and their cube roots to lightness and two hues.
TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)

_CHUNK = 1 << 16
"""Pixels whose distances to all palette colours are in memory at once, where no gradient needs them."""


def hexadecimal(value: Any) -> Any:
    """The colour that a text names as `#rrggbb`; other values as they are. PydanticCustomError if there is none."""
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
    raise PydanticCustomError("colour", "{text}", {"text": message})


Colour = Annotated[str, BeforeValidator(hexadecimal)]
"""A colour, held as `#rrggbb`: `#rgb`, `#rrggbb`, a CSS name, or one of the xkcd survey (`xkcd:teal`, `dusty rose`)."""


def channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of `#rrggbb`, in [0, 1]."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


class _PaletteField:
    """How a preset's palette is read (`artgen.colours.notation`), and what editors may know of it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from artgen.colours import notation

        path = handler.generate_schema(InputFile)
        one = core_schema.no_info_wrap_validator_function(notation.entry, path)
        several = core_schema.tuple_schema([one], variadic_item_index=0)
        return core_schema.no_info_after_validator_function(
            notation.join,
            core_schema.no_info_before_validator_function(notation.split, several),
            serialization=core_schema.plain_serializer_function_ser_schema(list),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        text = {"type": "string", "minLength": 1}
        return {"anyOf": [text, {"type": "array", "items": text, "minItems": 1}]}


PaletteColours = Annotated[tuple[str, ...], _PaletteField()]
"""1 to 256 colours, each held once as `#rrggbb`; a preset gives a list, or one text with commas or semicolons, of:

- colours as `Colour` reads them;
- ramps: ``red->gold\\8`` is 8 colours at equal distances in Oklab (16 without a number), ``black->red->white`` too;
- palette files: GIMP's ``.gpl``, Adobe's ``.act``, Lospec's ``.hex``;
- pictures (``.png``, ``.jpg``, ``.webp``): ``photo.png\\8`` is the 8 colours (16 without a number) that show it best.
"""


def oklab(colours: Tensor) -> Tensor:
    """(..., 3) sRGB in [0, 1] to Oklab; the gradient is finite everywhere, black included."""
    import torch

    linear = torch.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    response = linear @ colours.new_tensor(TO_LMS).T
    # The cube root is infinitely steep at 0; below 1e-4 (less than a third of an 8-bit step) it is cut.
    return response.clamp(min=1e-4) ** (1 / 3) @ colours.new_tensor(TO_LAB).T


def squared_distances(points: Tensor, others: Tensor) -> Tensor:
    """(..., N): how far each of `points` (..., 3) lies from each of `others` (N, 3), squared."""
    # |a|^2 - 2ab + |b|^2 keeps no (..., N, 3) in memory.
    return (points**2).sum(-1, keepdim=True) - 2 * points @ others.T + (others**2).sum(-1)


class Palette:
    """Maps pictures onto palette colours, the nearest of them in `space`."""

    def __init__(self, colours: Sequence[str], device: torch.device, space: Callable[[Tensor], Tensor] = oklab) -> None:
        import torch

        self.colours = torch.tensor([channels(colour) for colour in colours], device=device)
        """(N, 3) in [0, 1]."""
        self.space = space
        """Turns (..., 3) in [0, 1] into coordinates in which distances count."""
        self.points = space(self.colours)
        """(N, 3): the colours there."""

    def __call__(self, image: Tensor, softness: float = 0) -> Tensor:
        """(B, 3, H, W) in [0, 1] to the same in palette colours, or in blends of them where `softness` > 0.

        Hard colours pass the gradient straight through (Bengio, Leonard & Courville 2013).
        """
        if softness > 0:
            distances = squared_distances(self.space(image.movedim(1, -1)), self.points)
            return ((-distances / softness).softmax(dim=-1) @ self.colours).movedim(-1, 1)
        hard = self.colours[self.nearest(image.movedim(1, -1))].movedim(-1, 1)
        return hard + (image - image.detach())  # the bracket is exactly 0, so the colours are exact

    def nearest(self, colours: Tensor) -> Tensor:
        """The number of the palette colour that is nearest to each of `colours`: (..., 3) to (...), int64."""
        import torch

        with torch.no_grad():
            parts = self.space(colours.detach()).reshape(-1, 3).split(_CHUNK)
            found = torch.cat([squared_distances(part, self.points).argmin(dim=-1) for part in parts])
        return found.view(colours.shape[:-1])
