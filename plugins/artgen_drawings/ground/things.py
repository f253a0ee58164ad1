"""The small things of a ground: trees, tufts, flowers, peaks, houses; each stands with its foot at (x, y)."""

from __future__ import annotations

import math

import numpy as np

from artgen_drawings.ground import shapes
from artgen_drawings.ground.colours import mix, rgb
from artgen_drawings.ground.scene import Scene, height_of
from artgen_drawings.ground.shapes import Array, Curve, Fade, Shape


def pine(
    scene: Scene, x: float, y: float, tall: float, colours: tuple[Array, Array], snow: Array | None = None
) -> None:
    """Three tiers, light on one side; `snow` lies on each of them."""
    canvas, half = scene.canvas, tall * 0.24
    canvas.fill(
        shapes.box(x - tall * 0.03, y - tall * 0.16, x + tall * 0.03, y + tall * 0.01), mix(*colours, 1.3).clip(0, 1)
    )
    for low, high, wide in ((0.12, 0.56, 1.0), (0.36, 0.79, 0.78), (0.6, 1.0, 0.55)):
        top, foot, reach = y - tall * high, y - tall * low, half * wide
        r = tall * 0.012
        tier = shapes.convex(
            (x, top), (x + reach, foot), (x + reach * 0.5, foot + r), (x - reach * 0.5, foot + r), (x - reach, foot)
        )
        canvas.fill(tier, Fade(top, foot, [colours[0], mix(*colours, 0.55)]))
        canvas.fill(tier & _side_of(scene, x), colours[1], 0.45)
        if snow is not None:
            cap, rim = top + (foot - top) * 0.5, reach * 0.5
            drops = [shapes.circle(x + rim * k, cap - rim * 0.12, rim * 0.36) for k in (-0.62, 0.0, 0.62)]
            canvas.fill(shapes.union([shapes.convex((x, top - r), (x + rim, cap), (x - rim, cap)), *drops]), snow)


def _side_of(scene: Scene, x: float) -> Shape:
    return shapes.box(x, -9, 99, 99) if scene.side == 0 else shapes.box(-99, -9, x, 99)


def leafy(scene: Scene, x: float, y: float, tall: float, colours: tuple[Array, Array], bark: Array) -> None:
    """A round tree: a forked trunk, a crown of heaps, its sunny side lighter."""
    canvas, random = scene.canvas, scene.random
    middle, radius = y - tall * 0.66, tall * 0.26
    trunk = shapes.stroke((x, y), (x, middle), tall * 0.085, tall * 0.05)
    twig = shapes.stroke((x, y - tall * 0.28), (x + tall * 0.13, middle), tall * 0.035)
    foot = shapes.box(x - tall, -9, x + tall, y)
    canvas.fill((trunk | twig) & foot, bark)
    heaps = []
    for turn in range(6):
        angle = math.tau * (turn + random.uniform(-0.2, 0.2)) / 6
        at = (x + math.cos(angle) * radius * 0.62, middle + math.sin(angle) * radius * 0.55)
        heaps.append(shapes.circle(*at, radius * random.uniform(0.58, 0.72)))
    crown = shapes.union([*heaps, shapes.circle(x, middle, radius * 0.7)])
    canvas.fill(crown, colours[1])
    lean = radius * (0.24 if scene.side else -0.24)
    sunny = shapes.union([shapes.moved(heap, lean, -radius * 0.22) for heap in heaps[2:]]) & crown
    canvas.fill(sunny, colours[0])


def bush(scene: Scene, x: float, y: float, wide: float, colours: tuple[Array, Array]) -> None:
    heaps = [
        shapes.circle(x + wide * k, y - wide * r * 0.35, wide * r) for k, r in ((-0.3, 0.22), (0, 0.32), (0.3, 0.24))
    ]
    shape = shapes.union(heaps) & shapes.box(x - wide, -9, x + wide, y)
    scene.canvas.fill(shape, Fade(y - wide * 0.42, y, list(colours)))


def tuft(scene: Scene, x: float, y: float, tall: float, colour: Array) -> None:
    random = scene.random
    blades = []
    for lean in (-0.55, -0.2, 0.15, 0.5):
        tip = (x + tall * (lean + random.uniform(-0.1, 0.1)), y - tall * (1 - abs(lean) * 0.5))
        blades.append(shapes.stroke((x + lean * tall * 0.25, y), tip, tall * 0.14, tall * 0.02))
    scene.canvas.fill(shapes.union(blades), colour)


def flower(scene: Scene, x: float, y: float, tall: float, petal: Array, stem: Array) -> None:
    canvas, size = scene.canvas, tall * 0.17
    canvas.fill(shapes.stroke((x, y), (x, y - tall), tall * 0.07), stem)
    leaf = shapes.stroke((x, y - tall * 0.3), (x + tall * 0.25, y - tall * 0.5), tall * 0.13, tall * 0.03)
    canvas.fill(leaf, stem)
    turns = [math.tau * k / 5 - 0.3 for k in range(5)]
    canvas.fill(
        shapes.union(
            [shapes.circle(x + math.cos(a) * size, y - tall + math.sin(a) * size, size * 0.82) for a in turns]
        ),
        petal,
    )
    canvas.fill(
        shapes.circle(x, y - tall, size * 0.7), scene.lit("#FFCE4A" if petal[2] > petal[1] * 0.7 else "#C9793A")
    )


def fringe(scene: Scene, curve: Curve, colour: Array, density: float, flowers: bool = False) -> None:
    """Tufts, and flowers if wanted, towards the lower corners: the middle stays calm."""
    random = scene.random
    for _ in range(scene.many(density)):
        x = scene.aside(0.36)
        y = max(height_of(curve, x) + 0.03, scene.at(1) - random.uniform(0.0, 0.13))
        if flowers and random.random() < 0.6:
            flower(scene, x, y, random.uniform(0.045, 0.07), random.choice(scene.colours("blossoms")), colour)
        else:
            tuft(scene, x, y, random.uniform(0.03, 0.05), colour)


def tower(
    scene: Scene, left: float, top: float, wide: float, foot: float, colours: tuple[Array, Array], lights: Array | None
) -> None:
    """A tall house with one of four roofs; `lights` is the colour of its lit windows, None for no windows."""
    random, canvas = scene.random, scene.canvas
    right, middle = left + wide, left + wide / 2
    body = [shapes.box(left, top, right, foot)]
    roof = random.randrange(4)
    if roof == 0:
        body.append(shapes.box(left + wide * 0.2, top - wide * 0.22, right - wide * 0.2, top + 0.01))
    elif roof == 1:
        body.append(shapes.convex((left, top + 0.002), (right, top + 0.002), (right, top - wide * 0.4)))
    elif roof == 2:
        body.append(shapes.stroke((middle, top), (middle, top - wide * 0.7), wide * 0.07, wide * 0.03))
        body.append(shapes.box(left + wide * 0.3, top - wide * 0.12, right - wide * 0.3, top + 0.01))
    shape = shapes.union(body)
    canvas.fill(shape, Fade(top, foot, list(colours)))
    canvas.fill(shape & _side_of(scene, middle), colours[1], 0.3)
    columns, rows = max(2, round(wide / 0.034)), max(2, round((foot - top) / 0.05))
    pattern = np.array([[random.random() for _ in range(columns)] for _ in range(rows)])
    if lights is not None:
        panes = (left + wide * 0.1, top + wide * 0.14, wide * 0.8 / columns, 0.05)
        canvas.fill(_panes(panes, pattern < 1), mix(colours[0], rgb("#FFFFFF"), 0.22), 0.5)
        canvas.fill(_panes(panes, pattern < (0.5 if scene.time == "night" else 0.3)), lights, 0.85)


def _panes(grid: tuple[float, float, float, float], shown: Array) -> Shape:
    """Windows on a grid (left, top, step across, step down), those that are `shown`."""
    left, top, dx, dy = grid
    rows, columns = shown.shape

    def distance(x: Array, y: Array) -> Array:
        i, j = np.floor((x - left) / dx).astype(int), np.floor((y - top) / dy).astype(int)
        inside = (i >= 0) & (i < columns) & (j >= 0) & (j < rows)
        on = inside & shown[j.clip(0, rows - 1), i.clip(0, columns - 1)]
        a = np.abs(x - left - (i + 0.5) * dx) - dx * 0.28
        b = np.abs(y - top - (j + 0.5) * dy) - dy * 0.27
        return np.where(on, -np.maximum(a, b), -1.0)

    return Shape((left, top, left + columns * dx, top + rows * dy), distance)
