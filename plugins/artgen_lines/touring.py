"""A line through points that lie where a picture is dark."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from artgen.api import Env
from artgen.colours import channels
from artgen.vectors import ordered
from artgen_lines.lines_spec import Lines

SIDE = 128
"""Pixels of the longer side, at most, of the small picture that says where points lie."""
ROUNDS = 12
"""Of Lloyd's method."""
UNMIXING = 60
"""Steps that find how much of each colour there is."""
FAINT = 0.0007
"""The share of the densest place that there is anywhere, so that a line may pass what is blank."""
CHUNK = 2**22

Floats = NDArray[np.float64]


def tours(spec: Lines, env: Env, image: Tensor | None) -> Tensor:
    """(B, lines, points, 2) in pixels: for each colour a short way through points, dense where there is much of it.

    The points are spread by Lloyd's method, weighted (Secord, "Weighted Voronoi Stippling", 2002). A line as dense as
    the square of the colour's share covers about that share, because it is as long as the root of the points is many.
    """
    height, width = env.size
    first = env.random.uniform("points", (len(spec.colours), spec.points, 2)).cpu().double().numpy()
    small = _small(env)
    if image is None:
        share = torch.ones(1, len(spec.colours), *small)
    else:
        share = _shares(spec, F.interpolate(image.detach(), small, mode="area"))
    density = (share.square() + FAINT).expand(len(first), -1, -1, -1).cpu().double().numpy()
    side = np.array([width, height])
    lines = [
        [_tour(_spread(chances, at) / np.array(small[::-1]) * side) for chances, at in zip(*picture, strict=True)]
        for picture in zip(density, first, strict=True)
    ]
    return torch.from_numpy(np.array(lines)).float().to(env.device)


def _small(env: Env) -> tuple[int, int]:
    share = min(1.0, SIDE / max(env.size))
    return max(1, round(share * env.size[0])), max(1, round(share * env.size[1]))


def _shares(spec: Lines, image: Tensor) -> Tensor:
    """(B, lines, h, w) in [0, 1]: how much of the paper each colour is to cover, so that they mix to the picture."""
    paper = image.new_tensor(channels(spec.paper))
    inks = image.new_tensor([channels(colour) for colour in spec.colours]) - paper
    wanted = image.movedim(1, -1) - paper
    step = 1 / (inks @ inks.T).norm().clamp(min=1e-6)
    share = torch.zeros(*wanted.shape[:-1], len(inks), device=image.device)
    for _ in range(UNMIXING):
        share = (share - step * (share @ inks - wanted) @ inks.T).clamp(0, 1)
    return share.movedim(-1, 1)


def _spread(density: Floats, chances: Floats) -> Floats:
    """(h, w) and (V, 2) in [0, 1) to V points, x and y in its pixels."""
    height, width = density.shape
    sums = density.ravel().cumsum()
    at = np.searchsorted(sums, chances[:, 0] * sums[-1], side="right").clip(max=height * width - 1)
    inside = (chances[:, 1] * 256) % 1
    points = np.stack([at % width + chances[:, 1], at // width + inside], axis=1)
    y, x = (axis.ravel() + 0.5 for axis in np.mgrid[:height, :width])
    places, weight = np.stack([x, y], axis=1), density.ravel()
    for _ in range(ROUNDS):
        owner = _nearest(places, points)
        mass = np.bincount(owner, weight, len(points))
        middle = np.stack([np.bincount(owner, weight * axis, len(points)) for axis in (x, y)], axis=1)
        points = np.where(mass[:, None] > 0, middle / np.maximum(mass, 1e-12)[:, None], points)
    return points


def _nearest(places: Floats, points: Floats) -> NDArray[np.int64]:
    each = max(1, CHUNK // len(points))
    square = (points**2).sum(axis=1)
    parts = [(square - 2 * places[i : i + each] @ points.T).argmin(axis=1) for i in range(0, len(places), each)]
    found: NDArray[np.int64] = np.concatenate(parts)
    return found


def _tour(points: Floats) -> Floats:
    order = [number for number, _ in ordered(points, points)]
    return points[order]
