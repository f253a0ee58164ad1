"""Places of the heights: mountains, with or without snow, and a volcano."""

from __future__ import annotations

import math

import numpy as np

from artgen_drawings.ground import shapes, things
from artgen_drawings.ground.colours import mix, rgb
from artgen_drawings.ground.scene import Scene, height_of, land, mist, rolling, sky
from artgen_drawings.ground.shapes import Array, Curve, Fade

# It glows: no time of day changes it. From the hottest to the coolest.
LAVA = ("#FFF0A0", "#FFC14D", "#FF8534", "#E2502B")


def mountain(scene: Scene) -> None:
    _mountains(scene, snowy=False)


def snowy_mountain(scene: Scene) -> None:
    _mountains(scene, snowy=True)


def _mountains(scene: Scene, snowy: bool) -> None:
    rock, leaves = scene.colours("rock"), scene.colours("leaves")
    floor, white = scene.colours("snow" if snowy else "grass"), scene.colours("snow")
    sky(scene, 0.66)
    range_of_peaks(scene, 0.68, rock, white if snowy or scene.random.random() < 0.35 else None)
    mist(scene, 0.66, 0.2, 0.5)
    for height, air in ((0.64, 0.4), (0.71, 0.16)):
        ridge = rolling(scene, height, 0.04, 1.1)
        for _ in range(scene.many(13)):
            x = scene.aside(0.1 if air > 0.3 else 0.34)
            pair = (scene.far(leaves[1], air), scene.far(leaves[2], air))
            cap = scene.far(white[0], air) if snowy else None
            things.pine(
                scene, x, height_of(ridge, x) + 0.015, scene.random.uniform(0.09, 0.15) * (1.5 - air), pair, cap
            )
        tones = (
            [scene.far(floor[0], air), scene.far(floor[1], air)]
            if snowy
            else [scene.far(floor[1], air), scene.far(floor[2], air)]
        )
        land(scene, ridge, tones, 0.24)
    land(scene, rolling(scene, 0.8, 0.04, 1.6), [floor[0], floor[1]], 0.22)
    front = rolling(scene, 0.955, 0.03, 1.4)
    land(scene, front, [floor[0], floor[1]] if snowy else [mix(floor[1], floor[2], 0.5), floor[2]], 0.12)
    if not snowy:
        things.fringe(scene, front, floor[3], 8, flowers=scene.random.random() < 0.5)


def range_of_peaks(scene: Scene, foot: float, rock: list[Array], white: list[Array] | None) -> None:
    """A far row of peaks, then nearer ones, the tallest on the side that sun and moon leave free."""
    random = scene.random
    for low, high, air, step in ((0.24, 0.36, 0.55, 0.42), (0.14, 0.4, 0.2, 0.62)):
        count = max(2, round(scene.w / step))
        lofty = scene.beside(1 - scene.side, 0.2, 0.36)
        row = sorted(
            (scene.w * (i + random.uniform(0.25, 0.75)) / count, random.uniform(low + 0.1, high)) for i in range(count)
        )
        if air < 0.5:
            row = [(x, top) for x, top in row if abs(x - lofty) > step * 0.5] + [(lofty, low + random.uniform(0, 0.05))]
        for x, top in row:
            tall = (foot - top) * scene.h
            tones = [scene.far(colour, air) for colour in rock]
            cap = [scene.far(colour, air * 0.7) for colour in white] if white else None
            _peak(scene, x, scene.at(top), scene.at(foot), tall * random.uniform(0.85, 1.05), tones[:3], cap)


def volcano(scene: Scene) -> None:
    ash, lava, random = scene.colours("ash"), [rgb(text) for text in LAVA], scene.random
    sky(scene, 0.66, clouds=False)
    top, foot = scene.at(0.3), scene.at(0.7)
    x = scene.w * (0.5 + (0.5 - scene.side) * random.uniform(0.1, 0.24))
    for i in range(9):
        drift = (0.5 - scene.side) * 0.16 * i
        puff = shapes.circle(x + drift * 0.4 + random.uniform(-0.03, 0.03), top - 0.02 - i * 0.032, 0.045 + i * 0.011)
        scene.canvas.fill(puff, mix(scene.far(ash[1], 0.45), scene.haze, i * 0.05), 0.9)
    scene.canvas.glow((x, top), 0.34, lava[2], 0.7)
    land(scene, rolling(scene, 0.6, 0.06, 0.8), [scene.far(ash[1], 0.5), scene.far(ash[2], 0.4)], 0.2)
    _cone(scene, x, top, foot, [scene.far(colour, 0.12) for colour in ash], lava)
    land(scene, rolling(scene, 0.69, 0.04, 1.0), [scene.far(ash[2], 0.12), ash[2]], 0.2)
    land(scene, rolling(scene, 0.78, 0.03, 1.4), [ash[1], ash[2]], 0.24)
    for _ in range(scene.many(3)):
        at, y, wide = scene.aside(0.4), scene.at(random.uniform(0.84, 0.93)), random.uniform(0.06, 0.12)
        scene.canvas.glow((at, y), wide * 1.6, lava[2], 0.45)
        scene.canvas.fill(shapes.ellipse(at, y, wide, wide * 0.13), lava[3])
        scene.canvas.fill(shapes.ellipse(at, y + wide * 0.012, wide * 0.86, wide * 0.085), lava[1])
    land(scene, rolling(scene, 0.97, 0.03, 1.2), [ash[2], ash[3]], 0.1)


def _cone(scene: Scene, x: float, top: float, foot: float, ash: list[Array], lava: list[Array]) -> None:
    tall, mouth, random = foot - top, 0.075, scene.random
    shape = shapes.below(lambda u: top + 1.42 * tall * (1 - 1 / (1 + (abs(u - x) - mouth).clip(0) / 0.19)), top - 0.01)
    scene.canvas.fill(shape, Fade(top, foot, [ash[1], ash[2]]))
    shade = shapes.right_of(lambda v: x + 0.02 * np.sin((v - top) * 21) + (0.5 - scene.side) * 0.5 * (v - top))
    lit_side = shape - shade if scene.side == 0 else shape & shade
    scene.canvas.fill(lit_side, Fade(top, foot, [ash[0], ash[1]]), 0.5)
    for lean in (-0.55, -0.05, 0.5):
        length, start = tall * random.uniform(0.35, 0.75), x + lean * mouth
        bends = [
            (start + lean * k * 0.07 + 0.014 * math.sin(k * 1.9 + lean * 5), top - 0.004 + length * k / 5)
            for k in range(6)
        ]
        scene.canvas.fill(shapes.path(bends, 0.05, 0.012) & shape, lava[3])
        scene.canvas.fill(shapes.path(bends, 0.028, 0.005) & shape, lava[1])
    scene.canvas.fill(shapes.ellipse(x, top + 0.002, mouth * 1.02, 0.015), lava[3])
    scene.canvas.fill(shapes.ellipse(x, top + 0.001, mouth * 0.8, 0.009), lava[0])


def _peak(
    scene: Scene, x: float, top: float, foot: float, half: float, colours: list[Array], snow: list[Array] | None = None
) -> None:
    """A mountain with a ragged outline, a lit and a shaded face, and a cap of snow if wanted."""
    canvas, tall = scene.canvas, foot - top
    shape = shapes.below(_outline(scene, x, top, half, tall), top - 0.01)
    shape &= shapes.box(x - half, top, x + half, foot + 0.5)
    slant, rag = (-0.18 if scene.side else 0.18) * half / tall, _zigzag(scene, half * 0.12, tall * 0.22)
    face = (shapes.left_of if scene.side else shapes.right_of)(lambda v: x + (v - top) * slant + rag(v - top))
    canvas.fill(shape, Fade(top, foot, [colours[0], colours[1]]))
    canvas.fill(shape & face, Fade(top, foot, [colours[2], mix(colours[1], colours[2], 0.4)]))
    if snow:
        hem = _zigzag(scene, tall * 0.07, half * 0.22)
        cap = shape & shapes.above(lambda u: top + tall * 0.3 + hem(u - x))
        canvas.fill(cap, snow[0])
        canvas.fill(cap & face, snow[2])


def _outline(scene: Scene, x: float, top: float, half: float, tall: float) -> Curve:
    """The slopes of a mountain, steep at the top, with a shoulder on each side."""
    wander = scene.random.uniform
    left = [(-1, 1), (-0.62, wander(0.55, 0.66)), (-0.48, wander(0.5, 0.56)), (-0.2, 0.2), (-0.1, 0.13)]
    right = [(0.09, 0.14), (0.16, wander(0.16, 0.2)), (0.45, wander(0.4, 0.5)), (0.56, wander(0.54, 0.6)), (1, 1)]
    across, down = np.array([*left, (0, 0), *right]).T
    return lambda u: np.interp(u, x + across * half, top + down * tall)


def _zigzag(scene: Scene, size: float, length: float) -> Curve:
    turns = np.arange(-40, 41) * length * 0.5
    sizes = np.array([(-1) ** i * size * scene.random.uniform(0.5, 1) for i in range(81)])
    return lambda u: np.interp(u, turns, sizes)
