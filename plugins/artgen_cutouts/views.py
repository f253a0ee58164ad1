"""The working half of the cutouts."""

from __future__ import annotations

import torch
from torch import Tensor

from artgen.api import Env
from artgen_cutouts import Cutouts, colour, geometry, sampling

_GREYS = {"grey": 0.5, "white": 1.0, "black": 0.0}


class Cutter:
    """(B, 3, H, W) to (B*n, 3, size, size): crop, mirror, turn and bend in one reading of the picture.

    All random numbers come from the component's own streams, so that a picture gets the views in a batch that it
    gets alone. The geometry is the same for every `size` at a step: perceptors of two sizes see the same views.
    """

    def __init__(self, spec: Cutouts, env: Env) -> None:
        self._spec, self._random = spec, env.random

    def __call__(self, image: Tensor, size: int, step: int) -> Tensor:
        views = self._cut(image, size, step).flatten(0, 1)
        return self._noise(self._jitter(views, step), size, step).clamp(0, 1)

    def _cut(self, image: Tensor, size: int, step: int) -> Tensor:
        """(B, n, 3, size, size)."""
        numbers = self._numbers("geometry", geometry.NUMBERS, step)
        canvas = (image.shape[2], image.shape[3])
        views = geometry.place(self._spec, canvas, numbers)
        places = geometry.coordinates(views.matrix.to(image), size)
        if self._spec.wrap:
            places = places + 2 * self._numbers("roll", 2, step)[:, :, None, None]
        pitch = views.pixels / size
        cut = sampling.sample(image, places, sampling.levels_for(pitch), self._spec.wrap)
        if self._spec.wrap or self._spec.fill == "edge":
            return cut
        return torch.lerp(self._fill(image, step), cut, sampling.inside(places, canvas, pitch))

    def _fill(self, image: Tensor, step: int) -> Tensor:
        """The colour outside, broadcast to (B, n, 3, size, size)."""
        if self._spec.fill == "random-grey":
            return self._numbers("fill", 1, step)[..., None, None]
        if self._spec.fill == "mean":
            return image.detach().mean(dim=(2, 3))[:, None, :, None, None]
        return torch.full((1, 1, 1, 1, 1), _GREYS[self._spec.fill]).to(image)

    def _jitter(self, views: Tensor, step: int) -> Tensor:
        numbers = self._numbers("colour", colour.NUMBERS, step).flatten(0, 1)
        matrix, offset = colour.jitter(self._spec, numbers)
        return torch.baddbmm(offset, matrix, views.flatten(2)).view_as(views)

    def _noise(self, views: Tensor, size: int, step: int) -> Tensor:
        if self._spec.noise == 0:
            return views
        amount = self._spec.noise * self._numbers("noise amount", 1, step).view(-1, 1, 1, 1)
        noise = self._random.normal("noise", (self._spec.count, 3, size, size), step)
        return views + amount * noise.flatten(0, 1)

    def _numbers(self, purpose: str, per_view: int, step: int) -> Tensor:
        """(B, n, per_view) uniform numbers."""
        return self._random.uniform(purpose, (self._spec.count, per_view), step)
