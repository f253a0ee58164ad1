"""A scene in the making: its canvas, its chances, its light, and the sky that most scenes begin with."""

from __future__ import annotations

import math
from random import Random

import numpy as np

from artgen_drawings.ground import shapes
from artgen_drawings.ground.colours import MATTER, SKIES, lit, mix, rgb
from artgen_drawings.ground.shapes import Array, Canvas, Curve, Fade, Shape

SNOW = ("snow", "snowy forest", "snowy mountain")
# Where the sky is open down to the horizon, lightning is seen whole.
OPEN = ("meadow", "hills", "snow", "sea", "beach", "desert", "volcano", "sky", "road", "garden")
# The share of a colour that the time of day leaves as it is, where there are lamps or no daylight falls.
KEPT = {"room": 0.3, "stage": 0.65, "space": 0.62, "underwater": 0.55}


class Scene:
    """What the painter of a place has at hand; heights are shares of the canvas, lengths are in units."""

    def __init__(self, place: str, time: str, size: tuple[int, int], seed: int) -> None:
        self.canvas, self.random = Canvas(size), Random(seed)
        self.place, self.time = place, time
        self.w, self.h = self.canvas.w, self.canvas.h
        self.sky = self.random.choice(SKIES[time])
        self.side = self.random.choice((0, 1))  # where sun or moon stand; heavy things stand on the other side
        self.haze = rgb(self.sky.low)
        self.disc_x = self.beside(self.side, 0.14, 0.3)
        self._rows: dict[str, list[Array]] = {}

    def colours(self, matter: str) -> list[Array]:
        """One row of a palette, the same for the whole scene, in the light of its time."""
        if matter not in self._rows:
            row = self.random.choice(MATTER[matter])
            self._rows[matter] = [self.lit(text) for text in row]
        return self._rows[matter]

    def lit(self, text: str) -> Array:
        return lit(rgb(text), self.time, self.sky, KEPT.get(self.place, 0.0))

    def far(self, colour: Array, share: float) -> Array:
        """A colour seen through a share of air."""
        return mix(colour, self.haze, share)

    def at(self, height: float) -> float:
        return height * self.h

    def across(self, low: float, high: float) -> float:
        """A place between two shares of the width."""
        return self.w * self.random.uniform(low, high)

    def beside(self, side: int, low: float, high: float) -> float:
        """A place between two shares of the width, counted from the left (0) or right (1) edge."""
        x = self.random.uniform(low, high)
        return self.w * (1 - x if side else x)

    def aside(self, gap: float = 0.3) -> float:
        """A place anywhere but in the middle `gap` of the width."""
        return self.beside(self.random.choice((0, 1)), -0.02, 0.5 - gap / 2)

    def many(self, density: float) -> int:
        """How many things of a density a unit of width."""
        return max(1, round(density * self.w))


def sky(scene: Scene, horizon: float, clouds: bool = True, disc: bool = True) -> None:
    canvas, colours = scene.canvas, scene.sky
    stops = [rgb(colours.top), rgb(colours.middle), rgb(colours.low)]
    canvas.fill(shapes.everywhere(), Fade(0, scene.at(horizon), stops))
    if scene.time == "night":
        stars(scene, horizon, 55)
    if disc and scene.time != "storm":
        sun_or_moon(scene, horizon)
    if scene.time == "storm":
        storm_clouds(scene, horizon)
    elif clouds:
        for x, y, width in cloud_places(scene, horizon):
            cloud(scene, x, y, width)


def sun_or_moon(scene: Scene, horizon: float) -> None:
    canvas, night = scene.canvas, scene.time == "night"
    colour = rgb(scene.sky.disc)
    x, y = scene.disc_x, scene.at(horizon) * scene.random.uniform(0.24, 0.42)
    radius = scene.random.uniform(0.055, 0.07)
    if scene.time == "sunset":
        radius, y = radius * 1.7, scene.at(horizon) * scene.random.uniform(0.66, 0.8)
    canvas.glow((x, y), radius * (5 if night else 6), colour, 0.35 if night else 0.55)
    if scene.time == "sunset":
        canvas.fill(shapes.circle(x, y, radius * 1.45), colour, 0.22)
    shape = shapes.circle(x, y, radius)
    if night and scene.random.random() < 0.5:
        shape -= shapes.circle(x + radius * 0.5, y - radius * 0.3, radius * 0.85)
        canvas.fill(shape, colour)
        return
    canvas.fill(shape, colour)
    if night:
        for dx, dy, size in ((-0.35, -0.2, 0.24), (0.3, 0.3, 0.3), (0.25, -0.42, 0.15), (-0.25, 0.48, 0.13)):
            spot = shapes.circle(x + dx * radius, y + dy * radius, size * radius)
            canvas.fill(spot, mix(colour, rgb(scene.sky.middle), 0.16))


def stars(scene: Scene, horizon: float, density: float) -> None:
    random, white = scene.random, mix(rgb("#FFFFFF"), rgb(scene.sky.low), 0.2)
    for _ in range(round(density * scene.w * scene.h * horizon)):
        x, y = scene.across(0, 1), scene.at(horizon) * random.random() ** 1.3
        if scene.place != "space" and abs(x - scene.disc_x) < 0.08:
            continue
        radius = random.choice((0.0022, 0.0022, 0.003, 0.003, 0.0042))
        scene.canvas.fill(shapes.circle(x, y, radius), white, random.uniform(0.45, 0.95))
    for _ in range(round(density * scene.w * scene.h / 12)):
        x, y, radius = scene.across(0, 1), scene.at(horizon) * random.uniform(0, 0.7), random.uniform(0.01, 0.018)
        if scene.place == "space" or abs(x - scene.disc_x) > 0.1:
            sparkle(scene, x, y, radius)


def sparkle(scene: Scene, x: float, y: float, radius: float) -> None:
    """A star with four points."""
    waist = radius * 0.2
    up = shapes.convex((x, y - radius), (x + waist, y), (x, y + radius), (x - waist, y))
    flat = shapes.convex((x - radius * 0.8, y), (x, y - waist), (x + radius * 0.8, y), (x, y + waist))
    scene.canvas.fill(up | flat, rgb("#FFF8E0"), 0.9)


def cloud_places(scene: Scene, horizon: float) -> list[tuple[float, float, float]]:
    """x, y and width of clouds that do not hide each other nor stand before the middle."""
    random, steps = scene.random, max(2, round(scene.w * 1.7))
    places = []
    for step in range(steps):
        if step == steps // 2 and steps > 2 and random.random() < 0.5:
            continue
        x = scene.w * (step + random.uniform(0.15, 0.85)) / steps
        if scene.time == "night" and abs(x - scene.disc_x) < 0.16:
            continue
        places.append((x, scene.at(horizon) * random.uniform(0.14, 0.62), random.uniform(0.14, 0.3)))
    return places


def cloud(scene: Scene, x: float, y: float, width: float, opacity: float = 1.0) -> None:
    """Round heaps on an even base, lit from above."""
    random = scene.random
    base, left = y + width * 0.1, x - width / 2
    heaps = [shapes.box(left, base - width * 0.13, left + width, base, width * 0.064)]
    lean = random.uniform(0.36, 0.62)
    for share, radius in ((lean, 0.21), (lean - 0.2, 0.14), (lean + 0.2, 0.15), (lean + 0.31, 0.09)):
        size = width * radius * random.uniform(0.9, 1.1)
        heaps.append(shapes.circle(left + width * share, base - width * 0.06 - size * 0.5, size))
    shape = shapes.union(heaps) & shapes.box(left, y - width, left + width * 1.2, base)
    fade = Fade(base - width * 0.36, base, [rgb(scene.sky.cloud), rgb(scene.sky.cloud), rgb(scene.sky.shade)])
    scene.canvas.fill(shape, fade, opacity)


def storm_clouds(scene: Scene, horizon: float) -> None:
    """Two heavy layers of cloud under the upper edge, and at times a bolt."""
    random, canvas = scene.random, scene.canvas
    low, dark = rgb(scene.sky.cloud), rgb(scene.sky.shade)
    if scene.place in OPEN and random.random() < 0.7:
        bolt(scene, scene.beside(scene.side, 0.12, 0.28), scene.at(horizon * 0.22), scene.at(horizon * 0.72))
    for level, colour, shade in ((0.3, low, dark), (0.15, mix(dark, low, 0.4), mix(dark, rgb("#232B3C"), 0.3))):
        heaps, x = [shapes.box(-1, -1, scene.w + 1, scene.at(horizon * level))], -0.05
        while x < scene.w + 0.1:
            radius = random.uniform(0.07, 0.13)
            heaps.append(shapes.circle(x, scene.at(horizon * level) + radius * random.uniform(-0.4, 0.1), radius))
            x += radius * random.uniform(1.1, 1.5)
        canvas.fill(shapes.union(heaps), Fade(0, scene.at(horizon * level) + 0.12, [shade, colour]))


def bolt(scene: Scene, x: float, top: float, bottom: float) -> None:
    tall, colour = bottom - top, rgb(scene.sky.disc)
    upper = ((0.1, 0), (0.3, 0), (0.16, 0.38), (0.1, 0.54), (-0.1, 0.54))
    lower = ((0.16, 0.38), (0.3, 0.38), (-0.08, 1), (0.04, 0.54))
    halves = [shapes.convex(*((x + u * tall * 0.75, top + v * tall) for u, v in part)) for part in (upper, lower)]
    scene.canvas.glow((x, top + tall / 2), tall * 0.9, colour, 0.35)
    scene.canvas.fill(shapes.union(halves), colour)


def weather(scene: Scene) -> None:
    """What falls before everything: snow in snowy places, rain in a storm."""
    random, canvas = scene.random, scene.canvas
    area = scene.w * scene.h
    if scene.place in SNOW:
        for _ in range(round(area * (110 if scene.time == "storm" else 45))):
            flake = shapes.circle(scene.across(0, 1), scene.at(random.random()), random.uniform(0.003, 0.0075))
            canvas.fill(flake, scene.lit("#FFFFFF"), random.uniform(0.5, 0.9))
    elif scene.time == "storm":
        colour = mix(rgb(scene.sky.low), rgb("#FFFFFF"), 0.4)
        for _ in range(round(area * 75)):
            x, y, length = scene.across(0, 1.1), scene.at(random.random()), random.uniform(0.03, 0.06)
            canvas.fill(shapes.stroke((x, y), (x - length * 0.3, y + length), 0.004), colour, 0.35)


def rolling(scene: Scene, height: float, rise: float, length: float) -> Curve:
    """A soft ridge about a height of the canvas: `rise` units up and down, its hills `length` units long."""
    waves = [(scene.random.uniform(0, math.tau), share) for share in (1.0, 0.45, 0.16)]
    middle, stretch = scene.at(height), scene.random.uniform(0.85, 1.15)

    def curve(x: Array) -> Array:
        y = middle + np.zeros_like(x)
        for i, (phase, share) in enumerate(waves):
            y += rise / 1.6 * share * np.sin(math.tau * x / length * stretch * (1, 1.9, 4.1)[i] + phase)
        return y

    return curve


def height_of(curve: Curve, x: float) -> float:
    return float(curve(np.array([x]))[0])


def land(scene: Scene, curve: Curve, colours: list[Array], depth: float, rise: float = 0.3) -> Shape:
    """Everything under a ridge, its crest lighter than what lies `depth` units below; gives the shape."""
    crest = float(curve(np.linspace(0, scene.w, 64)).min())
    shape = shapes.below(curve, crest - 0.02)
    scene.canvas.fill(shape, Fade(crest, crest + depth, colours))
    return shape


def mist(scene: Scene, height: float, thickness: float, strength: float) -> None:
    """Air that lies in a valley."""
    middle = scene.at(height)
    band = shapes.box(-9, middle - thickness / 4, 99, middle + thickness / 4)
    scene.canvas.fill(band, scene.haze, strength, soft=thickness)
