"""The edges of a picture as lines, the ones that tell most first."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from skimage.feature import canny
from skimage.filters import gaussian, sobel
from skimage.morphology import dilation, disk, skeletonize
from torch import Tensor

Rows = NDArray[np.float64]
SIDE = 192
"""Edges are looked for in a picture whose shorter side has no more pixels than these."""
BLUR = 1.7
"""Standard deviation of the blur before, in such pixels."""
STEEP = (0.03, 0.08)
"""Changes of brightness or colour a pixel that an edge has everywhere, and somewhere."""
BESIDE = 1
"""Edges that are no more than twice as many pixels apart become one."""
SHORTEST = 5
"""Pixels of the shortest line."""
LONGEST = 0.9
"""Lines that are longer than this share of the shorter side are divided."""
RECENT = 5
"""Of so many pixels a line's direction is that of the last."""
CORNER = 0.2
"""A line ends where the cosine of its turn is less."""
_AROUND = ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, -1), (-1, 1))


def lines_along(image: Tensor, count: int) -> list[Rows]:
    """At most so many lines (N, 2), x and y in pixels, along the edges of (3, H, W)."""
    height, width = image.shape[1:]
    scale = min(1.0, SIDE / min(height, width))
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    if min(size) < SHORTEST:
        return []
    small = F.interpolate(image[None].cpu(), size, mode="area")[0].double().numpy()
    found = canny(_told_apart(small), BLUR, *STEEP, mode="nearest")
    steep = np.sqrt(sum(sobel(gaussian(channel, BLUR)) ** 2 for channel in small))
    chains = [chain for chain in _chains(skeletonize(dilation(found, disk(BESIDE)))) if len(chain) >= SHORTEST]
    chains.sort(key=lambda chain: float(steep[tuple(chain.T)].sum()), reverse=True)
    chains = chains[:count]
    chains.sort(key=len, reverse=True)
    longest = LONGEST * min(size)
    while chains and (len(chains) < count or len(chains[0]) > longest) and len(chains[0]) >= 2 * SHORTEST:
        half = len(chains[0]) // 2
        chains = sorted([chains[0][: half + 1], chains[0][half:], *chains[1:]], key=len, reverse=True)
    stretch = np.array([width / size[1], height / size[0]])
    return [(_smoothed(chain[:, ::-1].astype(np.float64)) + 0.5) * stretch for chain in chains[:count]]


def _told_apart(image: Rows) -> Rows:
    """(H, W): of (3, H, W) the mixture of the channels that differs most, be it brightness or a colour."""
    pixels = image.reshape(3, -1)
    mixture = np.linalg.eigh(np.cov(pixels))[1][:, -1]
    made: Rows = (mixture @ pixels).reshape(image.shape[1:])
    return made


def _chains(found: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """The pixels, each once, in the order in which a pen would go along them: (N, 2), row and column."""
    left = {(int(row), int(column)) for row, column in np.argwhere(found)}

    def beside(place: tuple[int, int]) -> list[tuple[int, int]]:
        return [near for dy, dx in _AROUND if (near := (place[0] + dy, place[1] + dx)) in left]

    made = []
    # Ends first, so that a line is not begun in its middle; what is left then are closed ones.
    ends = sorted(place for place in left if len(beside(place)) == 1)
    for begin in [*ends, *sorted(left)]:
        if begin not in left:
            continue
        chain = [begin]
        left.discard(begin)
        while near := _ahead(chain, beside(chain[-1])):
            chain.append(near)
            left.discard(near)
        made.append(np.array(chain))
    return made


def _ahead(chain: list[tuple[int, int]], near: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Of the next places the one in whose direction the last few lie; none where that would be a corner."""
    back = chain[max(0, len(chain) - RECENT)]
    way = np.subtract(chain[-1], back)
    made = [(float(np.dot(np.subtract(one, chain[-1]), way)), one) for one in near]
    if not made:
        return None
    length, best = max(made)
    straight = float(np.linalg.norm(way) * np.linalg.norm(np.subtract(best, chain[-1])))
    return best if len(chain) < RECENT or length >= CORNER * straight else None


def _smoothed(line: Rows) -> Rows:
    """Without the steps of the pixels; the ends stay."""
    padded = np.concatenate([line[:1].repeat(2, axis=0), line, line[-1:].repeat(2, axis=0)])
    smooth: Rows = sum((padded[i : len(line) + i] for i in range(5)), np.zeros_like(line)) / 5
    return smooth


def fitted(line: Rows, segments: int) -> Rows:
    """(3 segments + 1, 2): ends and handles of a chain of cubic curves that lies near all of (N, 2).

    Least squares for all points at once, at equal distances along the line; smooth where curves meet, because a line
    is drawn in one go.
    """
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1).cumsum()
    along = np.concatenate([[0.0], steps]) / max(float(steps[-1]), 1e-9) * segments
    segment = np.minimum(along.astype(np.int64), segments - 1)
    t = along - segment
    weights = np.zeros((len(line), 3 * segments + 1))
    for i, weight in enumerate(((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)):
        weights[np.arange(len(line)), 3 * segment + i] += weight
    chain = _smooth_chain(segments)
    free = np.linalg.lstsq(np.concatenate([weights @ chain, 1e-3 * _bends(segments) @ chain]), _padded(line, segments))
    points: Rows = chain @ free[0]
    return points


def _smooth_chain(segments: int) -> Rows:
    """(3 S + 1, 2 S + 2): points of a chain by its two ends and its handles; inner ends are between their handles."""
    made = np.zeros((3 * segments + 1, 2 * segments + 2))
    made[0, 0] = made[-1, -1] = 1
    for i in range(segments):
        made[3 * i + 1, 2 * i + 1] = made[3 * i + 2, 2 * i + 2] = 1
        if i:
            made[3 * i, 2 * i] = made[3 * i, 2 * i + 1] = 0.5
    return made


def _bends(segments: int) -> Rows:
    """(3 S - 1, 3 S + 1): second differences, which decide where points are too few."""
    return np.diff(np.eye(3 * segments + 1), 2, axis=0)


def _padded(line: Rows, segments: int) -> Rows:
    return np.concatenate([line, np.zeros((3 * segments - 1, 2))])


def as_chains(image: Tensor, count: int, segments: int) -> Tensor:
    """(L, 3 segments + 1, 2), L up to `count`: lines along the edges of (3, H, W)."""
    made = [torch.from_numpy(fitted(line, segments)).float() for line in lines_along(image, count)]
    chains = torch.stack(made) if made else torch.zeros(0, 3 * segments + 1, 2)
    return chains.to(image.device)
