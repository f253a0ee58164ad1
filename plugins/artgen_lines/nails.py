"""Nails, and the chords between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

INSET = 0.01
"""How far from the edge the outermost nails are, as a share of the shorter side."""
SHORT = 0.1
"""Chords shorter than this share of the shorter side are no choice on a ring, where they would only darken the rim."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Nails:
    """N nails, and all C = N (N - 1) / 2 chords between two of them."""

    places: Floats
    """(N, 2): x and y in pixels."""
    ends: Ints
    """(C, 2): the nails of each chord, the lower first."""
    choices: NDArray[np.bool_]
    """(C,): which of the chords a drawing may choose; the others only join what it has chosen."""
    about: str
    """Where the nails are, in words."""

    def chord(self, one: int, other: int) -> int:
        """The number of the chord between two nails."""
        low, high = min(one, other), max(one, other)
        return low * len(self.places) - low * (low + 1) // 2 + high - low - 1


def nails(frame: str, count: int, size: tuple[int, int]) -> Nails:
    """The nails of a frame on a canvas of (H, W)."""
    height, width = size
    inset = INSET * min(size)
    box = np.array([inset, inset]), np.array([width - inset, height - inset])
    if frame == "grid":
        return _grid(count, *box)
    places, about = _ring(count, *box) if frame == "ring" else _rectangle(count, *box)
    ends = np.stack(np.triu_indices(len(places), 1), axis=1)
    apart = places[ends[:, 0]] - places[ends[:, 1]]
    free = np.linalg.norm(apart, axis=1) > SHORT * min(size)
    if frame == "rectangle":
        # A thread along the edge would lie on the nails between.
        free &= (np.abs(apart) > 1e-6).all(axis=1)
    return Nails(places, ends, free if free.any() else np.ones_like(free), about)


def _ring(count: int, low: Floats, high: Floats) -> tuple[Floats, str]:
    angles = np.arange(count) * 2 * math.pi / count
    unit = np.stack([np.sin(angles), -np.cos(angles)], axis=1)
    return (low + high) / 2 + unit * (high - low) / 2, f"{count} nails, evenly round a ring: 1 is at the top, clockwise"


def _rectangle(count: int, low: Floats, high: Floats) -> tuple[Floats, str]:
    corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]], low])
    sides = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(sides)])
    at = np.arange(count) / count * along[-1]
    places = np.stack([np.interp(at, along, corners[:, axis]) for axis in (0, 1)], axis=1)
    return places, f"{count} nails, evenly round the edge: 1 is the top left corner, clockwise"


def _grid(count: int, low: Floats, high: Floats) -> Nails:
    wide, tall = high - low
    columns = min(count // 2, max(2, round(math.sqrt(count * wide / max(tall, 1e-9)))))
    rows = max(2, count // columns)
    y, x = (axis.ravel() for axis in np.mgrid[:rows, :columns])
    places = np.stack([np.linspace(low[0], high[0], columns)[x], np.linspace(low[1], high[1], rows)[y]], axis=1)
    ends = np.stack(np.triu_indices(len(places), 1), axis=1)
    # A chord that passes over nails is what the chords between those are together.
    free = np.gcd(np.abs(x[ends[:, 0]] - x[ends[:, 1]]), np.abs(y[ends[:, 0]] - y[ends[:, 1]])) == 1
    about = f"{len(places)} nails in {rows} rows of {columns}: 1 is at the top left, row by row, from left to right"
    return Nails(places, ends, free, about)
