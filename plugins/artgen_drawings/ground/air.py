"""Places without any ground: the sky and space."""

from __future__ import annotations

import math

from artgen_drawings.ground import scene as scenery
from artgen_drawings.ground import shapes
from artgen_drawings.ground.colours import mix, rgb
from artgen_drawings.ground.scene import Scene
from artgen_drawings.ground.shapes import Array, Fade


def sky(scene: Scene) -> None:
    """Nothing but sky: its clouds are large and lie low and at the sides."""
    scenery.sky(scene, 1.0, clouds=False)
    for i in range(0 if scene.time == "storm" else scene.many(2.4) + 1):
        width = scene.random.uniform(0.22, 0.4)
        scenery.cloud(
            scene, scene.aside(0.34), scene.at((i + scene.random.random()) / (scene.many(2.4) + 1) * 0.8), width
        )
    for level, colour in ((0.9, mix(rgb(scene.sky.cloud), rgb(scene.sky.low), 0.5)), (0.96, rgb(scene.sky.cloud))):
        heaps, x = [shapes.box(-9, scene.at(level), 99, 99)], -0.05
        while x < scene.w + 0.1:
            radius = scene.random.uniform(0.05, 0.11)
            heaps.append(shapes.circle(x, scene.at(level) + radius * scene.random.uniform(0.0, 0.4), radius))
            x += radius * scene.random.uniform(1.1, 1.5)
        shade = mix(rgb(scene.sky.shade), colour, 0.3)
        scene.canvas.fill(shapes.union(heaps), Fade(scene.at(level) - 0.1, scene.h + 0.02, [colour, shade]))


def space(scene: Scene) -> None:
    deep, canvas, random = scene.colours("space"), scene.canvas, scene.random
    canvas.fill(shapes.everywhere(), Fade(0, scene.h, [deep[3], mix(deep[3], deep[2], 0.85), deep[3]]))
    lean = (0.5 - scene.side) * 0.5
    for i in range(scene.many(6)):
        share = (i + random.random()) / scene.many(6)
        at = (scene.w * share, scene.at(0.5 + lean * (share - 0.5) * 1.6 + random.uniform(-0.1, 0.1)))
        canvas.glow(at, random.uniform(0.3, 0.5), deep[1 if i % 2 else 0], 0.42 if i % 2 else 0.24)
    scenery.stars(scene, 1.0, 130)
    planets = scene.colours("planets")
    corner = random.choice((0.2, 0.78))
    _planet(
        scene,
        scene.beside(scene.side, 0.14, 0.22),
        scene.at(corner),
        random.uniform(0.1, 0.13),
        planets[:2],
        ring=planets[3],
    )
    _planet(
        scene,
        scene.beside(1 - scene.side, 0.1, 0.2),
        scene.at(1 - corner),
        random.uniform(0.04, 0.06),
        [planets[2], mix(planets[2], deep[1], 0.4)],
    )


def _planet(scene: Scene, x: float, y: float, radius: float, colours: list[Array], ring: Array | None = None) -> None:
    """A globe with bands and a night side, with a ring round it if wanted."""
    canvas, tilt = scene.canvas, -0.3
    globe = shapes.circle(x, y, radius)
    canvas.glow((x, y), radius * 2, colours[0], 0.3)
    band = _ring(x, y, radius, tilt)
    if ring is not None:
        canvas.fill(band, ring, 0.9)
    canvas.fill(globe, colours[0])
    for low, thick in ((-0.45, 0.2), (0.05, 0.26), (0.55, 0.16)):
        start, end = (
            (x - radius * 1.2, y + radius * (low - tilt * 1.2)),
            (x + radius * 1.2, y + radius * (low + tilt * 1.2)),
        )
        canvas.fill(shapes.stroke(start, end, radius * thick) & globe, colours[1], 0.8)
    way = -1 if x > scene.w / 2 else 1
    canvas.fill(
        globe - shapes.circle(x + way * radius * 0.38, y - radius * 0.3, radius * 1.12), scene.colours("space")[3], 0.4
    )
    if ring is not None:
        front = shapes.Shape(band.box, lambda u, v: (v - y) - tilt * (u - x))
        canvas.fill(band & front, ring)


def _ring(x: float, y: float, radius: float, tilt: float) -> shapes.Shape:
    turn = math.atan(tilt)
    outer, inner = shapes.ellipse(0, 0, radius * 1.9, radius * 0.46), shapes.ellipse(0, 0, radius * 1.5, radius * 0.32)
    flat = outer - inner

    def distance(u: Array, v: Array) -> Array:
        a, b = u - x, v - y
        return flat.distance(a * math.cos(turn) + b * math.sin(turn), b * math.cos(turn) - a * math.sin(turn))

    return shapes.Shape((x - radius * 2, y - radius * 2, x + radius * 2, y + radius * 2), distance)
