"""The working half of the style loss."""

from __future__ import annotations

import torch
from torch import Tensor

from artgen.api import Env, Look
from artgen.canvas import read_picture
from artgen_style import Style
from artgen_style.network import Network
from artgen_style.points import columns, cosine_distances, places

_TINY = 1e-12


class StyleLoss:
    """(B,), 0 where the styles are the same; near 1 at the start, whatever the network."""

    def __init__(self, spec: Style, env: Env) -> None:
        self._network, self._env = Network(spec, env), env
        self.weights = self._network.weights
        self._judge = self._gram if spec.kind == "gram" else self._remd
        with torch.no_grad():
            tiles = self._network.cut(read_picture(spec.image, env.size).to(env.device))
            maps = self._network.maps(tiles)
            self._grams = [gram(found) + _TINY for found in maps]
            self._scales = [found.square().mean().sqrt() + _TINY for found in (tiles, *maps)]
            self._columns = self._points(tiles, maps, places(env, tiles.shape[1], 0, "style"))

    def __call__(self, look: Look) -> Tensor:
        tiles = self._network.cut(look.image)
        return self._judge(tiles, self._network.maps(tiles), look.step)

    def _gram(self, _: Tensor, maps: list[Tensor], __: int) -> Tensor:
        """Gatys et al. 2016 (CVPR), equations 3 to 5; each layer's error is divided by the size of the style's own.

        So layers, networks and canvases of any size count alike; theirs is divided by 4 N^2 M^2.
        """
        pairs = zip(maps, self._grams, strict=True)
        parts = [(gram(found) - wanted).square().sum((1, 2)) / wanted.square().sum() for found, wanted in pairs]
        return torch.stack(parts).mean(dim=0)

    def _remd(self, tiles: Tensor, maps: list[Tensor], step: int) -> Tensor:
        """STROTSS (Kolkin et al. 2019, arXiv:1904.12785) at a content weight of 1: (EMD + moments + palette) / 3.

        Each layer is divided by its root mean square in the style, so that layers and networks count alike; colours are
        compared in RGB.
        """
        found = self._points(tiles, maps, places(self._env, tiles.shape[1], step))
        wanted = self._columns
        far = relaxed(cosine_distances(found, wanted))
        colours = relaxed(torch.cdist(found[..., :3], wanted[..., :3]) * self._scales[0])
        return (far + moments(found, wanted) + colours) / 3

    def _points(self, tiles: Tensor, maps: list[Tensor], where: Tensor) -> Tensor:
        """(B, n, 3 + D): colours and features."""
        layers = [
            (layer / scale).expand(len(where), *layer.shape[1:])
            for layer, scale in zip((tiles, *maps), self._scales, strict=True)
        ]
        return columns(layers, where)


def gram(maps: Tensor) -> Tensor:
    """(B, T, C, h, w) to (B, C, C): how often two features occur together, averaged over all places."""
    rows = maps.transpose(1, 2).flatten(2)
    return rows @ rows.transpose(1, 2) / rows.shape[2]


def relaxed(far: Tensor) -> Tensor:
    """The relaxed earth mover's distance of the distances (B, n, m): (B,)."""
    return torch.maximum(far.amin(dim=2).mean(dim=1), far.amin(dim=1).mean(dim=1))


def moments(first: Tensor, second: Tensor) -> Tensor:
    """Mean absolute difference of means and of covariances of (B, n, D) and (B, m, D): (B,)."""
    (one, spread), (other, wanted) = _moments(first), _moments(second)
    return (one - other).abs().mean(dim=(1, 2)) + (spread - wanted).abs().mean(dim=(1, 2))


def _moments(points: Tensor) -> tuple[Tensor, Tensor]:
    """(B, 1, D) and (B, D, D)."""
    middle = points.mean(dim=1, keepdim=True)
    centred = points - middle
    return middle, centred.transpose(1, 2) @ centred / points.shape[1]
