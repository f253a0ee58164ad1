"""Draws the examples: ``docs/pictures/NAME.png``, small enough to read many on a page."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from PIL import Image, ImageOps

from artgen import api, results
from artgen.cli import main as artgen
from artgen.engine.run import run
from artgen.files import atomic_path
from artgen.picture import images
from artgen.preset.model import Preset
from docs.example import LOOKED_AT, ROOT, Example

SIDE, SMALL, SHEET, GAP = 192, 144, 480, 4
"""Heights of pictures, of each of many, the side of a sheet of views, and what is between, in pixels."""
COLOURS = 256
FRAMES = 5
CHECKER = 12
"""The side of the squares that lie behind what is see-through, in pixels."""

_Row = list[Image.Image]


def render(example: Example, drawn: dict[str, _Row]) -> float:
    """Write the example's picture; `drawn` keeps what several examples compare with. Returns the seconds it took."""
    began = time.monotonic()
    save(compose(example, drawn), example.picture)
    return time.monotonic() - began


def compose(example: Example, drawn: dict[str, _Row]) -> Image.Image:
    """All that the example's picture shows, in full colour."""
    rows = _ROWS[example.view](example, drawn)
    if example.given:
        rows = [[_framed(Image.open(example.given)), *rows[0]], *rows[1:]]
    return _sheet(rows)


def save(picture: Image.Image, path: Path) -> None:
    """Write it in 256 colours of its own and dots of them, at half the size."""
    colours = picture.quantize(COLOURS, kmeans=1)
    with atomic_path(path) as temporary:
        dotted = picture.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG)
        dotted.save(temporary, format="PNG", optimize=True)


def _alone(example: Example, drawn: dict[str, _Row]) -> list[_Row]:
    return [_draw(example.preset, drawn)]


def _seen(example: Example, drawn: dict[str, _Row]) -> list[_Row]:
    """The picture, and what the last prompt sees."""
    (picture,) = _draw(example.preset, drawn)
    pixels = torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1)[None] / 255
    shown = functools.reduce(lambda before, way: way(before), example.preset.prompts[-1].seen or (), pixels)
    return [[picture, images.to_pil(shown[0])]]


def _without(example: Example, drawn: dict[str, _Row]) -> list[_Row]:
    """Side by side, or rows below each other where there are several pictures."""
    rows = [_draw(example.without(), drawn), _draw(example.preset, drawn)]
    return rows if len(rows[0]) > 1 else [[*rows[0], *rows[1]]]


def _tiled(example: Example, drawn: dict[str, _Row]) -> list[_Row]:
    return [[_four(picture) for row in _without(example, drawn) for picture in row]]


def _growth(example: Example, drawn: dict[str, _Row]) -> list[_Row]:
    frames: _Row = []
    steps = example.preset.steps
    wanted = {round(i * (steps - 1) / (FRAMES - 1)) for i in range(FRAMES - 1)}

    def watch(event: api.StepEvent) -> None:
        if event.step in wanted:
            frames.append(_framed(images.to_pil(event.image[0]), SMALL))

    result = run(example.preset, on_step=watch)
    return [[*frames, _framed(images.to_pil(result.images[0]), SMALL)]]


def _seeds(example: Example, drawn: dict[str, _Row]) -> list[_Row]:
    first = example.preset.seed or 0
    presets = (example.preset.model_copy(update={"seed": first + i}) for i in range(3))
    return [[picture for preset in presets for picture in _draw(preset, drawn)]]


def _views(example: Example, drawn: dict[str, _Row]) -> list[_Row]:
    with TemporaryDirectory() as folder:
        sheet = Path(folder) / "sheet.png"
        if artgen(["views", str(example.path), "--image", str(ROOT / LOOKED_AT), "--out", str(sheet)]):
            raise SystemExit(f"{example.path} failed")
        return [[ImageOps.contain(Image.open(sheet).convert("RGB"), (SHEET, SHEET))]]


_ROWS = {
    "alone": _alone,
    "without": _without,
    "tiled": _tiled,
    "growth": _growth,
    "seeds": _seeds,
    "seen": _seen,
    "views": _views,
}


def _draw(preset: Preset, drawn: dict[str, _Row]) -> _Row:
    """The pictures of a preset's batch; a preset that was drawn before is not drawn again."""
    key = preset.model_copy(update={"about": ""}).to_yaml()
    if key not in drawn:
        result, side = run(preset), SIDE if preset.batch == 1 else SMALL
        drawn[key] = [
            _framed(images.to_pil(results.picture_tensor(result, i)), side) for i in range(len(result.images))
        ]
    return drawn[key]


def _framed(picture: Image.Image, side: int = SIDE) -> Image.Image:
    """So high, and on a checkerboard where it is see-through."""
    fitted = ImageOps.scale(picture, side / picture.height, Image.Resampling.BOX)
    if fitted.mode != "RGBA":
        return fitted.convert("RGB")
    return Image.alpha_composite(_checkerboard(fitted.size), fitted).convert("RGB")


def _checkerboard(size: tuple[int, int]) -> Image.Image:
    light, dark = (255, 255, 255, 255), (205, 205, 205, 255)
    board = Image.new("RGBA", size, light)
    for top in range(0, size[1], CHECKER):
        for left in range(top // CHECKER % 2 * CHECKER, size[0], 2 * CHECKER):
            board.paste(dark, (left, top, left + CHECKER, top + CHECKER))
    return board


def _four(picture: Image.Image) -> Image.Image:
    """Two by two, in the place of one."""
    half = picture.reduce(2)
    board = Image.new("RGB", (2 * half.width, 2 * half.height))
    for corner in ((0, 0), (half.width, 0), (0, half.height), half.size):
        board.paste(half, corner)
    return board


def _sheet(rows: Sequence[_Row]) -> Image.Image:
    """Rows of pictures with white gaps."""
    width = max(sum(picture.width + GAP for picture in row) for row in rows) - GAP
    height = sum(row[0].height + GAP for row in rows) - GAP
    sheet, top = Image.new("RGB", (width, height), "white"), 0
    for row in rows:
        left = 0
        for picture in row:
            sheet.paste(picture, (left, top))
            left += picture.width + GAP
        top += row[0].height + GAP
    return sheet
