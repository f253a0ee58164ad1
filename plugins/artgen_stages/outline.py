"""The working half of the outline stage."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from artgen.api import Env, Finished
from artgen.colours import channels, oklab
from artgen_stages.outline_spec import Outline
from artgen_stages.smoothing import blurred

WIDER = 1.6
"""The wider blur in narrower ones, for which the difference is nearly the edge operator of Marr & Hildreth (1980)."""
FIRMNESS = 12.0
"""How sharp the lines' edges are: the slope of ink over the response, in units of the threshold."""
WEAKEST, STRONGEST = 0.004, 0.06
"""Differences of lightness, between the two blurs, that get a line at strengths 1 and 0."""
BEYOND = 1.25
"""Lightness of what is clear: brighter than white, so that white shapes get a line as well."""
NARROWEST = 0.5
"""Standard deviation of the narrower blur, in pixels, below which a small picture would have no lines."""
DARK = 0.45
"""Lightness from which on dark places fill up."""


class OutlineFinish:
    """Pictures with ink lines."""

    def __init__(self, spec: Outline, env: Env) -> None:
        self._spec = spec
        self._sigma = max(spec.width * min(env.size) / 2, NARROWEST)
        self._ink = torch.tensor(channels(spec.colour), device=env.device).view(1, 3, 1, 1)

    def __call__(self, finished: Finished) -> Finished:
        rows = range(len(finished.image))
        alphas = [None if finished.alpha is None else finished.alpha[row : row + 1] for row in rows]
        ink = torch.cat([self.ink(finished.image[row : row + 1], alphas[row]) for row in rows])
        return replace(finished, image=torch.lerp(finished.image, self._ink.expand_as(finished.image), ink))

    def ink(self, image: Tensor, alpha: Tensor | None) -> Tensor:
        """(1, 1, H, W) in [0, 1]: how much ink there is.

        The response is the difference of two blurs of the lightness, negative on the dark side of a border, and a soft
        threshold makes a line of it (Winnemöller, Kyprianidis & Olsen, "XDoG: An eXtended difference-of-Gaussians
        compendium including advanced image stylization", 2012). Theirs adds the lightness itself, which fills dark
        places with ink; here `fill` says how much.
        """
        lightness = oklab(image.movedim(1, -1))[..., :1].movedim(-1, 1)
        if alpha is not None:
            lightness = torch.lerp(torch.full_like(lightness, BEYOND), lightness, alpha)
        narrow, wide = blurred(lightness, self._sigma), blurred(lightness, WIDER * self._sigma)
        threshold = STRONGEST * (WEAKEST / STRONGEST) ** self._spec.strength
        response = (wide - narrow) / threshold - 1
        lines = (FIRMNESS * response).tanh().clamp(min=0)
        dark = (FIRMNESS * (DARK * self._spec.fill - narrow)).tanh().clamp(min=0)
        return torch.maximum(lines, dark)
