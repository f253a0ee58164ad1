"""Tiles that are drawn here: by how far each point of a cell is from a line or an edge."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

Parts = tuple[Tensor, Tensor, Tensor]
FINE = 4
"""Every pixel is the mean of so many rows and columns of finer ones."""
WIDTHS = (0.05, 0.14, 0.24, 0.36, 0.5, 0.66, 0.84)
"""Of Truchet arcs, as shares of a cell's side: broad ones are dark, as Bosch & Colley vary them (2013)."""


def truchet(size: tuple[int, int]) -> tuple[Parts, str]:
    """Two quarter circles around opposite corners, either way (C. S. Smith, "The tiling patterns of Sebastien
    Truchet", Leonardo 20, 1987), in several widths."""
    x, y = _places(size)
    ways = [((0, 0), (1, 1)), ((1, 0), (0, 1))]
    drawn = []
    for width in WIDTHS:
        for corners in ways:
            away = torch.stack([(torch.hypot(x - a, y - b) - 0.5).abs() for a, b in corners]).amin(dim=0)
            drawn.append(_inside(away - width / 2, size))
    return _flat(drawn), "╱╲" * len(WIDTHS)


def triangles(size: tuple[int, int]) -> tuple[Parts, str]:
    """Half squares that stand in each corner (S. Truchet, 1704), and a blank and a full one."""
    x, y = _places(size)
    outside = [x + y - 1, y - x, x - y, 1 - x - y, torch.ones_like(x), -torch.ones_like(x)]
    return _flat([_inside(each / math.sqrt(2), size) for each in outside]), "◤◥◣◢ █"


def bricks(size: tuple[int, int]) -> tuple[Parts, str]:
    """A plate of one stud, seen from above, in light from the top left."""
    x, y = _places(size)
    plate = (torch.stack([(x - 0.5).abs(), (y - 0.5).abs()]).amax(dim=0) - 0.5).expand_as(x)
    towards_light = -((x - 0.5) + (y - 0.5)) / math.sqrt(2)
    away = torch.hypot(x - 0.5, y - 0.5)
    around = towards_light / away.clamp(min=1e-6)
    stud, rim = 0.31, (1 - ((away - 0.31).abs() / 0.05)).clamp(0, 1)
    edge = (1 + plate / 0.06).clamp(0, 1)
    lit_edge = torch.where((x + y) < 1, 1.0, -1.0) * edge
    shadow = (1 - (torch.hypot(x - 0.55, y - 0.55) - stud).abs() / 0.1).clamp(0, 1) * (away > stud)
    light = 0.55 * rim * around + 0.4 * lit_edge
    light = light + 0.12 * (away < stud)
    shade = 1 - 0.34 * shadow + light.clamp(max=0) * 0.55
    gloss = (0.38 * light.clamp(min=0)).clamp(0, 1)
    ink = _mean((1 - gloss) * shade.clamp(0, 1))
    own = _mean(gloss)
    return (ink.expand(1, 3, -1, -1), own.expand(1, 3, -1, -1), torch.ones_like(ink)), "■"


def stitches(size: tuple[int, int]) -> tuple[Parts, str]:
    """A cross of two threads, the second over the first; each half of it; and bare cloth."""
    x, y = _places(size)
    first, second = (
        _thread((x - y) / math.sqrt(2), (x + y) / math.sqrt(2)),
        _thread((x + y - 1) / math.sqrt(2), (x - y) / math.sqrt(2)),
    )
    # The upper thread darkens what it lies on.
    pressed = first[0] * (1 - 0.45 * (1 - (((x + y - 1) / math.sqrt(2)).abs() / 0.26)).clamp(0, 1))
    both = torch.where(second[1] > 0, second[0], pressed), torch.maximum(first[1], second[1])
    none = torch.zeros_like(x)
    shades, covers = zip(both, second, first, (none, none), strict=True)
    ink, cover = (torch.cat([_mean(part) for part in parts]) for parts in (shades, covers))
    return (ink.expand(-1, 3, -1, -1), torch.zeros_like(ink).expand(-1, 3, -1, -1), cover), "×╱╲ "


def cloth(size: tuple[int, int]) -> Tensor:
    """(1, h, w): how light woven cloth is in a cell, with holes at its corners through which the needle goes."""
    x, y = _places(size)
    near = torch.stack([torch.hypot(x - a, y - b) for a in (0, 1) for b in (0, 1)]).amin(dim=0)
    weave = 0.96 + 0.04 * (4 * math.pi * x).cos() * (4 * math.pi * y).cos()
    return _mean(weave * (1 - 0.45 * (1 - near / 0.14).clamp(0, 1)))[0]


def _thread(across: Tensor, along: Tensor) -> tuple[Tensor, Tensor]:
    """Shade and cover of a thread that is twisted of strands, `across` its middle."""
    cover = (across.abs() < 0.17).to(across) * (((along - along.mean()).abs()) < 0.66)
    round_ = (1 - (across / 0.2).square()).clamp(0, 1)
    twist = 0.92 + 0.08 * (14 * math.pi * (along + across)).cos()
    return (0.62 + 0.38 * round_) * twist * cover, cover


def _places(size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """x and y of the finer pixels' middles, from 0 to 1 over the cell."""
    rows, columns = ((torch.arange(FINE * side) + 0.5) / (FINE * side) for side in size)
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return x, y


def _inside(outside: Tensor, size: tuple[int, int]) -> Tensor:
    """(1, 1, h, w): the share of a pixel where (FINE h, FINE w) is below 0."""
    edge = 1 / (FINE * min(size))
    return _mean((0.5 - outside / edge).clamp(0, 1))


def _mean(fine: Tensor) -> Tensor:
    return F.avg_pool2d(fine[None, None], FINE)


def _flat(covers: list[Tensor]) -> Parts:
    cover = torch.cat(covers)
    ink = cover.expand(-1, 3, -1, -1)
    return ink, torch.zeros_like(ink), cover
