"""The working halves of the losses about colour and light."""

from __future__ import annotations

import torch
from torch import Tensor

from artgen.api import Look
from artgen_losses.colour_spec import Colourfulness, Exposure, Range, Saturation

_PIXELS = (1, 2)
# The colourfulness of what most people call extremely colourful (Hasler & Suesstrunk 2003, table 2).
_EXTREME = 109.0
_CHANNELS = {
    "luma": (0.2126, 0.7152, 0.0722),
    "red": (1.0, 0.0, 0.0),
    "green": (0.0, 1.0, 0.0),
    "blue": (0.0, 0.0, 1.0),
}
# Below this a square root is infinitely steep.
_TINY = 1e-12


class SaturationLoss:
    """(B,) squared difference of the mean saturation from its target, in [0, 1].

    Chroma is the circular one (Hanbury 2008, "Constructing cylindrical coordinate colour spaces"): unlike the largest
    channel less the smallest, which it equals in pure colours, it moves all three channels at once.
    """

    def __init__(self, spec: Saturation) -> None:
        self._spec = spec

    def __call__(self, look: Look) -> Tensor:
        saturation = _hsv(look.image) if self._spec.measure == "hsv" else _chroma(look.image)
        return (saturation.mean(dim=_PIXELS) - self._spec.target) ** 2


def _chroma(image: Tensor) -> Tensor:
    """(B, H, W) distance from grey: 0 for grey, 1 for pure red, yellow, green, cyan, blue, magenta."""
    return _root(1.5 * (image - image.mean(dim=1, keepdim=True)).square().sum(dim=1))


def _hsv(image: Tensor) -> Tensor:
    """(B, H, W) exact from the first 8-bit level on; blacker than that, saturation means nothing."""
    highest, lowest = image.amax(dim=1), image.amin(dim=1)
    return (highest - lowest) / highest.clamp(min=1 / 255)


class ColourfulnessLoss:
    """(B,) 1 - M/109, or (M/109 - target/109)^2, on the scale of `colourfulness`.

    M reaches 298 at most, in stripes of pure colours, so the first lies in [-1.74, 1].
    """

    def __init__(self, spec: Colourfulness) -> None:
        self._target = spec.target

    def __call__(self, look: Look) -> Tensor:
        shown = colourfulness(look.image) / _EXTREME
        return 1 - shown if self._target is None else (shown - self._target / _EXTREME) ** 2


def colourfulness(image: Tensor) -> Tensor:
    """(B,) from 0: M3 of Hasler & Suesstrunk 2003 ("Measuring colourfulness in natural images", SPIE 5007), of 0..255.

    The spread of the opponent colours and 0.3 of their mean's distance from grey.
    """
    red, green, blue = (255 * image).unbind(dim=1)
    opponents = torch.stack((red - green, (red + green) / 2 - blue))
    variances, means = torch.var_mean(opponents, dim=(2, 3), correction=0)
    return _root(variances.sum(dim=0)) + 0.3 * _root(means.square().sum(dim=0))


class RangeLoss:
    """(B,) mean square of what is out of bounds (the range loss of CLIP-guided diffusion, with bounds to choose).

    At most max(low, 1 - high)^2.
    """

    def __init__(self, spec: Range) -> None:
        self._low, self._high = spec.low, spec.high

    def __call__(self, look: Look) -> Tensor:
        outside = look.image - look.image.clamp(self._low, self._high)
        return outside.square().mean(dim=(1, 2, 3))


class ExposureLoss:
    """(B,) sum of the squared differences from the targets, in [0, 1.25]."""

    def __init__(self, spec: Exposure) -> None:
        self._spec = spec

    def __call__(self, look: Look) -> Tensor:
        shares = look.image.new_tensor(_CHANNELS[self._spec.channel])
        light = torch.einsum("bchw,c->bhw", look.image, shares)
        variance, mean = torch.var_mean(light, dim=_PIXELS, correction=0)
        cost = torch.zeros_like(mean)
        if self._spec.brightness is not None:
            cost = cost + (mean - self._spec.brightness) ** 2
        if self._spec.contrast is not None:
            cost = cost + (_root(variance) - self._spec.contrast) ** 2
        return cost


def _root(squares: Tensor) -> Tensor:
    return (squares + _TINY).sqrt()
