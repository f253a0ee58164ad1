"""The working half of the content losses."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from artgen.api import Env, InputError, Look
from artgen.canvas import read_picture
from artgen_style import ContentSpec
from artgen_style.network import Network
from artgen_style.points import columns, cosine_distances, places, unit

_TINY = 1e-6


class ContentLoss:
    """(B,), 0 where the picture shows what `wanted`, (1 or B, 3, H, W), shows."""

    def __init__(self, spec: ContentSpec, wanted: Tensor, env: Env) -> None:
        self._network, self._env = Network(spec, env), env
        self.weights = self._network.weights
        self._judge = self._features if spec.kind == "features" else self._self_similarity
        with torch.no_grad():
            maps = self._network.maps(self._network.cut(wanted))
        self._wanted = [found.expand(env.batch, *found.shape[1:]) for found in maps]

    @classmethod
    def of_picture(cls, spec: ContentSpec, path: Path, env: Env) -> ContentLoss:
        """To a picture file, cropped to the canvas."""
        return cls(spec, read_picture(path, env.size).to(env.device), env)

    @classmethod
    def of_start(cls, spec: ContentSpec, env: Env) -> ContentLoss:
        """To the pictures that the run starts from; InputError if it has none."""
        if env.start is None:
            raise InputError(f"{spec.type}: the run has no start to stay at; give the preset a 'start'")
        return cls(spec, env.start.to(env.device), env)

    def __call__(self, look: Look) -> Tensor:
        return self._judge(self._network.maps(self._network.cut(look.image)), look.step)

    def _features(self, maps: list[Tensor], _: int) -> Tensor:
        """Zhang et al. 2018 (arXiv:1801.03924), equation 1, without their learnt weights; the mean over the layers."""
        pairs = zip(maps, self._wanted, strict=True)
        parts = [(unit(found, 2) - unit(wanted, 2)).square().sum(dim=2).mean(dim=(1, 2, 3)) for found, wanted in pairs]
        return torch.stack(parts).mean(dim=0)

    def _self_similarity(self, maps: list[Tensor], step: int) -> Tensor:
        """STROTSS (Kolkin et al. 2019, arXiv:1904.12785): their content loss times the number of places, 0 to 2."""
        where = places(self._env, maps[0].shape[1], step)
        found, wanted = (_shares(columns(layers, where)) for layers in (maps, self._wanted))
        return (found - wanted).abs().sum(dim=1).mean(dim=1)


def _shares(points: Tensor) -> Tensor:
    """(B, n, n): how far the points are from each other, each column divided by its sum."""
    far = cosine_distances(points, points).clamp(min=0)
    return (far + _TINY) / (far + _TINY).sum(dim=1, keepdim=True)
