"""The jellyfish of the preset ``dance``: forms that swim, without an end, as an animated WebP::

python -m training.jellyfish --out presets/inputs/jellyfish.webp
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE, FINER = 192, 3
"""Pixels of a side, and how many times as many are drawn."""
PICTURES, FPS = 40, 10
STROKES = 2
"""How often it swims over the film."""
TENTACLES = 9
DEEP, LIGHT = (10, 16, 62), (24, 108, 148)
BELL, RIM, RIB, ARM = (255, 118, 108), (255, 214, 150), (255, 168, 140), (250, 150, 190)

Place = Callable[[float, float], tuple[float, float]]
"""From a place on the jellyfish to one in the picture."""


def squeezed(time: float) -> float:
    """How far the bell is drawn together, from 0 to 1: quickly, and slowly open again. `time` counts strokes."""
    share = time % 1
    return math.sin(math.pi * share / 0.35 / 2) ** 2 if share < 0.35 else math.cos(math.pi * (share - 0.35) / 1.3) ** 2


def height(time: float) -> float:
    """How high it has swum, as a share of the picture: up while it squeezes, and down again."""
    return 0.045 * math.sin(2 * math.pi * (time - 0.22))


class Jellyfish:
    """One of them, around its middle; all counts in shares of the picture."""

    def __init__(self, middle: tuple[float, float], size: float, phase: float) -> None:
        self.middle, self.size, self.phase = middle, size, phase

    def draw(self, picture: Image.Image, share: float) -> None:
        """Draw it over the picture, at this share of the film."""
        time = share * STROKES + self.phase
        tilt = 0.16 * math.sin(2 * math.pi * (share + self.phase))
        x = self.middle[0] + 0.05 * math.sin(2 * math.pi * (share + self.phase) + 0.6)
        y = self.middle[1] - height(time) * self.size * 1.9
        wide, tall = (0.27 - 0.075 * squeezed(time)) * self.size, (0.2 + 0.06 * squeezed(time)) * self.size
        side = picture.width

        def at(u: float, v: float) -> tuple[float, float]:
            """A place, from the middle of the rim, in the picture's pixels."""
            cosine, sine = math.cos(tilt), math.sin(tilt)
            return (x + u * cosine - v * sine) * side, (y + u * sine + v * cosine) * side

        pen = ImageDraw.Draw(picture)
        for number in range(TENTACLES):
            self._tentacle(pen, at, time, 2 * number / (TENTACLES - 1) - 1, wide, side)
        dome = [at(-wide * math.cos(a), -tall * math.sin(a)) for a in np.linspace(0, math.pi, 60)]
        rim = [
            at(wide * u, 0.028 * self.size * (1 - u * u) + 0.012 * self.size * math.cos(9 * math.pi * u))
            for u in np.linspace(1, -1, 60)
        ]
        pen.polygon(dome + rim, fill=BELL)
        for u in (-0.66, -0.33, 0, 0.33, 0.66):
            rib = [at(wide * u * math.sin(a), -tall * 0.86 * math.cos(a)) for a in np.linspace(0.25, 1.45, 20)]
            pen.line(rib, fill=RIB, width=round(0.017 * self.size * side), joint="curve")
        pen.line(rim, fill=RIM, width=round(0.022 * self.size * side), joint="curve")
        shine = [at(-wide * 0.62 * math.cos(a), -tall * 0.8 * math.sin(a)) for a in np.linspace(0.75, 1.25, 12)]
        pen.line(shine, fill=(255, 240, 225), width=round(0.02 * self.size * side), joint="curve")

    def _tentacle(self, pen: ImageDraw.ImageDraw, at: Place, time: float, place: float, wide: float, side: int) -> None:
        """Its waves run down it, and it trails behind."""
        length = (
            (0.46 if round(place * 4) % 2 == 0 else 0.34)
            * self.size
            * (1 + 0.12 * math.sin(2 * math.pi * (time - 0.1)))
        )
        points: list[tuple[float, float]] = []
        for down in np.linspace(0, 1, 40):
            wave = 0.045 * self.size * down**0.7 * math.sin(2 * math.pi * (1.15 * down - time) + 1.3 * place)
            points.append(at(wide * 0.86 * place * (1 - 0.25 * down) + wave, length * down))
        for number, (one, other) in enumerate(pairwise(points)):
            thick = max(2, round((0.026 - 0.018 * number / 40) * self.size * side))
            pen.line([one, other], fill=ARM, width=thick)
            pen.ellipse(
                [other[0] - thick / 2, other[1] - thick / 2, other[0] + thick / 2, other[1] + thick / 2], fill=ARM
            )


def pictures() -> Iterator[Image.Image]:
    """The film, whose last picture leads into its first."""
    side = SIZE * FINER
    y = np.linspace(0, 1, side)[:, None, None]
    x = np.linspace(-1, 1, side)[None, :, None]
    glow = np.exp(-((x * 0.9) ** 2) * 1.6) * (1 - y) ** 1.1
    water = np.asarray(DEEP) * (1 - glow) + np.asarray(LIGHT) * glow
    small, large = Jellyfish((0.79, 0.3), 0.42, 0.45), Jellyfish((0.43, 0.4), 1.2, 0)
    for number in range(PICTURES):
        picture = Image.fromarray(np.broadcast_to(water, (side, side, 3)).round().astype(np.uint8))
        small.draw(picture, number / PICTURES)
        picture = picture.filter(ImageFilter.GaussianBlur(FINER))
        large.draw(picture, number / PICTURES)
        yield picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    first, *rest = pictures()
    lasts = [round((number + 1) * 1000 / FPS) - round(number * 1000 / FPS) for number in range(PICTURES)]
    first.save(parser.parse_args().out, save_all=True, append_images=rest, duration=lasts, loop=0, quality=54, method=6)


if __name__ == "__main__":
    main()
