"""A picture as regions of one colour, the largest first, and their outlines."""

from __future__ import annotations

from dataclasses import dataclass

import contourpy
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from artgen.canvas import components
from artgen.colours import Palette, oklab, representatives

Rows = NDArray[np.float64]
SIDE = 192
"""Regions are looked for in a picture whose shorter side has no more pixels than these."""
SMOOTH = 7
"""Pixels of the square in which the most frequent colour wins."""
SPECK = 1e-3
"""Regions that are a smaller share of the picture are left out."""
SAMPLES = 20000
"""Of how many pixels the colours are found."""
LIKE = 0.004
"""Squared distance in Oklab below which a colour is that of the paper."""
BEYOND = 3
"""Pixels by which a region goes on behind the border that it touches."""


@dataclass(frozen=True)
class Region:
    """Pixels of about one colour that hang together."""

    outline: Rows
    """(N, 2): x and y in pixels, once round."""
    colour: Rows
    """(3,) in [0, 1]."""
    share: float
    """Of the picture's pixels."""


def regions_of(image: Tensor, colours: int, paper: Tensor, most: int) -> list[Region]:
    """Of (3, H, W), in so many colours: at most so many regions; what is only seen paper is left out."""
    height, width = image.shape[1:]
    scale = min(1.0, SIDE / min(height, width))
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    small = F.interpolate(image[None].cpu(), size, mode="area")
    pixels = small[0].flatten(1).T
    found = representatives(pixels[:: 1 + len(pixels) // SAMPLES], colours)
    labels = _smoothed(Palette.of(found).nearest(small[0].movedim(0, -1)), colours).numpy()
    numbers = components(labels)
    areas = np.bincount(numbers.ravel())
    order = [int(n) for n in np.argsort(-areas, kind="stable") if areas[n] >= max(4, SPECK * labels.size)]
    stretch = np.array([width / size[1], height / size[0]])
    made: list[Region] = []
    for number in order:
        inside = numbers == number
        mean = small[0][:, torch.from_numpy(inside)].mean(dim=1)
        if _at_border(inside) and float((oklab(mean) - oklab(paper.cpu())).square().sum()) < LIKE:
            continue
        made.append(Region(_outline(inside) * stretch, mean.double().numpy(), float(areas[number]) / labels.size))
        if len(made) == most:
            break
    return made


def _smoothed(labels: Tensor, colours: int) -> Tensor:
    """(H, W): the most frequent of the labels around each pixel, without the thin seams between two colours."""
    votes = F.one_hot(labels, colours).movedim(-1, 0)[None].float()
    padded = F.pad(votes, (SMOOTH // 2,) * 4, mode="replicate")
    return F.avg_pool2d(padded, SMOOTH, stride=1)[0].argmax(dim=0)


def _at_border(inside: NDArray[np.bool_]) -> bool:
    return bool(inside[0].any() or inside[-1].any() or inside[:, 0].any() or inside[:, -1].any())


def _outline(inside: NDArray[np.bool_]) -> Rows:
    """(N, 2): once round the outermost border of what is `inside` (H, W), smoothed a little."""
    beyond = np.pad(np.pad(inside, BEYOND, mode="edge"), 2)
    # A pixel more all round, so that no paper is seen between neighbours.
    wider = F.max_pool2d(torch.from_numpy(beyond.astype(np.float32))[None, None], 3, stride=1, padding=1)
    soft = F.avg_pool2d(wider, 3, stride=1, padding=1)[0, 0].numpy()
    lines = contourpy.contour_generator(z=soft).lines(min(0.5, float(soft.max()) / 2))
    longest: Rows = max((np.asarray(line, dtype=np.float64)[:-1] for line in lines), key=_area)
    return longest - (BEYOND + 2) + 0.5


def _area(line: Rows) -> float:
    x, y = line.T
    return abs(float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()))
