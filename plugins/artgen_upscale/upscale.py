"""The working half of the upscaler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from artgen.api import Env, Finished
from artgen_upscale.loading import load
from artgen_upscale.resampling import lanczos, resized
from artgen_upscale.softness import shrinking
from artgen_upscale.tiles import enlarged
from artgen_upscale.transparency import filled, limited
from artgen_upscale.upscale_spec import Upscale

SMALLEST = 16
"""Pixels below which `shrink` makes no side."""


class Upscaler:
    """Enlarges each picture of a batch by itself."""

    def __init__(self, spec: Upscale, env: Env) -> None:
        self._spec, self._env = spec, env
        self._network, self.weights, self.credits = load(spec.model, env)
        self._size = spec.resized(env.size)

    def __call__(self, finished: Finished) -> Finished:
        image, alpha, wrap = finished.image, finished.alpha, self._spec.wrap
        if alpha is not None:
            image = filled(image, alpha, wrap)
        parts = 1 if alpha is None else 2
        told = [self._share(number, parts * len(image)) for number in range(parts * len(image))]
        made = [self._enlarged(self._shrunk(one), tell) for one, tell in zip(image.split(1), told, strict=False)]
        if alpha is None:
            return replace(finished, image=torch.cat(made))
        # A network draws crisp edges of alpha as it does those of a grey picture.
        covers = [
            limited(self._enlarged(one.expand(-1, 3, -1, -1), tell).mean(1, keepdim=True), one, wrap)
            for one, tell in zip(alpha.split(1), told[len(image) :], strict=True)
        ]
        return replace(finished, image=torch.cat(made), alpha=torch.cat(covers))

    def _share(self, number: int, count: int) -> Callable[[float], None]:
        """Tells the host of one of so many parts of the task."""
        return lambda share: self._env.progress((number + share) / count)

    def _shrunk(self, image: Tensor) -> Tensor:
        shrink = shrinking(image) if self._spec.shrink == "auto" else self._spec.shrink or 1.0
        if self._spec.shrink == "auto" and shrink > 1:
            self._env.note(f"shrink: made {shrink:g} times smaller first")
        height, width = (max(min(SMALLEST, side), round(side / shrink)) for side in image.shape[2:])
        return resized(image, (height, width), self._spec.wrap, lanczos)

    def _enlarged(self, image: Tensor, tell: Callable[[float], None]) -> Tensor:
        return enlarged(image, self._size, self._network, self._spec.tile, self._spec.wrap, tell)
