"""Characters as pixels, in the DejaVu fonts, which matplotlib brings (licence: that of Bitstream Vera)."""

from __future__ import annotations

from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from artgen.api import InputError

ASCII = "".join(map(chr, range(32, 127)))
LETTERS = " ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MONOSPACED, BOLD = "DejaVuSansMono-Bold.ttf", "DejaVuSans-Bold.ttf"
FINE = 4
"""Every pixel is the mean of so many rows and columns of finer ones."""
FILLED = 0.94
"""Share of the cell that the largest letter fills."""


def typed(characters: str, size: tuple[int, int]) -> Tensor:
    """(T, 1, h, w): how much ink a typewriter leaves in a cell, all characters on one line."""
    height, width = (FINE * side for side in size)
    font = _font(MONOSPACED, characters, 1000)
    (ascent, descent), advance = font.getmetrics(), font.getlength("M")
    points = min(1000 * height / (ascent + descent), 1000 * width / advance)
    font = _font(MONOSPACED, characters, points)
    line = height / 2 + (ascent - descent) / 2 * points / 1000
    drawn = []
    for character in characters:
        picture = Image.new("L", (width, height))
        ImageDraw.Draw(picture).text((width / 2, line), character, 255, font, anchor="ms")
        drawn.append(picture)
    return _pixels(drawn)


def lettered(characters: str, size: tuple[int, int]) -> Tensor:
    """(T, 1, h, w): as printers' type fills its body; letters that are wider than a cell are condensed."""
    height, width = (FINE * side for side in size)
    font = _font(BOLD, characters, 1000)
    boxes = [font.getbbox(character, anchor="ms") for character in characters]
    top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
    points = 1000 * FILLED * height / max(1, bottom - top)
    font = _font(BOLD, characters, points)
    line = height / 2 - (bottom + top) / 2 * points / 1000
    drawn = []
    for character, (left, _, right, _) in zip(characters, boxes, strict=True):
        wide = max(width, round((right - left) * points / 1000 / FILLED))
        picture = Image.new("L", (wide, height))
        middle = wide / 2 - (left + right) / 2 * points / 1000
        ImageDraw.Draw(picture).text((middle, line), character, 255, font, anchor="ms")
        drawn.append(picture.resize((width, height), Image.Resampling.BOX))
    return _pixels(drawn)


def _pixels(drawn: list[Image.Image]) -> Tensor:
    fine = torch.stack([torch.from_numpy(numpy.array(picture)) for picture in drawn])[:, None] / 255
    return F.avg_pool2d(fine, FINE)


def _font(name: str, characters: str, points: float) -> ImageFont.FreeTypeFont:
    from matplotlib import get_data_path
    from matplotlib.ft2font import FT2Font

    file = Path(get_data_path(), "fonts", "ttf", name)
    known = FT2Font(str(file)).get_charmap()
    if missing := [character for character in characters if ord(character) not in known]:
        raise InputError(f"glyphs: the font {file.stem} has no {missing[0]!r}; leave it out of 'characters'")
    return ImageFont.truetype(str(file), max(1.0, points), layout_engine=ImageFont.Layout.BASIC)
