"""What a thread hides of the canvas, chord by chord."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd.function import once_differentiable

from artgen_lines.nails import Floats, Nails

THINNEST = 1.05
"""Pixels that a thread is drawn wide at least: renderers of SVG take finer lines for a pixel wide, each in its way."""
MOST_HIDDEN = 0.999
"""No thread hides more of a pixel; the logarithm of what is left is to be finite."""
CHUNK = 2**21
"""How many pixels are looked at together."""

Shares = NDArray[np.float32]


class Threads:
    """How dense C chords are at each of H x W pixels: -log(1 - share of the pixel that the thread hides).

    Densities of threads over each other add up, whatever lies above. It is a sparse matrix, kept by pixels and by
    chords, so that sums over either have one order.
    """

    def __init__(self, nails: Nails, width: float, size: tuple[int, int], device: torch.device) -> None:
        wide, opacity = drawn_width(width)
        chord, pixel, share = _covered(nails.places[nails.ends], wide, size)
        density = -np.log1p(-np.minimum(opacity * share, MOST_HIDDEN))
        pixels, chords = size[0] * size[1], len(nails.ends)
        self.by_chord = _bags(chord, pixel, density, chords, device)
        order = np.argsort(pixel, kind="stable")
        self.by_pixel = _bags(pixel[order], chord[order], density[order], pixels, device)

    def density(self, counts: Tensor) -> Tensor:
        """(n, C), how often a thread runs along each chord, to (n, H x W)."""
        density: Tensor = _Sums.apply(counts, self)
        return density


def drawn_width(width: float) -> tuple[float, float]:
    """In pixels, and the opacity: a thread thinner than a pixel is as much fainter in place of thinner."""
    return max(THINNEST, width), min(1.0, width / THINNEST)


Bags = tuple[Tensor, Tensor, Tensor]


def _bags(row: NDArray[Any], column: NDArray[Any], value: Shares, rows: int, device: torch.device) -> Bags:
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))[:-1]])
    return tuple(torch.from_numpy(each).to(device) for each in (column, starts, value))  # type: ignore[return-value]


def _summed(bags: Bags, values: Tensor) -> Tensor:
    """(n, columns) to (n, rows)."""
    column, starts, weight = bags
    if not len(column):
        return values.new_zeros(len(values), len(starts))
    table = values.t().contiguous()
    sums: Tensor = F.embedding_bag(column, table, starts, mode="sum", per_sample_weights=weight)
    return sums.t()


class _Sums(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, counts: Tensor, threads: Threads) -> Tensor:
        ctx.threads = threads
        return _summed(threads.by_pixel, counts)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return _summed(ctx.threads.by_chord, gradient), None


def _covered(lines: Floats, width: float, size: tuple[int, int]) -> tuple[NDArray[Any], NDArray[Any], Shares]:
    """Straight lines (C, 2, 2): chord, pixel and the share of it that is covered, (F,) each, by chords."""
    reach = int(np.ceil(width / 2 * 2**0.5 + 0.5))
    each = max(1, CHUNK // ((max(size) + 2) * (2 * reach + 1)))
    parts = [_chunk(lines[i : i + each], i, width, size, reach) for i in range(0, len(lines), each)]
    chord, pixel, share = (np.concatenate(column) for column in zip(*parts, strict=True))
    return chord, pixel, share


def _chunk(
    lines: Floats, first: int, width: float, size: tuple[int, int], reach: int
) -> tuple[NDArray[Any], NDArray[Any], Shares]:
    """Walks along the longer way of each line, and looks at the pixels beside it."""
    way = lines[:, 1] - lines[:, 0]
    length = np.maximum(np.linalg.norm(way, axis=1), 1e-9)[:, None]
    level = (np.abs(way[:, 0]) >= np.abs(way[:, 1]))[:, None]
    main, side = (np.where(level[:, :, None], lines, lines[:, :, ::-1])[:, :, axis] for axis in (0, 1))
    most, other = (np.where(level, *pair) for pair in ((size[1], size[0]), (size[0], size[1])))
    steps = np.arange(max(size))[None]
    slope = (side[:, 1:] - side[:, :1]) / np.where(
        np.abs(main[:, 1:] - main[:, :1]) < 1e-9, 1, main[:, 1:] - main[:, :1]
    )
    middle = np.floor(side[:, :1] + slope * (steps + 0.5 - main[:, :1])).astype(np.int64)
    found = []
    for shift in range(-reach, reach + 1):
        at = middle + shift
        x, y = np.where(level, steps, at), np.where(level, at, steps)
        off_x, off_y = x + 0.5 - lines[:, :1, 0], y + 0.5 - lines[:, :1, 1]
        along = (off_x * way[:, :1] + off_y * way[:, 1:]) / length
        away = (off_x * way[:, 1:] - off_y * way[:, :1]) / length
        share = _strip(away, width, way / length) * np.clip(np.minimum(along, length - along) + 0.5, 0, 1)
        line, step = np.nonzero((share > 1e-4) & (steps < most) & (at >= 0) & (at < other))
        found.append((line, y[line, step] * size[1] + x[line, step], share[line, step]))
    line, pixel, share = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((pixel, line))
    return line[order] + first, pixel[order], share[order].astype(np.float32)


def _strip(away: Floats, width: float, way: Floats) -> Floats:
    """How much of a pixel lies within half a width of a line that is so far from its middle."""
    across, down = np.abs(way[:, :1]), np.abs(way[:, 1:])
    share: Floats = _half_plane(away + width / 2, across, down) - _half_plane(away - width / 2, across, down)
    return share


def _half_plane(reach: Floats, across: Floats, down: Floats) -> Floats:
    """How much of a pixel lies on one side of a line whose distance from its middle is `reach`, (C, n).

    It is the integral of the pixel's section along the line, a trapezium, over that distance.
    """
    wide, narrow = (across + down) / 2, np.abs(across - down) / 2
    d = np.minimum(np.abs(reach), wide)
    slant = np.maximum(wide - narrow, 1e-9)
    flat = np.minimum(d, narrow)
    sloped = d - flat
    area = (flat + sloped - sloped**2 / (2 * slant)) / np.maximum(across, down).clip(1e-9)
    covered: Floats = 0.5 + np.sign(reach) * np.minimum(area, 0.5)
    return covered
