"""Places by and under the water: sea, beach, lake, underwater."""

from __future__ import annotations

import math

from artgen_drawings.ground import shapes, things
from artgen_drawings.ground.colours import mix, rgb
from artgen_drawings.ground.mountains import range_of_peaks
from artgen_drawings.ground.scene import Scene, height_of, land, mist, rolling, sky
from artgen_drawings.ground.shapes import Array, Fade

# The tips of a palm's leaves from the top of its trunk, in shares of its height; the first hang behind the others.
FRONDS = (
    (-0.2, 0.2),
    (0.21, 0.21),
    (-0.33, 0.1),
    (0.34, 0.11),
    (-0.3, -0.04),
    (0.31, -0.03),
    (0.18, -0.13),
    (-0.16, -0.14),
)
# The twigs of a coral: where each begins and ends, from its foot, in shares of its height.
TWIGS = (
    (0, 0, 0, 0.55),
    (0, 0.3, -0.3, 0.62),
    (0, 0.25, 0.32, 0.6),
    (-0.3, 0.6, -0.34, 0.95),
    (0.32, 0.58, 0.4, 0.88),
    (0, 0.5, 0.06, 1.0),
    (-0.3, 0.6, -0.52, 0.74),
)


def sea(scene: Scene) -> None:
    rough = 2.2 if scene.time == "storm" else 1.0
    sky(scene, 0.5)
    water = mirrored(scene)
    surface(scene, 0.5, 1.0, water)
    for i, height in enumerate((0.6, 0.7, 0.81, 0.93)):
        wave = rolling(scene, height, (0.008 + 0.006 * i) * rough, 0.22 + 0.1 * i)
        near = i / 3
        body = [mix(water[0], water[1], 0.35 + 0.45 * near), mix(water[1], water[2], 0.3 + 0.7 * near)]
        shape = land(scene, wave, [scene.far(body[0], 0.2 * (1 - near)), scene.far(body[1], 0.15 * (1 - near))], 0.13)
        crest = shape - shapes.moved(shape, 0, 0.006 + 0.003 * i)
        scene.canvas.fill(crest, mix(water[0], scene.haze, 0.55), 0.6)


def mirrored(scene: Scene) -> list[Array]:
    """The colours of water, with some of the sky in them when the sun is low."""
    share = 0.3 if scene.time == "sunset" else 0.0
    return [mix(colour, rgb(scene.sky.middle), share) for colour in scene.colours("water")]


def surface(scene: Scene, top: float, bottom: float, water: list[Array]) -> None:
    """Even water from its horizon down, with glints, and the light of a low sun or of the moon on it."""
    band = shapes.box(-9, scene.at(top), 99, scene.at(bottom))
    tones = [scene.far(water[1], 0.45), scene.far(water[1], 0.12), water[2]]
    scene.canvas.fill(band, Fade(scene.at(top), scene.at(bottom), tones))
    glint = mix(water[0], scene.haze, 0.5)
    for _ in range(scene.many(16)):
        share = scene.random.random()
        y, half = (
            scene.at(top + (bottom - top) * (0.05 + 0.9 * share)),
            (0.02 + 0.05 * share) * scene.random.uniform(0.6, 1.3),
        )
        x = scene.aside(0.2)
        scene.canvas.fill(shapes.stroke((x - half, y), (x + half, y), 0.003 + 0.004 * share), glint, 0.6)
    if scene.time in ("sunset", "night"):
        colour, x = rgb(scene.sky.disc), scene.disc_x
        for i in range(7):
            y, half = scene.at(top) + 0.012 + i * (bottom - top) * scene.h * 0.09, scene.random.uniform(0.03, 0.08)
            scene.canvas.fill(shapes.stroke((x - half, y), (x + half, y), 0.007), colour, 0.55 - 0.06 * i)


def beach(scene: Scene) -> None:
    water, sand, random = mirrored(scene), scene.colours("sand"), scene.random
    sky(scene, 0.46)
    if random.random() < 0.6:
        isle = scene.beside(1 - scene.side, 0.1, 0.35)
        scene.canvas.fill(shapes.ellipse(isle, scene.at(0.47), 0.2, 0.05), scene.far(scene.colours("leaves")[2], 0.5))
    surface(scene, 0.46, 0.7, water)
    shore = rolling(scene, 0.655, 0.02, 0.9)
    for drop, colour in (
        (0.0, mix(water[0], scene.haze, 0.2)),
        (0.022, scene.lit("#FFFFFF")),
        (0.04, mix(sand[2], sand[1], 0.4)),
    ):
        land(scene, shapes.lowered(shore, drop), [colour, colour], 0.1)
    land(scene, shapes.lowered(shore, 0.062), [sand[0], sand[1]], 0.3)
    land(scene, rolling(scene, 0.955, 0.03, 1.3), [sand[1], mix(sand[1], sand[2], 0.6)], 0.12)
    for _ in range(scene.many(7)):
        x, y = scene.aside(0.4), scene.at(random.uniform(0.79, 0.97))
        scene.canvas.fill(
            shapes.ellipse(x, y, 0.012, 0.006),
            random.choice([sand[3], scene.lit("#FFF6EC"), scene.lit("#F0A58F")]),
            0.8,
        )
    palm(scene, scene.beside(1 - scene.side, 0.04, 0.13), scene.at(0.86), min(0.66, 0.55 * scene.h + 0.1))
    starfish(scene, scene.beside(scene.side, 0.08, 0.22), scene.at(0.9), 0.035)


def palm(scene: Scene, x: float, y: float, tall: float) -> None:
    """A bowed trunk with rings and eight bowed leaves."""
    lean, wood, leaves = (1 if x < scene.w / 2 else -1) * 0.16 * tall, scene.colours("wood"), scene.colours("leaves")
    bow = [(x + lean * (k / 8) ** 1.7, y - tall * k / 8) for k in range(9)]
    scene.canvas.fill(shapes.ellipse(x, y, tall * 0.13, tall * 0.022), scene.colours("sand")[3], 0.55)
    trunk = shapes.path(bow, tall * 0.075, tall * 0.042) & shapes.box(-9, -9, 99, y + tall * 0.012)
    scene.canvas.fill(trunk, mix(wood[0], scene.haze, 0.12))
    for at, up in bow[1:8]:
        scene.canvas.fill(
            shapes.stroke((at - tall * 0.018, up), (at + tall * 0.018, up - tall * 0.006), tall * 0.008), wood[1], 0.8
        )
    at, up = bow[-1]
    for i, tip in enumerate(FRONDS):
        scene.canvas.fill(_frond(at, up, tip, tall), leaves[2] if i < 2 else leaves[1] if i < 4 else leaves[0])
    for dx, dy in ((-0.025, 0.025), (0.028, 0.03)):
        scene.canvas.fill(shapes.circle(at + dx * tall, up + dy * tall, tall * 0.026), wood[2])


def _frond(x: float, y: float, tip: tuple[float, float], tall: float) -> shapes.Shape:
    """A leaf that rises from the top of its palm and bows down to its tip, widest in its middle."""
    spine, widths = [], []
    for k in range(10):
        t = k / 9
        lift = 2 * t * (1 - t) * 0.2
        spine.append((x + tip[0] * tall * (1.25 * t - 0.25 * t * t), y + (tip[1] * t - lift) * tall))
        widths.append(tall * (0.012 + 0.05 * math.sin(math.pi * t**0.8)) * (1 - 0.5 * t))
    return shapes.ribbon(spine, widths)


def starfish(scene: Scene, x: float, y: float, radius: float) -> None:
    turn = scene.random.uniform(0, math.tau)
    arms = [
        (x + radius * math.cos(turn + k * math.tau / 5), y + 0.7 * radius * math.sin(turn + k * math.tau / 5))
        for k in range(5)
    ]
    scene.canvas.fill(
        shapes.union([shapes.stroke((x, y), arm, radius * 0.75, radius * 0.28) for arm in arms]), scene.lit("#F2906B")
    )
    for ax, ay in arms:
        scene.canvas.fill(shapes.circle((x + ax) / 2, (y + ay) / 2, radius * 0.09), scene.lit("#FBC9A8"))


def lake(scene: Scene) -> None:
    water, grass, leaves, random = mirrored(scene), scene.colours("grass"), scene.colours("leaves"), scene.random
    sky(scene, 0.52)
    range_of_peaks(scene, 0.54, scene.colours("rock"), scene.colours("snow") if random.random() < 0.6 else None)
    mist(scene, 0.52, 0.16, 0.5)
    line = rolling(scene, 0.5, 0.02, 1.2)
    for i in range(scene.many(22)):
        x = scene.w * (i + random.random()) / scene.many(22)
        pair = (scene.far(leaves[1], 0.35), scene.far(leaves[2], 0.32))
        things.pine(scene, x, height_of(line, x) + 0.015, random.uniform(0.07, 0.14), pair)
    land(scene, line, [scene.far(grass[2], 0.3), scene.far(grass[3], 0.3)], 0.1)
    surface(scene, 0.55, 0.86, water)
    mirror = shapes.box(-9, scene.at(0.55), 99, scene.at(0.605))
    scene.canvas.fill(mirror, mix(water[3], scene.far(grass[3], 0.3), 0.5), 0.45, soft=0.04)
    bank = rolling(scene, 0.84, 0.03, 1.3)
    land(scene, shapes.lowered(bank, -0.016), [scene.far(scene.colours("sand")[1], 0.1)] * 2, 0.1)
    land(scene, bank, [grass[0], grass[1], grass[2]], 0.18)
    for side in (0, 1):
        for _ in range(max(2, round(scene.w * 3))):
            x = scene.beside(side, 0.0, 0.16)
            _reed(scene, x, height_of(bank, x) + 0.03, random.uniform(0.12, 0.2), (grass[3], scene.colours("wood")[1]))
    things.fringe(scene, bank, grass[3], 7, flowers=True)


def _reed(scene: Scene, x: float, y: float, tall: float, colours: tuple[Array, Array]) -> None:
    lean = scene.random.uniform(-0.1, 0.1) * tall
    scene.canvas.fill(shapes.stroke((x, y), (x + lean, y - tall), 0.007, 0.004), colours[0])
    scene.canvas.fill(shapes.stroke((x, y), (x - lean * 2.4, y - tall * 0.7), 0.012, 0.002), colours[0])
    scene.canvas.fill(
        shapes.stroke((x + lean * 0.78, y - tall * 0.78), (x + lean * 0.96, y - tall * 0.96), 0.017), colours[1]
    )


def underwater(scene: Scene) -> None:
    deep, random, canvas = scene.colours("deep"), scene.random, scene.canvas
    canvas.fill(shapes.everywhere(), Fade(0, scene.h, deep))
    canvas.glow((scene.beside(scene.side, 0.2, 0.35), -0.1), 0.9, mix(deep[0], scene.haze, 0.4), 0.8)
    for i in range(scene.many(5)):
        top, wide = scene.w * (i + random.uniform(0, 0.6)) / scene.many(5), random.uniform(0.04, 0.1)
        slant = (0.5 - scene.side) * 0.5
        ray = shapes.convex(
            (top, -0.1), (top + wide, -0.1), (top + wide * 2.2 + slant, scene.at(0.85)), (top + slant, scene.at(0.85))
        )
        canvas.fill(ray, deep[0], 0.13, soft=0.03)
    for height, air in ((0.74, 0.5), (0.82, 0.25)):
        land(scene, rolling(scene, height, 0.07, 0.7), [mix(deep[3], deep[2], air * 1.6), deep[3]], 0.3)
    school(
        scene,
        scene.beside(1 - scene.side, 0.16, 0.26),
        scene.at(random.uniform(0.24, 0.42)),
        mix(deep[3], deep[2], 0.3),
    )
    sand = [mix(colour, deep[1], 0.42) for colour in scene.colours("sand")]
    bed = rolling(scene, 0.9, 0.025, 0.9)
    for side in (0, 1):
        for _ in range(max(3, round(scene.w * 4))):
            x = scene.beside(side, -0.01, 0.26)
            weed(
                scene,
                x,
                height_of(bed, x) + 0.02,
                random.uniform(0.14, 0.4) * min(1.0, scene.h),
                random.choice(scene.colours("leaves")[:3]),
            )
    land(scene, bed, [sand[0], sand[1]], 0.14)
    for side in (0, 1):
        x = scene.beside(side, 0.06, 0.2)
        y = height_of(bed, x) + 0.03
        coral(scene, x, y, random.uniform(0.11, 0.17), random.choice(scene.colours("coral")))
        rock = scene.beside(side, 0.0, 0.3)
        stone = shapes.ellipse(rock, scene.at(0.97), 0.07, 0.04) | shapes.ellipse(
            rock + 0.05, scene.at(0.98), 0.05, 0.025
        )
        canvas.fill(stone, mix(scene.colours("rock")[2], deep[2], 0.4))
    for _ in range(scene.many(16)):
        x, y, radius = scene.aside(0.3), scene.at(random.uniform(0.1, 0.85)), random.uniform(0.005, 0.014)
        canvas.fill(shapes.circle(x, y, radius), deep[0], 0.3)
        canvas.fill(shapes.circle(x, y, radius) - shapes.circle(x, y, radius * 0.78), deep[0], 0.6)
        canvas.fill(shapes.circle(x - radius * 0.35, y - radius * 0.35, radius * 0.2), rgb("#FFFFFF"), 0.7)


def school(scene: Scene, x: float, y: float, colour: Array) -> None:
    """A few small fish, far away, that swim to the middle."""
    way = 1 if x < scene.w / 2 else -1
    for _ in range(5):
        fx, fy = x + scene.random.uniform(-0.13, 0.13), y + scene.random.uniform(-0.09, 0.09)
        size = scene.random.uniform(0.016, 0.024)
        tail = shapes.convex(
            (fx - way * size * 0.8, fy),
            (fx - way * size * 1.7, fy - size * 0.6),
            (fx - way * size * 1.7, fy + size * 0.6),
        )
        scene.canvas.fill(shapes.ellipse(fx, fy, size, size * 0.5) | tail, colour, 0.8)


def weed(scene: Scene, x: float, y: float, tall: float, green: Array) -> None:
    phase, steps = scene.random.uniform(0, math.tau), 8
    spine = [(x + 0.022 * math.sin(phase + k * 0.95) * k / steps * 1.5, y - tall * k / steps) for k in range(steps + 1)]
    scene.canvas.fill(shapes.path(spine, 0.03, 0.006), mix(green, scene.colours("deep")[2], 0.3))


def coral(scene: Scene, x: float, y: float, tall: float, colour: Array) -> None:
    """A little tree of round branches."""
    lines = [
        shapes.stroke((x + a * tall, y - b * tall), (x + c * tall, y - d * tall), tall * 0.13, tall * 0.1)
        for a, b, c, d in TWIGS
    ]
    scene.canvas.fill(shapes.union(lines), mix(colour, scene.colours("deep")[2], 0.22))
