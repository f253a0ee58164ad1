"""Draw the style pictures of the filter `painting`, from nothing but random numbers::

    python -m training.style_pictures

Each is a sheet of brush strokes, dots, ink or glass; the seeds are in the table at the end. A minute on a slow core.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from artgen_painting.style import picture_of

SIDE = 768
"""Pixels of a side while it is drawn; a third of them are left."""
Array = NDArray[Any]
Points = list[tuple[float, float]]
Colours = tuple[str, ...]


def field(random: Generator, cells: float, octaves: int) -> Array:
    """(SIDE, SIDE) in [0, 1]: smooth noise, each octave twice as fine as the one before and half as strong."""
    whole = np.zeros((SIDE, SIDE))
    for octave in range(octaves):
        count = int(cells * 2**octave) + 2
        coarse = random.normal(size=(count, count)).astype("f4")
        whole += np.asarray(Image.fromarray(coarse).resize((SIDE, SIDE), Image.Resampling.BICUBIC)) / 2**octave
    whole -= whole.min()
    scaled: Array = whole / whole.max()
    return scaled


def mixed(colours: Colours, share: Array | float) -> Array:
    """(..., 3) in 0 to 255: the colour at each share of the way from the first to the last."""
    table = np.array([[int(colour[at : at + 2], 16) for at in (0, 2, 4)] for colour in colours], float)
    place = np.clip(share, 0, 1) * (len(table) - 1)
    below = np.minimum(np.asarray(place).astype(int), len(table) - 2)
    rest = np.asarray(place - below)[..., None]
    blend: Array = table[below] * (1 - rest) + table[below + 1] * rest
    return blend


def picture(values: Array) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype("u1"))


def at(values: Array, x: float, y: float) -> float:
    return float(values[int(np.clip(y, 0, SIDE - 1)), int(np.clip(x, 0, SIDE - 1))])


def path(angles: Array, x: float, y: float, count: int, step: float) -> Points:
    """The way that a brush takes which follows the angles."""
    points = [(x, y)]
    for _ in range(count):
        angle = at(angles, x, y)
        x, y = x + math.cos(angle) * step, y + math.sin(angle) * step
        points.append((x, y))
    return points


def bristles(draw: ImageDraw.ImageDraw, points: Points, width: float, colour: Array, random: Generator) -> None:
    """A stroke of six bristles that lie side by side, each of a slightly other colour, and meet at both ends."""
    way = np.array(points)
    along = np.gradient(way, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    across /= np.linalg.norm(across, axis=1, keepdims=True) + 1e-6
    spread = np.sin(np.linspace(0.15, math.pi - 0.1, len(way)))[:, None] ** 0.5
    for number in range(6):
        offset = (number + 0.5) / 6 - 0.5
        shade = np.clip(colour + random.normal() * 16 + offset * 28, 0, 255)
        line = [(float(x), float(y)) for x, y in way + across * offset * width * spread]
        draw.line(line, fill=_rgb(shade), width=max(1, int(width / 6 * 1.35)), joint="curve")


def _rgb(colour: Array) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in colour)
    return red, green, blue


def oil(
    random: Generator, colours: Colours, width: float, count: int, swirl: float = 1, cells: float = 3
) -> Image.Image:
    """Thick strokes that follow a swirling field, broad ones first."""
    image = Image.new("RGB", (SIDE, SIDE), _rgb(mixed(colours, 0.0)))
    draw = ImageDraw.Draw(image)
    light, angles = field(random, cells, 3), field(random, 2, 2) * math.pi * 2.2 * swirl
    shares = field(random, cells, 2)
    for number in range(count):
        x, y = random.uniform(-20, SIDE + 20, 2)
        colour = mixed(colours, at(shares, x, y) + random.normal() * 0.09) + (at(light, x, y) - 0.5) * 64
        size = width * (1.4 if number < count * 0.4 else 1 if number < count * 0.75 else 0.55)
        bristles(draw, path(angles, x, y, 9, size * 0.42), size, colour, random)
    return image


def ink(random: Generator) -> Image.Image:
    """Washes with dark rims, brush strokes that swell and fade, and spatters, on cream."""
    share, wash = field(random, 3, 4), field(random, 2, 2)
    pool = np.clip((share - 0.45) * 6, 0, 1) * (0.25 + 0.5 * wash)
    rim = np.exp(-(((share - 0.45) / 0.012) ** 2))
    paper = np.array([240, 234, 220.0]) - pool[..., None] * np.array([190, 185, 170]) - rim[..., None] * 55
    image = picture(paper)
    draw = ImageDraw.Draw(image)
    angles = field(random, 2, 2) * math.pi * 2
    for _ in range(130):
        x, y = random.uniform(0, SIDE, 2)
        width = abs(random.normal()) * 9 + 2
        points = path(angles, x, y, int(random.uniform(8, 30)), 9)
        grey = int(random.uniform(15, 70))
        for number, (left, top) in enumerate(points):
            swelling = math.sin(math.pi * (number + 0.7) / (len(points) + 0.6))
            _dot(draw, left, top, width * swelling * random.uniform(0.8, 1.1), (grey, grey, grey + 5))
    for _ in range(700):
        x, y = random.uniform(0, SIDE, 2)
        _dot(draw, x, y, abs(random.normal()) * 1.6 + 0.4, (50, 48, 48))
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(1)), float)
    return picture(soft + random.normal(size=(SIDE, SIDE, 1)) * 5)


def _dot(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: tuple[int, int, int]) -> None:
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)


def points(random: Generator, colours: Colours) -> Image.Image:
    """Dots side by side, every fifth of the opposite colour."""
    image = Image.new("RGB", (SIDE, SIDE), (236, 226, 200))
    draw = ImageDraw.Draw(image)
    shares = field(random, 3, 2)
    for _ in range(14_000):
        x, y = random.uniform(0, SIDE, 2)
        share = at(shares, x, y) if random.random() > 0.22 else 1 - at(shares, x, y)
        colour = np.clip(mixed(colours, share + random.normal() * 0.1) + random.normal(size=3) * 14, 0, 255)
        _dot(draw, x, y, 9 * random.uniform(0.6, 1.15), _rgb(colour))
    return image


def glass(random: Generator, colours: Colours) -> Image.Image:
    """Panes of colour between leads: the cells of a Voronoi diagram."""
    seeds = random.uniform(0, SIDE, (110, 2))
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    distances = np.sqrt(np.stack([(x - left) ** 2 + (y - top) ** 2 for left, top in seeds]))
    nearest, second = np.partition(distances, 1, axis=0)[:2]
    panes = mixed(colours, random.random(len(seeds))) * random.uniform(0.7, 1.15, (len(seeds), 1))
    lit = panes[distances.argmin(axis=0)] * (0.8 + 0.4 * field(random, 12, 3)[..., None])
    return picture(lit * np.clip((second - nearest - 7) / 3, 0.06, 1)[..., None])


def cutout(random: Generator, colours: Colours) -> Image.Image:
    """Shapes of painted paper, one over the other."""
    sheet = np.ones((SIDE, SIDE, 3)) * mixed(colours, 0.0)
    for _ in range(16):
        shape = field(random, 3, 1) > random.uniform(0.6, 0.75)
        colour = mixed(colours, random.integers(len(colours)) / (len(colours) - 1))
        sheet = np.where(shape[..., None], colour + random.normal(size=(SIDE, SIDE, 1)) * 4, sheet)
    return picture(sheet).filter(ImageFilter.GaussianBlur(1))


NIGHT = ("0b1440", "173a8c", "2f6fc4", "7fb3dc", "e9d66b", "f6b53c")
HARVEST = ("2f5d2c", "6f8f2f", "c9b33a", "f2cf4a", "e88b2c", "a3401f")
MEADOW = ("27496d", "3f7d6b", "7fae5e", "e0cf7a", "e58f65", "b5485d")
ROSE = ("3a2440", "7d3b62", "c96a7b", "f0b39a", "f7e3c4", "9fc0c4")
FAUVE = ("123f8f", "0f8f6f", "3fae49", "f4d03a", "f07f2e", "d8283f", "f39ac0")
SEA = ("06263f", "0d5c75", "1f9aa0", "7fd0c0", "e8f3e0", "f2c48a")
SUN = ("1f3b5c", "5b6f9c", "b58bb0", "f0a67a", "f7d27a", "fff0c8")
PANES = ("0f3f8c", "1f8a70", "f2b632", "d9432f", "6d2b7a", "1f3f8c")
PAPER = ("f4ead5", "e4572e", "17bebb", "ffc914", "2e282a", "76b041")

STYLES: Mapping[str, tuple[int, Callable[[Generator], Image.Image]]] = {
    "night": (1, lambda random: oil(random, NIGHT, 22, 3200, swirl=1.6)),
    "harvest": (2, lambda random: oil(random, HARVEST, 24, 2600, swirl=0.7)),
    "meadow": (3, lambda random: oil(random, MEADOW, 34, 1800)),
    "rose": (4, lambda random: oil(random, ROSE, 18, 4200)),
    "ink": (5, ink),
    "points": (7, lambda random: points(random, SUN)),
    "glass": (9, lambda random: glass(random, PANES)),
    "cutout": (12, lambda random: cutout(random, PAPER)),
    "fauve": (21, lambda random: oil(random, FAUVE, 30, 2400, swirl=1.1, cells=4)),
    "sea": (22, lambda random: oil(random, SEA, 20, 3600, swirl=1.2)),
}
"""The seed of each style, and what draws it."""


def main(place: Callable[[str], Path] = picture_of) -> None:
    for name, (seed, draw) in STYLES.items():
        sheet = draw(np.random.default_rng(seed))
        sheet.resize((SIDE // 3,) * 2, Image.Resampling.LANCZOS).save(place(name), quality=88)


if __name__ == "__main__":
    main()
