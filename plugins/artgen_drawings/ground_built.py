"""Places that are built, and those without any ground: city, street, road, room, stage, sky, space."""

from __future__ import annotations

import math

from artgen_drawings import ground_scene
from artgen_drawings import ground_shapes as shapes
from artgen_drawings import ground_things as things
from artgen_drawings.ground_colours import mix, rgb
from artgen_drawings.ground_scene import Scene, height_of, land, rolling
from artgen_drawings.ground_shapes import Array, Fade

LAMPLIGHT = rgb("#FFDF8E")


def city(scene: Scene) -> None:
    towers, leaves, random = scene.colours("towers"), scene.colours("leaves"), scene.random
    ground_scene.sky(scene, 0.6)
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
    ground_scene.sky(scene, 0.48)
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
    ground_scene.sky(scene, 0.6)
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


def room(scene: Scene) -> None:
    """A wall with a window, a picture or a lamp, a skirting board, and boards with a rug."""
    canvas, random = scene.canvas, scene.random
    row, floor = scene.colours("room"), scene.at(0.74)
    canvas.fill(shapes.everywhere(), Fade(0, floor, [row[0], mix(row[0], row[1], 0.35)]))
    if random.random() < 0.6:
        for i in range(math.ceil(scene.w / 0.12) + 1):
            canvas.fill(shapes.box(i * 0.12, -1, i * 0.12 + 0.06, floor), row[1], 0.22)
    else:
        for i in range(math.ceil(scene.w / 0.13) * 7):
            x, y = (i // 7 + (i % 2) / 2) * 0.13, floor * (i % 7 + 0.5) / 7
            canvas.fill(shapes.circle(x, y, 0.011), row[1], 0.4)
    canvas.glow((scene.w / 2, scene.at(0.13)), 0.85, rgb("#FFD9A6"), {"day": 0.0, "night": 0.8}.get(scene.time, 0.3))
    _window(scene, scene.beside(scene.side, 0.2, 0.23), scene.at(0.13), scene.at(0.47))
    _picture(
        scene, scene.beside(1 - scene.side, 0.17, 0.24), scene.at(random.uniform(0.24, 0.3)), random.uniform(0.09, 0.12)
    )
    canvas.fill(shapes.box(-9, floor, 99, 99), Fade(floor, scene.h, [row[2], mix(row[2], row[3], 0.5)]))
    for share in (0.16, 0.4, 0.72):
        line = floor + (scene.h - floor) * share
        canvas.fill(shapes.box(-9, line, 99, line + 0.0045), row[3], 0.5)
    edges = (floor, *(floor + (scene.h - floor) * share for share in (0.16, 0.4, 0.72, 1.05)))
    for i in range(scene.many(7)):
        x, board = scene.w * (i + random.random()) / scene.many(7), i % 4
        canvas.fill(shapes.box(x, edges[board], x + 0.0045, edges[board + 1]), row[3], 0.5)
    canvas.fill(shapes.box(-9, floor - 0.045, 99, floor), scene.lit("#FFFFFF"))
    canvas.fill(shapes.box(-9, floor - 0.005, 99, floor + 0.004), row[3], 0.6)
    cloth, y = scene.colours("cloth"), scene.at(0.9)
    half = min(0.4 * scene.w, 0.42)
    for share, colour in (
        (1.0, mix(cloth[1], row[1], 0.4)),
        (0.84, mix(cloth[0], row[0], 0.55)),
        (0.76, mix(cloth[1], row[1], 0.45)),
    ):
        canvas.fill(shapes.ellipse(scene.w / 2, y, half * share, 0.075 * share), colour)
    if scene.time == "night":
        canvas.fill(shapes.ellipse(scene.w / 2, y, half, 0.07), rgb("#FFD9A6"), 0.26, soft=0.14)
    _pendant(scene)


def _pendant(scene: Scene) -> None:
    """A lamp that hangs from the ceiling; it burns whenever it is not day."""
    canvas, x, y = scene.canvas, scene.w / 2, scene.at(0.1)
    if scene.time != "day":
        canvas.glow((x, y + 0.03), 0.16, rgb("#FFF3CF"), 0.7)
        canvas.fill(shapes.circle(x, y + 0.03, 0.018), rgb("#FFF3CF"))
    canvas.fill(shapes.box(x - 0.003, -1, x + 0.003, y), scene.lit("#6B6470"))
    shade = shapes.convex((x - 0.022, y - 0.03), (x + 0.022, y - 0.03), (x + 0.065, y + 0.025), (x - 0.065, y + 0.025))
    canvas.fill(shade, Fade(y - 0.03, y + 0.025, [scene.colours("cloth")[1], scene.colours("cloth")[0]]))


def _window(scene: Scene, x: float, top: float, bottom: float) -> None:
    canvas, sky = scene.canvas, scene.sky
    half = min((bottom - top) * 0.36, scene.w * 0.15)
    frame, pane = scene.lit("#FFFFFF"), shapes.box(x - half, top, x + half, bottom)
    canvas.fill(shapes.box(x - half - 0.022, top - 0.022, x + half + 0.022, bottom + 0.022, 0.008), frame)
    canvas.fill(pane, Fade(top, bottom, [rgb(sky.top), rgb(sky.middle), rgb(sky.low)]))
    if scene.time in ("day", "storm"):
        heap = [
            shapes.circle(x + k * half, top + (bottom - top) * 0.42 - r * 0.4, r)
            for k, r in ((-0.3, 0.035), (0.1, 0.05), (0.45, 0.03))
        ]
        canvas.fill(
            shapes.union(heap) & pane & shapes.box(-9, -9, 99, top + (bottom - top) * 0.42), rgb(sky.cloud), 0.95
        )
    else:
        height = 0.3 if scene.time == "night" else 0.62
        canvas.fill(shapes.circle(x + half * 0.35, top + (bottom - top) * height, half * 0.3) & pane, rgb(sky.disc))
    hill = shapes.below(lambda u: bottom - 0.05 + 0.02 * (abs((u - x) / half * 1.1 - 0.4)) ** 2)
    canvas.fill(hill & pane, scene.far(scene.colours("leaves")[1], 0.25))
    middle = (top + bottom) / 2
    canvas.fill(
        shapes.box(x - 0.007, top, x + 0.007, bottom) | shapes.box(x - half, middle - 0.007, x + half, middle + 0.007),
        frame,
    )
    canvas.fill(shapes.box(x - half - 0.045, bottom + 0.018, x + half + 0.045, bottom + 0.042, 0.006), frame)
    cloth = scene.colours("cloth")
    for lean in (-1, 1):
        edge, inner = x + lean * (half + 0.05), x + lean * half * 0.72
        drape = shapes.convex(
            (edge, top - 0.05), (inner, top - 0.05), (x + lean * (half + 0.0), bottom + 0.0), (edge, bottom + 0.06)
        )
        canvas.fill(drape, mix(cloth[0], scene.colours("room")[0], 0.45))
        canvas.fill(
            shapes.stroke((x + lean * (half + 0.018), top - 0.05), (x + lean * (half + 0.028), bottom + 0.03), 0.008)
            & drape,
            mix(cloth[1], scene.colours("room")[1], 0.4),
            0.7,
        )
    canvas.fill(
        shapes.stroke((x - half - 0.065, top - 0.052), (x + half + 0.065, top - 0.052), 0.013), scene.colours("wood")[1]
    )


def _picture(scene: Scene, x: float, y: float, half: float) -> None:
    """A framed drawing of two hills and a disc."""
    canvas, wood = scene.canvas, scene.colours("wood")
    half = min(half, scene.w * 0.14)
    inside = shapes.box(x - half, y - half * 0.8, x + half, y + half * 0.8)
    canvas.fill(
        shapes.box(x - half - 0.02, y - half * 0.8 - 0.02, x + half + 0.02, y + half * 0.8 + 0.02, 0.005), wood[0]
    )
    canvas.fill(inside, scene.lit("#FBF3E4"))
    canvas.fill(shapes.circle(x + half * 0.35, y - half * 0.25, half * 0.2), scene.lit("#F2B266"))
    for dx, size, colour in ((-0.5, 0.9, "#9CBFA6"), (0.5, 0.8, "#7FA79B")):
        canvas.fill(
            shapes.circle(x + dx * half, y + half * (0.7 + size * 0.35), half * size) & inside, scene.lit(colour)
        )


def stage(scene: Scene) -> None:
    """Boards, curtains drawn aside, and a light that falls on the middle."""
    canvas, cloth, wood = scene.canvas, scene.colours("cloth"), scene.colours("wood")
    floor, middle = scene.at(0.76), scene.w / 2
    back = [mix(cloth[3], rgb("#151326"), 0.55), mix(cloth[3], rgb("#2A2140"), 0.25)]
    canvas.fill(shapes.everywhere(), Fade(0, floor, back))
    canvas.fill(shapes.box(-9, floor, 99, 99), Fade(floor, scene.h, [wood[2], wood[0]]))
    for i in range(-math.ceil(scene.w * 5), math.ceil(scene.w * 5) + 1):
        canvas.fill(
            shapes.stroke((middle + i * 0.1, floor), (middle + i * 0.17, scene.h), 0.003, 0.005)
            & shapes.box(-9, floor, 99, 99),
            wood[3],
            0.45,
        )
    light = mix(scene.lit("#FFF3C9"), rgb("#FFF3C9"), 0.5)
    half = min(0.3, scene.w * 0.34)
    beam = shapes.convex(
        (middle - 0.05, -0.05), (middle + 0.05, -0.05), (middle + half, scene.at(0.9)), (middle - half, scene.at(0.9))
    )
    canvas.fill(beam, Fade(0, scene.at(0.9), [light, mix(light, back[1], 0.25)]), 0.2, soft=0.05)
    canvas.fill(shapes.ellipse(middle, scene.at(0.9), half * 1.04, 0.07), light, 0.5, soft=0.03)
    for side in (0, 1):
        _curtain(scene, side, cloth)
    _pelmet(scene, cloth)


def _curtain(scene: Scene, side: int, cloth: list[Array]) -> None:
    wide, folds = min(0.22, scene.w * 0.19), 5
    way, edge = (-1, scene.w) if side else (1, 0.0)
    for i in range(folds - 1, -1, -1):
        reach = wide * (i + 1.15) / folds
        bow = lambda v, reach=reach: edge + way * (reach - 0.03 * (v / scene.h) * (1 + i * 0.3))  # type: ignore[misc] # noqa: E731, B023
        inside = shapes.right_of(bow)
        fold = inside if side else shapes.Shape(inside.box, lambda u, v, inside=inside: -inside.distance(u, v))  # type: ignore[misc]
        fold &= shapes.box(-9, -9, 99, scene.at(0.83))
        scene.canvas.fill(fold, Fade(0, scene.at(0.83), [cloth[2], cloth[0 if i % 2 else 1], cloth[1 if i % 2 else 2]]))
        near = shapes.Shape(fold.box, lambda u, v, fold=fold: 0.012 - abs(fold.distance(u, v) - 0.012))  # type: ignore[misc]
        scene.canvas.fill(near & fold, cloth[3], 0.35, soft=0.012)


def _pelmet(scene: Scene, cloth: list[Array]) -> None:
    count = max(3, round(scene.w / 0.2))
    wide, gold = scene.w / count, scene.lit("#F2C14E")
    for i in range(count):
        x = wide * (i + 0.5)
        for drop, colour in ((0.012, gold), (0.0, cloth[0])):
            swag = shapes.ellipse(x, 0.05, wide * 0.54, 0.085 + drop) & shapes.box(
                x - wide * 0.5, -1, x + wide * 0.5, 1
            )
            scene.canvas.fill(swag, colour if drop else Fade(0, 0.13, [cloth[2], cloth[0]]))
    scene.canvas.fill(shapes.box(-9, -9, 99, 0.055), Fade(0, 0.055, [cloth[1], cloth[2]]))


def sky(scene: Scene) -> None:
    """Nothing but sky: its clouds are large and lie low and at the sides."""
    ground_scene.sky(scene, 1.0, clouds=False)
    for i in range(0 if scene.time == "storm" else scene.many(2.4) + 1):
        width = scene.random.uniform(0.22, 0.4)
        ground_scene.cloud(
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
    ground_scene.stars(scene, 1.0, 130)
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
    band = ring_shape(x, y, radius, tilt)
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


def ring_shape(x: float, y: float, radius: float, tilt: float) -> shapes.Shape:
    turn = math.atan(tilt)
    outer, inner = shapes.ellipse(0, 0, radius * 1.9, radius * 0.46), shapes.ellipse(0, 0, radius * 1.5, radius * 0.32)
    flat = outer - inner

    def distance(u: Array, v: Array) -> Array:
        a, b = u - x, v - y
        return flat.distance(a * math.cos(turn) + b * math.sin(turn), b * math.cos(turn) - a * math.sin(turn))

    return shapes.Shape((x - radius * 2, y - radius * 2, x + radius * 2, y + radius * 2), distance)
