"""The tiles that a cell chooses from, as pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from artgen_glyphs.characters import ASCII, LETTERS, lettered, typed
from artgen_glyphs.files import from_files
from artgen_glyphs.glyphs_spec import Glyphs
from artgen_glyphs.patterns import bricks, cloth, stitches, triangles, truchet

RATIOS = {"ascii": 0.52}
"""Width of a cell by its height, where it is not square: that of a character and its line."""


@dataclass(frozen=True)
class Tiles:
    """T tiles of (h, w) pixels. One shows ``ink * its ink + own + (1 - cover) * paper``, which is in [0, 1]."""

    ink: Tensor
    """(T, 3, h, w): how much of the ink's colour a pixel has."""
    own: Tensor
    """(T, 3, h, w): what it has whatever the ink, such as light on a stud."""
    cover: Tensor
    """(T, 1, h, w): how much of the paper it covers."""
    paper: Tensor
    """(1, h, w): how light the paper is."""
    signs: str
    """A character for each tile."""


def tiles_of(spec: Glyphs, size: tuple[int, int], device: torch.device) -> Tiles:
    """Those of the spec, for cells of (h, w) pixels."""
    if spec.tiles == "pictures":
        ink, own, cover, signs = from_files(spec.pictures or (), size, tinted=spec.ink is not None or spec.free)
    elif spec.tiles in _DRAWN:
        (ink, own, cover), signs = _DRAWN[spec.tiles](size)
    else:
        draw, usual = (typed, ASCII) if spec.tiles == "ascii" else (lettered, LETTERS)
        signs = "".join(dict.fromkeys(spec.characters or usual))
        cover = draw(signs, size)
        ink, own = cover.expand(-1, 3, -1, -1), torch.zeros(1).expand(len(cover), 3, *size)
    paper = cloth(size) if spec.tiles == "stitches" else torch.ones(1, *size)
    return Tiles(ink.to(device), own.to(device), cover.to(device), paper.to(device), signs)


_Parts = tuple[tuple[Tensor, Tensor, Tensor], str]
_DRAWN: Mapping[str, Callable[[tuple[int, int]], _Parts]] = {
    "truchet": truchet,
    "triangles": triangles,
    "bricks": bricks,
    "stitches": stitches,
}
