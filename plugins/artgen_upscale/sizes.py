"""What presets may write for the size of an enlargement."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from artgen.api import InputError, wrong_setting

LARGEST = 1 << 15
"""The longest side of a picture that artgen finishes."""
_INCHES = {"cm": 1 / 2.54, "mm": 1 / 25.4, "in": 1.0}
_PRINT = re.compile(r"(\d{1,5}(?:\.\d{1,4})?)\s*(cm|mm|in)\s*@\s*(\d{1,5}(?:\.\d{1,3})?)\s*dpi", re.ASCII)


def _to(value: Any) -> Any:
    """``4096`` (the longer side), ``[4096, 3072]`` or ``4096x3072``: width, then height."""
    if isinstance(value, str):
        value = value.lower().replace("×", "x").split("x")
    sides = list(value) if isinstance(value, (list, tuple)) else [value]
    try:
        sides = [int(side) if isinstance(side, str) else side for side in sides]
    except ValueError:
        sides = []
    if len(sides) not in (1, 2) or any(type(side) is not int for side in sides):
        raise wrong_setting("expected a size in pixels such as 4096 (the longer side), 4096x3072 or [4096, 3072]")
    if not all(1 <= side <= LARGEST for side in sides):
        raise wrong_setting(f"{'x'.join(map(str, sides))} is out of range; each side is 1 to {LARGEST}")
    return sides[0] if len(sides) == 1 else tuple(sides)


def printed(text: str) -> int:
    """How many pixels ``30cm@300dpi`` is."""
    found = _PRINT.fullmatch(text.strip().lower())
    if not found:
        raise wrong_setting(
            "expected the length of the longer side and its dots an inch, such as 30cm@300dpi or 12in@300dpi"
        )
    pixels = round(float(found[1]) * _INCHES[found[2]] * float(found[3]))
    if not 1 <= pixels <= LARGEST:
        raise wrong_setting(f"'{text}' is {pixels} pixels; the longer side is 1 to {LARGEST}")
    return pixels


def _print(value: Any) -> Any:
    if isinstance(value, str):
        printed(value)
    return value


To = Annotated[int | tuple[int, int], BeforeValidator(_to, json_schema_input_type=int | str | tuple[int, int])]
Print = Annotated[str, BeforeValidator(_print, json_schema_input_type=str)]


def longer(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """Height and width of the same shape whose longer side has so many pixels."""
    return max(1, round(size[0] * pixels / max(size))), max(1, round(size[1] * pixels / max(size)))


def exactly(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """Height and width as asked for.

    Raises:
        InputError: if that is another shape by more than a pixel, so that the picture would be stretched.
    """
    for fitting in (longer(size, max(width, height)), (height, round(size[1] * height / size[0]))):
        if abs(fitting[0] - height) <= 1 and abs(fitting[1] - width) <= 1:
            return height, width
    fit = longer(size, max(width, height))
    raise InputError(
        f"'to: {width}x{height}' is another shape than the picture of {size[1]}x{size[0]}, which would be stretched; "
        f"write {fit[1]}x{fit[0]}, or {max(width, height)} for the longer side alone"
    )
