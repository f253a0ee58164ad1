"""Places of the open land: meadow, hills, snow, forests, desert, garden."""

from __future__ import annotations

import math

from artgen_drawings.ground import shapes, things
from artgen_drawings.ground.colours import mix
from artgen_drawings.ground.scene import Scene, height_of, land, mist, rolling, sky
from artgen_drawings.ground.shapes import Array, Fade


def meadow(scene: Scene) -> None:
    grass, leaves = scene.colours("grass"), scene.colours("leaves")
    sky(scene, 0.62)
    for height, air in ((0.5, 0.62), (0.55, 0.4)):
        land(scene, rolling(scene, height, 0.06, 1.0), [scene.far(leaves[1], air), scene.far(grass[1], air * 0.7)], 0.2)
    line = rolling(scene, 0.62, 0.02, 1.3)
    for _ in range(scene.many(9)):
        x = scene.across(-0.02, 1.02)
        pair = (scene.far(leaves[0], 0.3), scene.far(leaves[1], 0.24))
        things.bush(scene, x, height_of(line, x) + 0.02, scene.random.uniform(0.14, 0.26), pair)
    for _ in range(scene.many(2)):
        x, pair = scene.aside(0.4), (scene.far(leaves[0], 0.16), scene.far(leaves[1], 0.14))
        if scene.time == "sunset" and abs(x - scene.disc_x) < 0.2:
            continue
        things.leafy(
            scene,
            x,
            height_of(line, x) + 0.02,
            scene.random.uniform(0.22, 0.3),
            pair,
            scene.far(scene.colours("wood")[1], 0.16),
        )
    land(scene, line, [grass[0], grass[1]], 0.3)
    land(scene, rolling(scene, 0.76, 0.04, 1.6), [mix(grass[0], grass[1], 0.4), mix(grass[1], grass[2], 0.35)], 0.28)
    for _ in range(scene.many(26)):
        x, share = scene.aside(0.3), scene.random.random()
        dot = shapes.circle(x, scene.at(0.69 + 0.22 * share), 0.003 + 0.005 * share)
        scene.canvas.fill(dot, scene.random.choice(scene.colours("blossoms")), 0.85)
    front = rolling(scene, 0.965, 0.03, 1.3)
    land(scene, front, [mix(grass[1], grass[2], 0.6), grass[2]], 0.1)
    things.fringe(scene, front, grass[3], 13, flowers=True)


def hills(scene: Scene) -> None:
    grass, leaves = scene.colours("grass"), scene.colours("leaves")
    sky(scene, 0.6)
    wood = scene.colours("wood")
    for height, air, near in ((0.46, 0.62, 0.0), (0.54, 0.42, 0.1), (0.63, 0.22, 0.25), (0.73, 0.06, 0.45)):
        ridge = rolling(scene, height, 0.11, 1.15)
        tone = mix(grass[1], grass[2], near)
        land(scene, ridge, [scene.far(mix(grass[0], tone, near), air), scene.far(tone, air)], 0.26)
        if 0.1 < air < 0.6:
            for _ in range(scene.many(2.2)):
                x, tall = scene.aside(0.3), (0.1 if air > 0.3 else 0.17) * scene.random.uniform(0.85, 1.15)
                pair = (scene.far(leaves[0], air * 0.8), scene.far(leaves[1], air * 0.8))
                things.leafy(scene, x, height_of(ridge, x) + 0.012, tall, pair, scene.far(wood[2], air))
    front = rolling(scene, 0.93, 0.05, 1.5)
    land(scene, front, [mix(grass[1], grass[2], 0.7), grass[2]], 0.2)
    things.fringe(scene, front, grass[3], 8)


def snow(scene: Scene) -> None:
    white, leaves = scene.colours("snow"), scene.colours("leaves")
    sky(scene, 0.62)
    for height, air in ((0.47, 0.5), (0.55, 0.3)):
        land(scene, rolling(scene, height, 0.09, 1.0), [scene.far(white[2], air), scene.far(white[3], air)], 0.3)
    line = rolling(scene, 0.63, 0.05, 1.2)
    trees = sorted((height_of(line, x) + 0.02, x) for x in (scene.aside(0.32) for _ in range(scene.many(5))))
    for y, x in trees:
        pair = (scene.far(mix(leaves[2], white[3], 0.3), 0.2), scene.far(mix(leaves[3], white[3], 0.25), 0.15))
        things.pine(scene, x, y, scene.random.uniform(0.14, 0.24), pair, scene.far(white[0], 0.12))
    land(scene, line, [white[0], white[2]], 0.24)
    land(scene, rolling(scene, 0.75, 0.05, 1.7), [white[0], mix(white[1], white[2], 0.7)], 0.24)
    land(scene, rolling(scene, 0.95, 0.035, 1.4), [white[0], white[1]], 0.14)


def forest(scene: Scene) -> None:
    _wood(scene, snowy=False)


def snowy_forest(scene: Scene) -> None:
    _wood(scene, snowy=True)


def _wood(scene: Scene, snowy: bool) -> None:
    """Rows of trees, each row nearer, taller and darker; the nearest only at the sides."""
    leaves, random = scene.colours("leaves"), scene.random
    floor = scene.colours("snow" if snowy else "grass")
    pines = snowy or random.random() < 0.5
    sky(scene, 0.66)
    for height, air, tall, gap, density in (
        (0.6, 0.7, 0.26, 0.0, 11.0),
        (0.66, 0.48, 0.36, 0.0, 8.0),
        (0.73, 0.2, 0.5, 0.36, 6.0),
        (0.82, 0.0, 0.7, 0.62, 4.5),
    ):
        ridge = rolling(scene, height, 0.025, 1.2)
        row = [
            scene.aside(gap) if gap else scene.w * (i + random.random()) / scene.many(density)
            for i in range(scene.many(density))
        ]
        if gap > 0.5:
            row = [scene.beside(side, -0.06, 0.12) for side in (0, 1) for _ in range(max(1, round(scene.w * 1.3)))]
        for x in row:
            pair = (scene.far(leaves[1], air), scene.far(leaves[2 if air > 0 else 3], air))
            y, size = height_of(ridge, x) + 0.02, tall * random.uniform(0.78, 1.1)
            if pines:
                cap = scene.far(floor[0], air * 0.8) if snowy else None
                things.pine(scene, x, y, size, pair, cap)
            else:
                things.leafy(scene, x, y, size, pair, scene.far(scene.colours("wood")[2], air))
        tones = [scene.far(floor[1], air * 0.7), scene.far(floor[2], air * 0.7)]
        land(
            scene, ridge, tones if not snowy else [scene.far(floor[0], air * 0.7), scene.far(floor[1], air * 0.7)], 0.24
        )
        if air > 0.3:
            mist(scene, height + 0.01, 0.12, 0.35)
    front = rolling(scene, 0.955, 0.03, 1.4)
    land(
        scene,
        front,
        [floor[0], floor[1]] if snowy else [mix(floor[1], floor[2], 0.5), mix(floor[2], floor[3], 0.4)],
        0.16,
    )
    if not snowy:
        things.fringe(scene, front, floor[3], 9)


def desert(scene: Scene) -> None:
    sand, random = scene.colours("sand"), scene.random
    sky(scene, 0.62, clouds=random.random() < 0.4)
    for _ in range(scene.many(1.6)):
        _mesa(scene, scene.aside(0.2), scene.far(sand[3], 0.5), scene.far(sand[2], 0.6))
    far = rolling(scene, 0.6, 0.04, 0.9)
    land(scene, far, [scene.far(sand[1], 0.4), scene.far(sand[2], 0.3)], 0.2)
    for height, rise, tones in ((0.67, 0.08, (0, 1, 2)), (0.8, 0.07, (0, 0, 1))):
        _dune(scene, height, rise, [sand[tones[0]], sand[tones[1]], sand[tones[2]]])
        if height < 0.7:
            for _ in range(scene.many(2.4)):
                _cactus(scene, scene.aside(0.4), scene.at(random.uniform(0.74, 0.8)), random.uniform(0.13, 0.24))
    front = rolling(scene, 0.96, 0.03, 1.4)
    land(scene, front, [sand[1], sand[2]], 0.14)
    for _ in range(scene.many(3)):
        x = scene.aside(0.4)
        things.tuft(scene, x, height_of(front, x) + 0.015, random.uniform(0.03, 0.045), scene.lit("#A9925C"))


def _dune(scene: Scene, height: float, rise: float, tones: list[Array]) -> None:
    """A dune whose lee, under a wandering line, lies in shade."""
    crest = rolling(scene, height, rise, 1.25)
    shape = land(scene, crest, [tones[0], tones[1]], 0.24)
    phase, length = scene.random.uniform(0, math.tau), scene.random.uniform(0.9, 1.3)
    lean = rolling(scene, height + 0.05, rise * 0.7, length)
    shade = shapes.below(lambda x: crest(x) * 0.35 + lean(x) * 0.65 + 0.05 * abs((x / length + phase) % 2 - 1))
    scene.canvas.fill(
        shape & shade, Fade(scene.at(height), scene.at(height + 0.25), [tones[2], mix(tones[1], tones[2], 0.5)]), 0.7
    )


def _mesa(scene: Scene, x: float, colour: Array, light: Array) -> None:
    tall, half = scene.random.uniform(0.09, 0.18), scene.random.uniform(0.08, 0.16)
    foot = scene.at(0.66)
    top = foot - tall - 0.06
    shape = shapes.convex((x - half, top), (x + half, top), (x + half * 1.35, foot), (x - half * 1.35, foot))
    scene.canvas.fill(shape, Fade(top, foot, [colour, light]))
    for low in (0.2, 0.4):
        band = shapes.box(x - 1, top + tall * low, x + 1, top + tall * (low + 0.07))
        scene.canvas.fill(shape & band, light, 0.5)


def _cactus(scene: Scene, x: float, y: float, tall: float) -> None:
    thick, green = tall * 0.2, scene.lit("#6E9F63")
    arms = [shapes.stroke((x, y + thick), (x, y - tall), thick)]
    for lean, low in ((-1, scene.random.uniform(0.35, 0.5)), (1, scene.random.uniform(0.45, 0.6))):
        out, up = (x + lean * tall * 0.27, y - tall * low), (x + lean * tall * 0.27, y - tall * (low + 0.26))
        arms += [shapes.stroke((x, y - tall * low), out, thick * 0.62), shapes.stroke(out, up, thick * 0.66)]
    shape = shapes.union(arms) & shapes.box(x - tall, -9, x + tall, y)
    scene.canvas.fill(shapes.ellipse(x, y, tall * 0.28, tall * 0.035), scene.colours("sand")[3], 0.6)
    scene.canvas.fill(shape, mix(green, scene.haze, 0.1))
    for k in (-0.22, 0.22):
        rib = shapes.stroke((x + k * thick, y - tall * 0.04), (x + k * thick, y - tall * 0.94), thick * 0.1)
        scene.canvas.fill(rib, mix(green, scene.lit("#2F5B46"), 0.4), 0.7)


def garden(scene: Scene) -> None:
    grass, leaves, random = scene.colours("grass"), scene.colours("leaves"), scene.random
    sky(scene, 0.6)
    hedge = rolling(scene, 0.52, 0.015, 0.35)
    tree = scene.beside(1 - scene.side, 0.08, 0.2)
    wood = scene.colours("wood")
    for i in range(scene.many(7)):
        x = scene.w * (i + random.random()) / scene.many(7)
        pair = (scene.far(leaves[0], 0.4), scene.far(leaves[1], 0.35))
        things.bush(scene, x, height_of(hedge, x) + 0.02, random.uniform(0.18, 0.3), pair)
    land(scene, hedge, [scene.far(leaves[1], 0.3), scene.far(leaves[2], 0.24)], 0.24)
    things.leafy(scene, tree, scene.at(0.7), 0.56, (leaves[0], leaves[1]), wood[1])
    _fence(scene, 0.56, 0.71)
    land(scene, rolling(scene, 0.7, 0.012, 1.3), [grass[0], grass[1]], 0.3)
    for side in (0, 1):
        for _ in range(max(3, round(scene.w * 5))):
            x, y = scene.beside(side, -0.02, 0.32), scene.at(random.uniform(0.73, 0.79))
            things.flower(scene, x, y, random.uniform(0.06, 0.1), random.choice(scene.colours("blossoms")), leaves[2])
    front = rolling(scene, 0.955, 0.025, 1.2)
    land(scene, front, [mix(grass[1], grass[2], 0.5), grass[2]], 0.1)
    things.fringe(scene, front, grass[3], 12, flowers=True)


def _fence(scene: Scene, top: float, foot: float) -> None:
    white, shade, gap = mix(scene.lit("#FFFFFF"), scene.colours("leaves")[0], 0.22), scene.lit("#B9CDBF"), 0.07
    for rail in (0.3, 0.68):
        y = scene.at(top + (foot - top) * rail)
        scene.canvas.fill(shapes.box(-1, y, scene.w + 1, y + 0.016), shade)
    for i in range(math.ceil(scene.w / gap) + 1):
        x, high = i * gap, scene.at(top)
        slat = shapes.box(x - 0.02, high, x + 0.02, scene.at(foot) + 0.05)
        scene.canvas.fill(slat | shapes.convex((x - 0.02, high), (x + 0.02, high), (x, high - 0.02)), white)
