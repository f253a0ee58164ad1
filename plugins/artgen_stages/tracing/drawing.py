"""Flat shapes in layers: as SVG, and as the pixels that SVG is drawn as."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from artgen.colours import channels
from artgen_stages.tracing.coverage import chords, covered

Curves = NDArray[np.float64]

GRAIN = 10
"""Steps in a pixel that places are rounded to, in the SVG as in the pixels."""
BAND = 256
"""Rows that are drawn at once, which bounds the memory."""


@dataclass(frozen=True)
class Layer:
    """One ink's shapes; no curves: the whole sheet."""

    colour: str
    """`#rrggbb`."""
    curves: Sequence[Curves]
    """Closed outlines, (S, 4, 2) each, in pixels of the drawing; what turns round them once or more is inside."""


@dataclass(frozen=True)
class Drawing:
    """Layers, the lowest first, on a clear sheet."""

    size: tuple[int, int]
    """Height and width in pixels."""
    layers: Sequence[Layer]

    def svg(self) -> bytes:
        """As a file: a path for each layer, without scripts, styles or references."""
        height, width = self.size
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        ]
        for number, layer in enumerate(self.layers, start=1):
            path = "".join(_path(curves) for curves in layer.curves) or f"M0 0h{width}v{height}h-{width}z"
            lines.append(f'<path id="ink-{number}" fill="{layer.colour}" d="{path}"/>')
        return "\n".join([*lines, "</svg>", ""]).encode()

    def paint(self, pixels: Tensor, progress: Callable[[float], None]) -> None:
        """Draws into `pixels`, (4, H, W) or, where the lowest layer is the whole sheet, (3, H, W), all 0 before.

        They become red, green, blue and alpha, straight, in [0, 1]; each takes of a layer the share that it covers.
        """
        height = self.size[0]
        sides = [[chords(_rounded(curves) / GRAIN) for curves in layer.curves] for layer in self.layers]
        lines = [np.concatenate(some) if some else None for some in sides]
        for top in range(0, height, BAND):
            band = pixels[:, top : top + BAND]
            for layer, line in zip(self.layers, lines, strict=True):
                _lay(band, layer.colour, line, top)
            if len(band) > 3:
                band[:3] /= band[3:].clamp(min=1e-6)
            band.clamp_(0, 1)
            progress(min(1.0, (top + BAND) / height))


def _lay(band: Tensor, colour: str, lines: Curves | None, top: int) -> None:
    """Lays one layer over the rows of `band` (C, rows, W), premultiplied, which begin at `top`."""
    ink = torch.tensor([*channels(colour), 1.0])[: len(band), None, None]
    if lines is None:
        band[:] = ink
        return
    cover = torch.from_numpy(covered(lines, top, band.shape[1], band.shape[2]))
    touched = cover.amax(dim=1).nonzero()
    if len(touched):
        rows = slice(int(touched[0]), int(touched[-1]) + 1)
        band[:, rows] += (ink - band[:, rows]) * cover[rows]


def _rounded(curves: Curves) -> Curves:
    """In steps of 1 / `GRAIN` pixel."""
    return np.round(curves * GRAIN)


def _path(curves: Curves) -> str:
    """A closed outline, in places relative to the ends of its curves."""
    steps = _rounded(curves).astype(np.int64)
    relative = (steps[:, 1:] - steps[:, :1]).reshape(-1)
    return f"M{_joined(steps[0, 0])}c{_joined(relative)}z"


def _joined(numbers: NDArray[np.int64]) -> str:
    """Numbers in steps of 1 / `GRAIN`, as short as SVG lets them be."""
    texts = [f"{number / GRAIN:g}" if number % GRAIN else str(number // GRAIN) for number in numbers.tolist()]
    shorter = (text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text for text in texts)
    return "".join(text if text.startswith("-") else f" {text}" for text in shorter).lstrip()
