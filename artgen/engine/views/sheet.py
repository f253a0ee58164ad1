"""Sheets of what perceptors see of a picture: the picture itself, then its views, for each view size."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence

from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from artgen.engine.look import StepLook, WeightedPerceptor
from artgen.engine.parts import Parts
from artgen.picture.images import to_pil
from artgen.picture.preview import contact_sheet, tile
from artgen.preset.model import Preset
from artgen.prompts import Seen
from artgen.prompts.seen import titled

WIDTH = 1600
"""A sheet is about this wide at most, in pixels."""
GAP, TEXT = 8, 18
PAPER, INK = "#e9e9e6", "#222222"


def readings_of(preset: Preset) -> list[tuple[Seen, ...]]:
    """The ways in which prompts see the picture, and first how it is."""
    own = [prompt for loss in preset.losses for prompt in getattr(loss, "prompts", None) or ()]
    return list(dict.fromkeys([(), *(prompt.seen or () for prompt in (*preset.prompts, *own))]))


def sheet(parts: Parts, image: Tensor, step: int, what: str, readings: Sequence[tuple[Seen, ...]]) -> Image.Image:
    """The first of the pictures (B, 3, H, W), called `what`, and its views as those of `step`, for each reading."""
    return _laid_out(list(_blocks(parts, image, step, what, readings)))


Block = tuple[str, list[Image.Image]]
"""A heading, and the pictures below it."""


def _blocks(parts: Parts, image: Tensor, step: int, what: str, readings: Sequence[tuple[Seen, ...]]) -> Iterator[Block]:
    """`what` is shown: the start is no drawing of `step`, but is cut as that step's would be."""
    steps, perceptors = parts.generator.steps, parts.guidance.perceptors
    whole = StepLook(image, step, steps, perceptors, parts.guidance.augmentations, chunk=4)
    for seen in readings:
        look = functools.reduce(StepLook.through, seen, whole)
        height, width = look.image.shape[2:]
        title = f"{what} seen {titled(seen)}" if seen else what
        yield f"{title}, {width} x {height} pixels, cut as in step {step} of {steps}", [to_pil(look.image[0])]
        for size, names in _by_size(perceptors).items():
            views = [to_pil(view) for view in look.views(names[0])[0]]
            yield f"{', '.join(names)}: {len(views)} views, {size} x {size} pixels", views


def _by_size(perceptors: Mapping[str, WeightedPerceptor]) -> dict[int, list[str]]:
    """Perceptors of one size see the same."""
    names: dict[int, list[str]] = {}
    for name, weighted in perceptors.items():
        names.setdefault(weighted.perceptor.size, []).append(name)
    return names


def _laid_out(blocks: list[Block]) -> Image.Image:
    """The blocks below each other."""
    parts = [(heading, _grid(pictures)) for heading, pictures in blocks]
    font = ImageFont.load_default(TEXT)
    width = max(*(grid.width for _, grid in parts), *(round(font.getlength(text)) for text, _ in parts))
    height = sum(grid.height + TEXT + 2 * GAP for _, grid in parts)
    sheet = Image.new("RGB", (width + 2 * GAP, height + GAP), PAPER)
    pen, top = ImageDraw.Draw(sheet), GAP
    for heading, grid in parts:
        pen.text((GAP, top), heading, fill=INK, font=font)
        sheet.paste(grid, (GAP, top + TEXT + GAP))
        top += TEXT + GAP + grid.height + GAP
    return sheet


def _grid(pictures: list[Image.Image]) -> Image.Image:
    """Pictures of one size in rows."""

    columns = math.ceil(math.sqrt(1.6 * len(pictures)))
    side = min(WIDTH // columns - GAP, 320)
    return contact_sheet([tile(picture, side, min(side, 160)) for picture in pictures], columns, GAP, PAPER)
