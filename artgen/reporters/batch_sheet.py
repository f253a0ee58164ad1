"""The contact sheet of a batch: its pictures with their seeds, the best one marked."""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from artgen.files import atomic_path
from artgen.picture import images, preview
from artgen.recipe.source_type import png_text
from artgen.results import Result, judged, picture_tensor

FILE = "sheet.png"
TILE, MARGIN, LABEL = 256, 12, 18
"""The longest side of a picture, what is around it, and the height of what is written below it, in pixels."""
PAPER, INK, FAINT, BEST = "#ffffff", "#222222", "#8a8a8a", "#e0a800"


def save(folder: Path, result: Result) -> None:
    """Write ``sheet.png``: every picture with its seed, its loss and what the judges say of it, as square as can be."""
    first = result.recipe["preset"]["seed"]
    pictures = [images.to_pil(images.on_white(picture_tensor(result, i))) for i in range(len(result.images))]
    tiles = [_tile(one, first + i, _measured(result, i), i == result.best) for i, one in enumerate(pictures)]
    sheet = preview.contact_sheet(tiles, math.ceil(math.sqrt(len(tiles))), 0, PAPER)
    with atomic_path(folder / FILE) as temporary:
        sheet.save(temporary, format="PNG", pnginfo=png_text(result.recipe))


def _measured(result: Result, picture: int) -> str:
    return f"loss {result.scores[picture]:.4g}{judged(result.judge_scores, picture)}"


def _tile(picture: Image.Image, seed: int, measured: str, best: bool) -> Image.Image:
    """A picture on paper, its label below; the best one has a frame."""
    shown = preview.tile(picture, TILE)
    framed = Image.new("RGB", (shown.width + 2 * MARGIN, shown.height + LABEL + 3 * MARGIN), PAPER)
    framed.paste(shown, (MARGIN, MARGIN))
    pen, font = ImageDraw.Draw(framed), ImageFont.load_default(LABEL - 4)
    if best:
        corners = (MARGIN - 5, MARGIN - 5, MARGIN + shown.width + 4, MARGIN + shown.height + 4)
        pen.rectangle(corners, outline=BEST, width=3)
    label, below = f"seed {seed}", 2 * MARGIN + shown.height
    pen.text((MARGIN, below), label, fill=INK, font=font)
    pen.text((MARGIN + font.getlength(f"{label}  "), below), measured, fill=FAINT, font=font)
    return framed
