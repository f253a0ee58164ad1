"""Pictures as a press prints them: screens of dots in four process inks, and a Risograph's few spot inks."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen_stages.lattice import Lattice

PROCESS = ((0.0, 0.62, 0.87), (0.89, 0.05, 0.52), (1.0, 0.93, 0.0), (0.11, 0.11, 0.11))
"""Cyan, magenta, yellow and black on white paper, as sRGB shows printing inks."""
ANGLES = (15.0, 75.0, 0.0, 45.0)
"""Degrees that the screens of the process inks are turned by, so that they make rosettes and no stripes."""
BLACK = 0.6
"""The share of what cyan, magenta and yellow have in common that black prints instead of them."""
PAPER = (0.976, 0.961, 0.925)
"""Of a Risograph print: unbleached."""
APART = 0.006
"""How far a Risograph's inks are off their place, as a share of the shorter side."""
UNEVEN = 0.06
"""How unevenly a Risograph's drum inks: a standard deviation."""
GRAINY, FIRM = 0.55, 3.0
"""How much of a Risograph's tone is grain, and how sharp the grain is."""
TABLE = 17
"""Colours along each side of the cube of which inks are known; others lie between."""
ROUNDS = 150
"""Steps towards the inks that match a colour best."""


def halftone(image: Tensor, lattice: Lattice, row: int) -> Tensor:
    """(1, 3, H, W) in dots of cyan, magenta, yellow and black, larger where there is more ink."""
    inks = 1 - image
    black = BLACK * inks.amin(dim=1, keepdim=True)
    amounts = torch.cat([(inks - black) / (1 - black).clamp(min=1e-6), black], dim=1)
    turns = [math.radians(angle) for angle in ANGLES]
    cover = torch.cat([_dots(amounts[:, ink : ink + 1], lattice, row, turn) for ink, turn in enumerate(turns)], dim=1)
    return _over(torch.ones_like(image), cover, image.new_tensor(PROCESS))


def _dots(amount: Tensor, lattice: Lattice, row: int, turn: float) -> Tensor:
    """(1, 1, H, W) in [0, 1]: where a screen of dots that is turned by `turn` prints `amount`.

    The spot function is a product of cosines (PostScript's "double dot" family), and its values are evened out, so
    that an amount covers its own share of the paper; dots are as sharp as pixels let them be.
    """
    x, y = lattice.places()
    phase = lattice.chances(f"screen {turn:.3f}", row, 2)
    across = x * math.cos(turn) + y * math.sin(turn) + phase[0]
    along = y * math.cos(turn) - x * math.sin(turn) + phase[1]
    spot = ((2 * math.pi * across).cos() + (2 * math.pi * along).cos()) / 4 + 0.5
    return _above(amount, _evened(1 - spot), lattice.cell / math.pi)


def _above(amount: Tensor, threshold: Tensor, sharpness: float) -> Tensor:
    """In [0, 1]: where `amount` is above a threshold that is as often lower as it says; 0 is nowhere, 1 everywhere."""
    return (amount * (sharpness + 1) - threshold * sharpness).clamp(0, 1)


def _evened(spot: Tensor) -> Tensor:
    """Values of the spot function, in [0, 1], as the share of a cell that has lower ones."""
    places = (torch.arange(64, device=spot.device) + 0.5) / 64 * 2 * math.pi
    known = ((places[:, None].cos() + places.cos()) / 4 + 0.5).flatten().sort().values
    return torch.searchsorted(known, spot.contiguous()) / len(known)


def riso(image: Tensor, inks: Tensor, lattice: Lattice, row: int) -> Tensor:
    """(1, 3, H, W) in spot inks (K, 3), each with a grain of its own, uneven, and a little off its place."""
    paper = image.new_tensor(PAPER)
    amounts = amounts_of(image, inks, paper)
    covers = []
    for ink in range(len(inks)):
        moved = _moved(amounts[:, ink : ink + 1], lattice.chances(f"place {ink}", row, 2), first=ink == 0)
        uneven = 1 + UNEVEN * lattice.noise(f"drum {ink}", row, 40) + UNEVEN * lattice.noise(f"feed {ink}", row, 4)
        # Evened out, the grain is a threshold that an amount passes at its own share of the places.
        grain = torch.special.ndtr(_unit(lattice.noise(f"grain {ink}", row, 1)))
        inked = (moved * uneven).clamp(0, 1)
        covers.append(torch.lerp(inked, _above(inked, grain, FIRM), GRAINY))
    return _over(paper.view(1, 3, 1, 1).expand_as(image), torch.cat(covers, dim=1), inks)


def _unit(noise: Tensor) -> Tensor:
    return noise / noise.std().clamp(min=1e-6) if noise.numel() > 1 else noise


def _moved(cover: Tensor, chances: Tensor, first: bool) -> Tensor:
    """`cover` (1, 1, H, W) off its place, in a direction of chance; the `first` ink is where all others should be."""
    if first:
        return cover
    height, width = cover.shape[2:]
    turn, way = 2 * math.pi * float(chances[0]), APART * (0.5 + float(chances[1])) * min(height, width)
    right, down = 2 * way * math.cos(turn) / width, 2 * way * math.sin(turn) / height
    place = torch.tensor([[[1, 0, right], [0, 1, down]]], dtype=cover.dtype, device=cover.device)
    grid = F.affine_grid(place, [1, 1, height, width], align_corners=False)
    return F.grid_sample(cover, grid, padding_mode="border", align_corners=False)


def amounts_of(image: Tensor, inks: Tensor, paper: Tensor) -> Tensor:
    """(1, K, H, W) in [0, 1]: how much of each ink (K, 3), one over the other on `paper` (3,), comes nearest.

    Found for a cube of colours, by projected gradient steps, and looked up in between.
    """
    side = torch.linspace(0, 1, TABLE, device=image.device)
    colours = torch.stack(torch.meshgrid(side, side, side, indexing="ij"), dim=-1).view(-1, 3)
    table = _matched(colours, inks, paper).T.view(1, len(inks), TABLE, TABLE, TABLE)
    # The cube's last axis is blue, which grid_sample calls x.
    places = (image.flip(1).movedim(1, -1) * 2 - 1)[:, None]
    return F.grid_sample(table, places, padding_mode="border", align_corners=True)[:, :, 0]


def _matched(colours: Tensor, inks: Tensor, paper: Tensor) -> Tensor:
    """(N, K) for colours (N, 3)."""
    amounts = torch.full((len(colours), len(inks)), 0.3, device=colours.device)
    target = colours * paper
    for _ in range(ROUNDS):
        left = 1 - amounts[:, :, None] * (1 - inks)
        printed = paper * left.prod(dim=1)
        change = -(1 - inks) * printed[:, None] / left.clamp(min=0.05)
        slope = ((printed - target)[:, None] * change).sum(dim=-1)
        scale = (change**2).sum(dim=-1).sum(dim=1, keepdim=True).clamp(min=0.05)
        amounts = (amounts - slope / scale).clamp(0, 1)
    return amounts


def _over(paper: Tensor, cover: Tensor, inks: Tensor) -> Tensor:
    """(1, 3, H, W): `paper` through inks (K, 3) that cover (1, K, H, W) of it, one over the other."""
    printed = paper
    for ink, colour in enumerate(inks):
        printed = printed * (1 - cover[:, ink : ink + 1] * (1 - colour.view(1, 3, 1, 1)))
    return printed
