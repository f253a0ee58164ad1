"""The valley of the preset `drift`: ridges behind each other at dusk, and how near each place is.

``python -m training.valley presets/inputs`` makes ``valley.png`` and ``valley-depth.png`` again. Everything is computed
here, nothing is taken from anywhere.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT = 320, 240
FINER = 3
"""Samples on each pixel's side, of the picture; the depths have none between near and far."""
SUN = (0.58, 0.33, 0.08)
"""Its place and its radius, in heights of the picture; the first a share of the width."""
SKY = ((0.16, 0.13, 0.36), (0.62, 0.27, 0.47), (0.98, 0.55, 0.40), (1.0, 0.83, 0.55))
"""From the top down to the ridges."""
STANDS = ((0.24, 0.43), (0.66, 0.8))
"""Where the nearest trees stand, as shares of the width: they leave the view and its borders open."""
ALL_BUT_BORDERS = (0.03, 0.97)
"""Where the others do: what stands at the border is what a film extends."""
Line = NDArray[np.float64]
Field = NDArray[Any]


@dataclass(frozen=True)
class Ridge:
    """A row of hills, or of trees on them."""

    base: float
    """How far down it is, as a share of the height."""
    relief: float
    """How far its hills rise and fall, likewise."""
    rough: float
    """How much more of that is in hills half as wide."""
    near: float
    """From 0, far, to 1, near."""
    colour: tuple[float, float, float]
    trees: int = 0
    """How many stand on it."""
    tall: float = 0.0
    """How tall the tallest tree is, as a share of the height."""


RIDGES = (
    Ridge(0.50, 0.12, 0.62, 0.12, (0.80, 0.46, 0.52)),
    Ridge(0.57, 0.11, 0.58, 0.26, (0.60, 0.33, 0.50)),
    Ridge(0.66, 0.10, 0.52, 0.43, (0.41, 0.24, 0.45)),
    Ridge(0.76, 0.08, 0.48, 0.62, (0.25, 0.17, 0.37), trees=46, tall=0.055),
    Ridge(0.87, 0.07, 0.45, 0.82, (0.14, 0.11, 0.27), trees=26, tall=0.13),
    Ridge(1.00, 0.05, 0.40, 1.0, (0.06, 0.05, 0.15), trees=15, tall=0.5),
)


def _hills(random: np.random.Generator, x: Line, ridge: Ridge) -> Line:
    """How far down the ridge is at each place."""
    height, weight = np.zeros_like(x), 1.0
    for octave in range(7):
        height += weight * np.sin(x * 2.2 * 2**octave * random.uniform(0.8, 1.2) + random.uniform(0, 2 * np.pi))
        weight *= ridge.rough
    return np.asarray(ridge.base - ridge.relief * height / 2.2)


def _wooded(random: np.random.Generator, x: Line, y: Field, top: Line, ridge: Ridge) -> Field:
    """Where the ridge's firs are: boughs in steps, each step wider than the one above."""
    aspect, found = WIDTH / HEIGHT, np.zeros((len(y), len(x)), bool)
    for number in range(ridge.trees):
        place = (number + random.uniform(0.1, 0.9)) / ridge.trees * aspect
        tall, steps = ridge.tall * random.uniform(0.45, 1), 4 + round(14 * ridge.tall)
        stands = STANDS if ridge.tall == max(one.tall for one in RIDGES) else (ALL_BUT_BORDERS,)
        if not any(low < place / aspect < high for low, high in stands):
            continue
        down = (y - (np.interp(place, x, top) + 0.01 - tall)) / tall
        wide = 0.6 * down + 0.4 * np.ceil(down * steps) / steps * np.mod(down * steps, 1)
        found |= (np.abs(x - place) < 0.21 * tall * wide) & (down > 0) & (down < 1.1)
    return found


def drawn(finer: int) -> tuple[Field, Field]:
    """The picture (H, W, 3) and the depths (H, W), both from 0 to 1, in `finer` samples a pixel's side."""
    random = np.random.default_rng(11)
    rows, columns = HEIGHT * finer, WIDTH * finer
    y = ((np.arange(rows) + 0.5) / rows)[:, None]
    x = (np.arange(columns) + 0.5) / rows
    share = np.clip(y / 0.62, 0, 1)
    stops = np.linspace(0, 1, len(SKY))
    sky = np.stack([np.interp(share[:, 0], stops, [colour[one] for colour in SKY]) for one in range(3)], axis=-1)
    picture = np.repeat(sky[:, None], columns, axis=1)
    away = np.hypot(x - SUN[0] * WIDTH / HEIGHT, y - SUN[1])
    glow = np.exp(-((away / 0.32) ** 2))[..., None] * 0.45
    picture = picture * (1 - glow) + np.array([1.0, 0.86, 0.62]) * glow
    picture[away < SUN[2]] = (1.0, 0.95, 0.80)
    depth = np.zeros((rows, columns))
    for ridge in RIDGES:
        top = _hills(random, x, ridge)
        below = y - top
        is_there = (below > 0) | _wooded(random, x, y, top, ridge)
        # Mist lies at the foot of each, and is lit from behind.
        mist = np.clip(below / 0.26, 0, 1)[..., None] * 0.30 * (1 - ridge.near)
        colour = np.array(ridge.colour) * (1 - mist) + np.array([0.98, 0.66, 0.52]) * mist
        picture = np.where(is_there[..., None], colour, picture)
        depth = np.where(is_there, ridge.near, depth)
    return picture, depth


def save(folder: Path) -> None:
    """Write both pictures."""
    picture, depth = drawn(FINER)
    small = picture.reshape(HEIGHT, FINER, WIDTH, FINER, 3).mean(axis=(1, 3))
    middle = depth[FINER // 2 :: FINER, FINER // 2 :: FINER]
    Image.fromarray((small * 255).round().astype(np.uint8)).save(folder / "valley.png", optimize=True)
    Image.fromarray((middle * 255).round().astype(np.uint8)).save(folder / "valley-depth.png", optimize=True)


if __name__ == "__main__":
    save(Path(sys.argv[1]))
