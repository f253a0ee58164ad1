"""The working half of the cutouts."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from artgen.api import Env
from artgen_cutouts import Cutouts, colour, erasing, geometry, sampling
from artgen_cutouts.plan import ViewPlan, check_ranges, plan

_GREYS = {"grey": 0.5, "white": 1.0, "black": 0.0}


class CutoutView:
    """(B, 3, H, W) to (B*n, 3, size, size): crop, mirror, turn and bend in one reading of the picture.

    All random numbers come from the component's own streams, so that a picture gets the views in a batch that it
    gets alone. The geometry is the same for every `size` at a step: perceptors of two sizes see the same views.
    """

    def __init__(self, spec: Cutouts, env: Env) -> None:
        check_ranges(spec, env.steps)
        self._spec, self._random, self._steps = spec, env.random, env.steps

    def __call__(self, image: Tensor, size: int, step: int) -> Tensor:
        now = plan(self._spec, step, self._steps)
        # Noise follows the blur, which would take it away. Clamped at the end alone, since a later change may mend it.
        views = self._cut(image, size, now).flatten(0, 1)
        return self._noise(self._erase(self._recolour(views, now), now), size, now).clamp(0, 1)

    def _cut(self, image: Tensor, size: int, now: ViewPlan) -> Tensor:
        """(B, n, 3, size, size)."""
        canvas = (image.shape[2], image.shape[3])
        views = geometry.place(self._spec, now, canvas, self._numbers("geometry", geometry.NUMBERS, now))
        places = self._places(views.matrix, image, size, now)
        # Each view reads the picture at a mip level of its own: a sparse reading of the full one would alias, and leave
        # most pixels without a gradient.
        pitch = views.pixels / size
        cut = sampling.sample(image, places, sampling.levels_for(pitch), self._spec.wrap)
        if self._spec.wrap or self._spec.fill in ("edge", "reflect"):
            return cut
        return torch.lerp(self._fill(image, now), cut, sampling.inside(places, canvas, pitch))

    def _places(self, matrix: Tensor, image: Tensor, size: int, now: ViewPlan) -> Tensor:
        """(B, n, size, size, 2): what each view pixel shows of the picture, 1 being its border."""
        if self._spec.shear:
            signed = 2 * self._numbers("shear", 1, now)[..., 0].to(matrix) - 1
            matrix = matrix @ geometry.shear(signed * math.radians(self._spec.shear))
        moves = None
        if self._spec.elastic:
            numbers = self._numbers("elastic", 2 * geometry.GRID**2, now).to(image)
            moves = 2 * self._spec.elastic * geometry.elastic(numbers, size)
        places = geometry.coordinates(matrix.to(image), size, moves)
        if self._spec.wrap:
            return places + 2 * self._numbers("roll", 2, now)[:, :, None, None]
        return sampling.reflect(places) if self._spec.fill == "reflect" else places

    def _fill(self, image: Tensor, now: ViewPlan) -> Tensor:
        """The colour outside, broadcast to (B, n, 3, size, size)."""
        if self._spec.fill == "random-grey":
            return self._numbers("fill", 1, now)[..., None, None]
        if self._spec.fill == "mean":
            # Detached: a gradient through it would move all pixels at once for the sake of the margin.
            return image.detach().mean(dim=(2, 3))[:, None, :, None, None]
        return torch.full((1, 1, 1, 1, 1), _GREYS[self._spec.fill]).to(image)

    def _recolour(self, views: Tensor, now: ViewPlan) -> Tensor:
        numbers = self._numbers("colour", colour.NUMBERS, now).flatten(0, 1)
        # All changes of colour are one affine map of RGB; in HSV the hue has no gradient at grey.
        matrix, offset = colour.jitter(self._spec, numbers)
        if now.zoom_grey or now.wide_grey:
            drawn = self._numbers("grey", 1, now)[..., 0]
            grey = drawn < now.column(now.zoom_grey, now.wide_grey).to(drawn)
            matrix = colour.without_colour(matrix, grey.flatten())
        return torch.baddbmm(offset, matrix, views.flatten(2)).view_as(views)

    def _erase(self, views: Tensor, now: ViewPlan) -> Tensor:
        if self._spec.blur:
            views = erasing.blur(views, self._spec.blur, self._numbers("blur", 1, now).flatten())
        if self._spec.erase[1] and self._spec.erase_probability:
            views = erasing.erase(self._spec, views, self._numbers("erase", erasing.NUMBERS, now).flatten(0, 1))
        return views

    def _noise(self, views: Tensor, size: int, now: ViewPlan) -> Tensor:
        if self._spec.noise == 0:
            return views
        # Each view has an amount of its own, so that some are all but clean.
        amount = self._spec.noise * self._numbers("noise amount", 1, now).view(-1, 1, 1, 1)
        noise = self._random.normal("noise", (now.count, 3, size, size), now.step)
        return views + amount * noise.flatten(0, 1)

    def _numbers(self, purpose: str, per_view: int, now: ViewPlan) -> Tensor:
        """(B, n, per_view) uniform numbers.

        Each purpose has a stream of its own, so that a setting which takes none leaves the others as they are.
        """
        return self._random.uniform(purpose, (now.count, per_view), now.step)
