"""Labelled sheets of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from artgen.files import atomic_path

SIDE = 128
"""Pixels a side of each picture."""


@dataclass(frozen=True)
class Tile:
    """Pictures one above the other, and what is written below them."""

    pictures: Sequence[Path | Image.Image]
    label: str
    colour: str = "black"


def save(path: Path, tiles: Sequence[Tile], columns: int = 10) -> None:
    """Write a sheet of tiles, row by row; each has as many pictures as the first."""
    height = len(tiles[0].pictures) * SIDE + 20
    sheet = Image.new("RGB", (columns * (SIDE + 6), -(-len(tiles) // columns) * height), "white")
    pen = ImageDraw.Draw(sheet)
    for i, tile in enumerate(tiles):
        left, top = i % columns * (SIDE + 6), i // columns * height
        for row, picture in enumerate(tile.pictures):
            sheet.paste(_small(picture), (left, top + row * SIDE))
        pen.text((left, top + height - 18), tile.label, fill=tile.colour)
    with atomic_path(path) as temporary:
        sheet.save(temporary, format="PNG")


def _small(picture: Path | Image.Image) -> Image.Image:
    opened = picture if isinstance(picture, Image.Image) else Image.open(picture)
    return opened.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
