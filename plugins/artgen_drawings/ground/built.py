"""Places that are built: city, street, road."""

from __future__ import annotations

import math

from artgen_drawings.ground import scene as scenery
from artgen_drawings.ground import shapes, things
from artgen_drawings.ground.colours import LAMPLIGHT, mix
from artgen_drawings.ground.scene import Scene, height_of, land, rolling
from artgen_drawings.ground.shapes import Array, Fade


def city(scene: Scene) -> None:
    towers, leaves, random = scene.colours("towers"), scene.colours("leaves"), scene.random
    scenery.sky(scene, 0.6)
    for air, low, high, wide in ((0.68, 0.22, 0.5, 0.11), (0.4, 0.26, 0.58, 0.13), (0.12, 0.3, 0.62, 0.15)):
        x = -0.05
        while x < scene.w:
            middle = max(0.0, 1 - abs((x + wide / 2) / scene.w - 0.5) / 0.28)
            top, width = random.uniform(low, high) + 0.14 * middle, wide * random.uniform(0.7, 1.25)
            pair = (
                scene.far(towers[1 if air > 0.3 else 2], air),
                scene.far(towers[0 if air > 0.3 else 1], air * 0.9 + 0.1),
            )
            lights = None if air > 0.6 else mix(LAMPLIGHT, pair[0], 0.15 if scene.time in ("night", "sunset") else 0.6)
            things.tower(scene, x, scene.at(min(top, 0.64)), width, scene.at(0.82), pair, lights)
            x += width * random.uniform(0.95, 1.12)
    for i in range(scene.many(9)):
        pair = (scene.far(leaves[0], 0.12), scene.far(leaves[2], 0.1))
        things.bush(
            scene, scene.w * (i + random.random()) / scene.many(9), scene.at(0.8), random.uniform(0.12, 0.2), pair
        )
    pavement(scene, 0.79)


def pavement(scene: Scene, top: float) -> None:
    """Flagstones from a kerb down, their joints running away from the eye."""
    stone, canvas = scene.colours("pavement"), scene.canvas
    y, middle = scene.at(top), scene.w / 2
    canvas.fill(shapes.box(-9, y, 99, 99), Fade(y, scene.h, [stone[1], stone[0]]))
    canvas.fill(shapes.box(-9, y, 99, y + 0.014), stone[2])
    for share in (0.3, 0.62):
        line = y + (scene.h - y) * share
        canvas.fill(shapes.box(-9, line, 99, line + 0.004), stone[2], 0.6)
    for i in range(-math.ceil(scene.w * 4), math.ceil(scene.w * 4) + 1):
        joint = shapes.stroke((middle + i * 0.16, y + 0.014), (middle + i * 0.26, scene.h + 0.02), 0.003, 0.005)
        canvas.fill(joint, stone[2], 0.6)


def street(scene: Scene) -> None:
    """House fronts in a row, a pavement, and the road that runs along it."""
    scenery.sky(scene, 0.48)
    walls, random = scene.colours("walls"), scene.random
    x, last = random.uniform(-0.2, 0), -1
    while x < scene.w:
        width, top = random.uniform(0.26, 0.36), random.uniform(0.24, 0.36)
        last = random.choice([k for k in range(4) if k != last])
        _front(scene, x, scene.at(top), width, scene.at(0.72), scene.far(walls[last], 0.25))
        x += width
    stone = scene.colours("pavement")
    y = scene.at(0.72)
    scene.canvas.fill(shapes.box(-9, y, 99, 99), Fade(y, scene.at(0.8), [stone[1], stone[0]]))
    carriageway(scene, 0.79)


def _front(scene: Scene, left: float, top: float, wide: float, foot: float, wall: Array) -> None:
    """A house front: gable or flat roof, windows with sills, a door."""
    canvas, random, night = scene.canvas, scene.random, scene.time in ("night", "sunset")
    roof, right = scene.far(scene.lit(random.choice(("#B5654F", "#7C6A7A", "#5E7C8C"))), 0.25), left + wide
    white = scene.far(scene.lit("#FFFFFF"), 0.12)
    if random.random() < 0.55:
        canvas.fill(
            shapes.convex((left - 0.008, top), (right + 0.008, top), (left + wide / 2, top - wide * 0.42)), roof
        )
    else:
        canvas.fill(shapes.box(left + wide * 0.7, top - 0.09, left + wide * 0.84, top), mix(roof, wall, 0.3))
        canvas.fill(shapes.box(left - 0.006, top - 0.028, right + 0.006, top + 0.001), roof)
    canvas.fill(shapes.box(left, top, right, foot), Fade(top, foot, [wall, mix(wall, scene.haze, 0.12)]))
    canvas.fill(shapes.box(right - 0.01, top, right, foot), mix(wall, roof, 0.3), 0.5)
    door, rows = random.randrange(2), max(2, round((foot - top) / 0.17))
    for row in range(rows):
        for column in range(2):
            x, y = left + wide * (0.27 + 0.46 * column), top + (foot - top) * (row + 0.22) / rows
            half, tall = wide * 0.11, min(0.085, (foot - top) / rows * 0.56)
            if row == rows - 1 and column == door:
                canvas.fill(shapes.box(x - half, foot - 0.13, x + half, foot), mix(roof, wall, 0.2))
                canvas.fill(shapes.circle(x + half * 0.55, foot - 0.06, 0.006), LAMPLIGHT)
                continue
            glass = LAMPLIGHT if night and random.random() < 0.6 else mix(scene.lit("#8FB7CF"), scene.haze, 0.3)
            canvas.fill(shapes.box(x - half - 0.008, y - 0.008, x + half + 0.008, y + tall + 0.008), white)
            canvas.fill(shapes.box(x - half, y, x + half, y + tall), glass)
            canvas.fill(
                shapes.box(x - 0.003, y, x + 0.003, y + tall)
                | shapes.box(x - half, y + tall * 0.5, x + half, y + tall * 0.5 + 0.006),
                white,
            )
            canvas.fill(shapes.box(x - half - 0.014, y + tall + 0.006, x + half + 0.014, y + tall + 0.016), white)


def road(scene: Scene) -> None:
    """A country road, seen from its side, before fields and hills."""
    grass, leaves = scene.colours("grass"), scene.colours("leaves")
    scenery.sky(scene, 0.6)
    for height, air in ((0.5, 0.6), (0.57, 0.35), (0.65, 0.15)):
        ridge = rolling(scene, height, 0.06, 1.0)
        land(scene, ridge, [scene.far(grass[0], air), scene.far(grass[1], air)], 0.22)
        if air < 0.5:
            for _ in range(scene.many(3)):
                x, tall = scene.aside(0.3), scene.random.uniform(0.12, 0.17) * (1.4 - air)
                pair = (scene.far(leaves[0], air), scene.far(leaves[1], air))
                things.leafy(
                    scene, x, height_of(ridge, x) + 0.012, tall, pair, scene.far(scene.colours("wood")[2], air)
                )
    y = scene.at(0.72)
    scene.canvas.fill(shapes.box(-9, y, 99, 99), Fade(y, scene.at(0.8), [grass[1], grass[0]]))
    posts = scene.far(scene.lit("#FFFFFF"), 0.15)
    for i in range(math.ceil(scene.w / 0.3) + 1):
        post = shapes.box(0.1 + i * 0.3, y - 0.035, 0.118 + i * 0.3, y + 0.035, 0.004)
        scene.canvas.fill(post, posts)
        scene.canvas.fill(shapes.box(0.1 + i * 0.3, y - 0.022, 0.118 + i * 0.3, y - 0.01), scene.lit("#D9534F"))
    carriageway(scene, 0.78)


def carriageway(scene: Scene, top: float) -> None:
    """Asphalt from a kerb to the lower edge, with dashes in its middle."""
    tar, y = scene.colours("asphalt"), scene.at(top)
    kerb, white = scene.colours("pavement"), scene.lit("#FFF8E7")
    scene.canvas.fill(shapes.box(-9, y, 99, 99), Fade(y, scene.h, [tar[0], tar[1]]))
    scene.canvas.fill(shapes.box(-9, y - 0.012, 99, y + 0.006), kerb[2])
    scene.canvas.fill(shapes.box(-9, y + 0.006, 99, y + 0.012), tar[2])
    line = y + (scene.h - y) * 0.56
    start = scene.random.uniform(-0.2, 0)
    for i in range(math.ceil(scene.w / 0.26) + 1):
        x = start + i * 0.26
        dash = shapes.convex((x + 0.012, line), (x + 0.14, line), (x + 0.128, line + 0.02), (x, line + 0.02))
        scene.canvas.fill(dash, white, 0.85)
