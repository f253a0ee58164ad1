"""The working half of drawing through an upscaler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, Generator, HasCredits, HasWeights, InputError, Judged, Paints
from artgen.canvas import Descending, Descent, from_rgb, in_range, to_rgb
from artgen_upscale.loading import load
from artgen_upscale.super_resolution_spec import SuperResolution


class FreeColours(Descending):
    """A colour for each pixel of the small canvas."""

    def __init__(self, spec: SuperResolution, env: Env) -> None:
        self.steps, self._spec = env.steps, spec
        noise = spec.noise * env.random.normal("colours", (3, *env.size))
        start = torch.full_like(noise, 0.5) if env.start is None else env.start
        self._descent = Descent(spec, [from_rgb(start, spec.colours) + noise], env.steps)

    def draw(self, step: int) -> Tensor:
        (numbers,) = self._descent.at(step)
        return to_rgb(numbers, self._spec.colours)

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from (B, 3, H, W)."""
        self._descent.put([from_rgb(image, self._spec.colours)])


class SuperResolutionGenerator:
    """A generator on a small canvas, and a frozen network that the gradient goes through."""

    def __init__(self, spec: SuperResolution, env: Env) -> None:
        self._network, weights, credits = load(spec.model, env)
        self._size = env.size
        height, width = (-(-side // self._network.scale) for side in env.size)
        start = None if env.start is None else self._small(env.start)
        small = replace(env, size=(height, width), start=start)
        self._of: Generator = FreeColours(spec, small) if spec.of is None else spec.of.build(small)
        self._type, self.steps = spec.of.type if spec.of else "", self._of.steps
        of: object = self._of
        self.weights: Mapping[str, str] = {**weights, **(of.weights if isinstance(of, HasWeights) else {})}
        self.credits: Sequence[str] = (*credits, *(of.credits if isinstance(of, HasCredits) else ()))

    def _small(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) at the small canvas's size; sides that the scale does not divide are continued first."""
        scale, (height, width) = self._network.scale, image.shape[2:]
        return F.avg_pool2d(F.pad(image, (0, -width % scale, 0, -height % scale), mode="replicate"), scale)

    def draw(self, step: int) -> Tensor:
        drawn = self._of.draw(step)
        # One by one: a batch may be counted in another order than a picture alone.
        enlarged = torch.cat([self._network(one) for one in drawn.split(1)])
        return in_range(enlarged[:, :, : self._size[0], : self._size[1]])

    def advance(self, step: int) -> None:
        """The small canvas has the gradient."""
        self._of.advance(step)

    def judged(self, step: int, totals: Tensor) -> None:
        """Hand on what is thought of its drawings."""
        if isinstance(self._of, Judged):
            self._of.judged(step, totals)

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from (B, 3, H, W), made small."""
        of: object = self._of
        if not isinstance(of, Paints):
            raise InputError(f"'of': the generator '{self._type}' cannot take a picture over")
        of.paint(self._small(image), step)

    def state_dict(self) -> Mapping[str, Any]:
        """The small canvas's."""
        return self._of.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`'s answer."""
        self._of.load_state_dict(state)
