"""Places under a roof: a room and a stage."""

from __future__ import annotations

import math

from artgen_drawings.ground import shapes
from artgen_drawings.ground.colours import mix, rgb
from artgen_drawings.ground.scene import Scene
from artgen_drawings.ground.shapes import Array, Curve, Fade


def room(scene: Scene) -> None:
    """A wall with a window, a picture or a lamp, a skirting board, and boards with a rug."""
    canvas, random = scene.canvas, scene.random
    row, floor = list(scene.colours("room")), scene.at(0.74)
    if scene.time == "night":
        row[:2] = [mix(colour, rgb(scene.sky.low), 0.4) for colour in row[:2]]
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
    if scene.time == "sunset":
        canvas.fill(shapes.everywhere(), rgb("#FF8030"), 0.16)


def _curtain(scene: Scene, side: int, cloth: list[Array]) -> None:
    wide, folds, foot = min(0.22, scene.w * 0.19), 5, scene.at(0.83)
    way, edge = (-1, scene.w) if side else (1, 0.0)
    for i in range(folds - 1, -1, -1):
        reach = wide * (i + 1.15) / folds
        bow = _hem(edge, way, reach, 0.03 * (1 + i * 0.3) / scene.h)
        fold = (shapes.right_of(bow) if side else shapes.left_of(bow)) & shapes.box(-9, -9, 99, foot)
        scene.canvas.fill(fold, Fade(0, foot, [cloth[2], cloth[0 if i % 2 else 1], cloth[1 if i % 2 else 2]]))
        scene.canvas.fill(shapes.rim(fold, 0.024) & fold, cloth[3], 0.35, soft=0.012)


def _hem(edge: float, way: int, reach: float, lean: float) -> Curve:
    """The inner side of a fold, that leans out to the edge of the stage on its way down."""
    return lambda y: edge + way * (reach - lean * y)


def _pelmet(scene: Scene, cloth: list[Array]) -> None:
    count = max(3, round(scene.w / 0.2))
    wide, gold = scene.w / count, scene.lit("#F2C14E")
    for drop, colour in ((0.012, gold), (0.0, Fade(0, 0.13, [cloth[2], cloth[0]]))):
        swags = [shapes.ellipse(wide * (i + 0.5), 0.05, wide * 0.54, 0.085 + drop) for i in range(count)]
        scene.canvas.fill(shapes.union(swags), colour)
    scene.canvas.fill(shapes.box(-9, -9, 99, 0.055), Fade(0, 0.055, [cloth[1], cloth[2]]))
