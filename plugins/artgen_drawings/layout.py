"""Where things stand: from what a sentence says to a picture of any shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen_drawings.cutout import bounds

FULL = 0.92
"""How much of the canvas things may take on an even ground."""
STANDING = (0.66, 0.72)
"""Shares of height and width for what stands in a place."""
EQUAL = 0.04
"""A change of scale that is not worth the blur."""


@dataclass(frozen=True)
class Box:
    """Pixels from the left and the top."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        return self.top + self.height


def cropped(rgba: Tensor) -> Tensor:
    """What is there, without its border."""
    top, bottom, left, right = bounds(rgba)
    return rgba[:, top:bottom, left:right]


def compose(
    figures: Sequence[Tensor], relation: str, backdrop: Tensor, floor: float | None = None, shadow: bool = False
) -> Tensor:
    """Put figures (4, h, w), colours multiplied by alpha, on a backdrop (3, H, W); gives back (4, H, W), whose last
    channel says what they cover.

    `floor` is the height of their feet, as a share of the canvas; without one the group is in the middle.
    """
    height, width = backdrop.shape[1:]
    parts = [cropped(figure) for figure in figures]
    room = (FULL, FULL) if floor is None else STANDING
    boxes = arranged([p.shape[2] / p.shape[1] for p in parts], relation, width * room[1], height * room[0])
    top, bottom = min(b.top for b in boxes), max(b.bottom for b in boxes)
    left, right = min(b.left for b in boxes), max(b.left + b.width for b in boxes)
    down = (height - bottom - top) / 2 if floor is None else min(floor * height, height) - bottom
    across = (width - right - left) / 2
    image = torch.cat([backdrop, torch.zeros_like(backdrop[:1])])
    if shadow:
        for box in boxes:
            if box.bottom > bottom - 0.02 * height:
                image = _shadowed(image, Box(box.left + across, box.top + down, box.width, box.height))
    # The first stands before the others.
    for part, box in reversed(list(zip(parts, boxes, strict=True))):
        image = _pasted(image, part, Box(box.left + across, box.top + down, box.width, box.height))
    return image


def arranged(aspects: Sequence[float], relation: str, width: float, height: float) -> list[Box]:
    """Boxes of things with these aspects (width by height), in the order in which they are painted as given.

    "beside" makes rows or, on tall canvases, columns; the others place the first of two by the second.
    """
    if len(aspects) == 1:
        return [_fitted(aspects[0], 0, 0, width, height)]
    if relation == "beside":
        return _rows(aspects, width, height)
    upper, lower = aspects
    if relation == "above":
        return [
            _fitted(upper, 0, 0, width, height * 0.48),
            _fitted(lower, 0, height * 0.52, width, height * 0.48),
        ]
    if relation == "on":
        seat = _fitted(lower, 0, height * 0.5, width, height * 0.5, low=True)
        above = _fitted(upper, 0, 0, width * 0.9, height * 0.55, low=True)
        drop = seat.top + 0.08 * seat.height - above.bottom
        return [Box(above.left + width * 0.05, above.top + drop, above.width, above.height), seat]
    if relation == "before":
        far = _fitted(lower, 0, 0, width * 0.9, height * 0.85, low=True)
        return [_fitted(upper, width * 0.5, height * 0.5, width * 0.5, height * 0.5, low=True), far]
    whole = _fitted(lower, 0, 0, width, height)
    return [
        _fitted(
            upper, whole.left + whole.width * 0.25, whole.top + whole.height * 0.25, whole.width / 2, whole.height / 2
        ),
        whole,
    ]


def _rows(aspects: Sequence[float], width: float, height: float) -> list[Box]:
    """As many rows as make the cells most nearly square; who shares a row shares its floor."""
    count = len(aspects)
    rows = min(range(1, count + 1), key=lambda n: abs(_log(width * n * n / (height * count))) + 0.01 * n)
    boxes, cell_height = [], height / rows
    for row in range(rows):
        of_row = list(range(row * count // rows, (row + 1) * count // rows))
        cell = width / len(of_row)
        fitted = [_fitted(aspects[i], 0, 0, cell * 0.94, cell_height * 0.94, low=True) for i in of_row]
        # Together they stand as close as they would if each filled its cell.
        gap = 0.06 * cell
        left = (width - sum(b.width for b in fitted) - gap * (len(fitted) - 1)) / 2
        for box in fitted:
            boxes.append(Box(left, row * cell_height + box.top, box.width, box.height))
            left += box.width + gap
    return boxes


def _log(value: float) -> float:
    return float(torch.tensor(value).log())


def _fitted(aspect: float, left: float, top: float, width: float, height: float, low: bool = False) -> Box:
    """The largest box of an aspect in the middle of another, or at its bottom."""
    wide = min(width, height * aspect)
    high = wide / aspect
    return Box(left + (width - wide) / 2, top + (height - high) * (1 if low else 0.5), wide, high)


def _pasted(image: Tensor, part: Tensor, box: Box) -> Tensor:
    scale = box.width / part.shape[2]
    size = [max(1, round(side * scale)) for side in part.shape[1:]]
    if abs(scale - 1) < EQUAL:
        size = list(part.shape[1:])
    else:
        part = F.interpolate(part[None], size, mode="bicubic", antialias=True)[0].clamp(0, 1)
        part = torch.cat([part[:3].minimum(part[3:]), part[3:]])
    top, left = round(box.top + (box.height - size[0]) / 2), round(box.left + (box.width - size[1]) / 2)
    return over(image, part, top, left)


def over(image: Tensor, part: Tensor, top: int, left: int) -> Tensor:
    """(4, h, w) on (4, H, W), both with colours multiplied by alpha; what lies outside is cut off."""
    height, width = image.shape[1:]
    above, before = max(0, -top), max(0, -left)
    part = part[:, above : height - top, before : width - left]
    if 0 in part.shape:
        return image
    rows = slice(top + above, top + above + part.shape[1])
    columns = slice(left + before, left + before + part.shape[2])
    found = image.clone()
    found[:, rows, columns] = image[:, rows, columns] * (1 - part[3:]) + part
    return found


def _shadowed(image: Tensor, box: Box) -> Tensor:
    """A soft shadow where the thing touches the ground."""
    height, width = image.shape[1:]
    y = (torch.arange(height) + 0.5)[:, None] - box.bottom
    x = (torch.arange(width) + 0.5)[None] - box.left - box.width / 2
    distance = ((x / (0.5 * box.width)) ** 2 + (y / (0.06 * box.width + 1)) ** 2).sqrt()
    dark = 1 - 0.28 * (1.15 - distance).clamp(0, 0.5) / 0.5
    return torch.cat([image[:3] * dark, image[3:]])
