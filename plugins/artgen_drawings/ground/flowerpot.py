"""A flowerpot, to lay over the stem of a plant."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import torch
from torch import Tensor

from artgen_drawings.ground import shapes
from artgen_drawings.ground.colours import mix, rgb
from artgen_drawings.ground.shapes import Array, Canvas, Fade, Shape

TERRACOTTA = "#D9764A"
# The rim and the body of the pot, in shares of its square.
RIM = (0.23, 0.6, 0.77, 0.71)
SHOULDER, FOOT = (0.265, 0.7), (0.335, 0.985)
DECORATIONS = ("plain", "plain", "band", "zigzag", "dots")


def flowerpot(size_px: int, colour: Tensor | None, rng: torch.Generator) -> Tensor:
    """A pot in the lower 40 % of a square: (4, S, S) float32, premultiplied RGB and alpha.

    `colour` (3,) in [0, 1] is its clay, None for terracotta. One number is drawn from `rng`, for its decoration.
    """
    random = Random(int(torch.randint(2**62, (), generator=rng, device=rng.device)))
    clay = rgb(TERRACOTTA) if colour is None else colour.detach().to("cpu", torch.float32).clamp(0, 1).numpy()
    paint, cover = Canvas((size_px, size_px)), Canvas((size_px, size_px))
    light, dark = mix(clay, rgb("#FFFFFF"), 0.28), mix(clay, clay * rgb("#7C5C66"), 0.55)
    body, collar = _body(), shapes.box(*RIM, 0.018)
    paint.fill(shapes.everywhere(), clay)
    _decorate(paint, random, light, dark)
    _shade(paint, light, dark)
    paint.fill(body & shapes.box(0, RIM[3] - 0.03, 1, RIM[3] + 0.022), dark, 0.65)
    paint.fill(collar, Fade(RIM[1], RIM[3], [mix(clay, light, 0.55), clay]))
    paint.fill(collar & shapes.box(0.66, 0, 1, 1), dark, 0.4)
    paint.fill(shapes.stroke((0.27, 0.63), (0.45, 0.63), 0.016), light, 0.8)
    cover.fill(body | collar, np.ones(3, np.float32))
    rgba = np.concatenate([paint.pixels * cover.pixels, cover.pixels[:1]])
    return torch.from_numpy(rgba).clamp(0, 1)


def rim() -> tuple[float, float, float]:
    """Left and right end of the opening and its height, in shares of the pot's square.

    A plant that ends below this height, within these ends, and is laid under the pot stands in it.
    """
    return RIM[0] + 0.04, RIM[2] - 0.04, RIM[1]


def _body() -> Shape:
    (left, top), (low, bottom) = SHOULDER, FOOT
    r = 0.03
    upper = shapes.convex((left, top), (1 - left, top), (1 - low + r * 0.2, bottom - r), (low - r * 0.2, bottom - r))
    return upper | shapes.box(low - r * 0.2, bottom - 2 * r, 1 - low + r * 0.2, bottom, r)


def _decorate(paint: Canvas, random: Random, light: Array, dark: Array) -> None:
    kind, tone = random.choice(DECORATIONS), random.choice((light, mix(light, rgb("#FFFFFF"), 0.45), dark))
    if kind == "band":
        for top in (0.79, 0.83):
            paint.fill(shapes.box(0, top, 1, top + 0.022), tone, 0.8)
    elif kind == "zigzag":
        turns = [(0.2 + k * 0.05, 0.81 + 0.04 * (k % 2)) for k in range(13)]
        paint.fill(shapes.path(turns, 0.02), tone, 0.8)
    elif kind == "dots":
        for k in range(8):
            y = 0.83 + 0.018 * math.cos(math.pi * k)
            paint.fill(shapes.circle(0.255 + k * 0.07, y, 0.015), tone, 0.8)


def _shade(paint: Canvas, light: Array, dark: Array) -> None:
    """Light from the left, shade on the right, along the slope of the walls."""
    slope = (FOOT[0] - SHOULDER[0]) / (FOOT[1] - SHOULDER[1])
    side = shapes.right_of(lambda y: 0.6 - slope * 0.6 * (y - SHOULDER[1]))
    for step in (0.0, 0.08):
        paint.fill(shapes.moved(side, step, 0), dark, 0.35)
    left = SHOULDER[0] + 0.045
    paint.fill(shapes.stroke((left, 0.755), (left + slope * 0.15, 0.905), 0.026), light, 0.7)
