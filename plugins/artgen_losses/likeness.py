"""The working half of the losses that compare with one picture."""

from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as F
from kornia.losses import ssim_loss
from torch import Tensor

from artgen.api import Env, InputError, Look
from artgen_losses import pictures
from artgen_losses.blurring import blur
from artgen_losses.target_spec import Stay, Target

# Wang et al. 2004 tuned SSIM's window of 11 pixels on pictures of about this height.
_SSIM_SIDE = 256
_SSIM_WINDOW = 11

_COSTS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mse": lambda image, wanted: (image - wanted) ** 2,
    "l1": lambda image, wanted: (image - wanted).abs(),
    "ssim": lambda image, wanted: ssim_loss(image, wanted, _window(image), reduction="none"),
}


class LikenessLoss:
    """(B,) in [0, 1]: the distance from a picture (1 or B, 3, H, W), averaged where the mask is white."""

    def __init__(self, spec: Target | Stay, wanted: Tensor, env: Env) -> None:
        self._cost, self._blur = _COSTS[spec.distance], spec.blur
        self._shrink = max(1, round(min(env.size) / _SSIM_SIDE)) if spec.distance == "ssim" else 1
        mask = pictures.read_mask(spec.mask, env)
        self._mask = self._shrunk(mask)
        pictures.refuse_nothing(self._mask, spec.type, spec.mask, "of the picture")
        self._wanted = self._prepared(wanted.detach())

    def __call__(self, look: Look) -> Tensor:
        image = self._prepared(look.image)
        return pictures.masked_mean(self._cost(image, self._wanted.expand_as(image)), self._mask)

    def _prepared(self, image: Tensor) -> Tensor:
        return self._shrunk(blur(image, self._blur))

    def _shrunk(self, image: Tensor) -> Tensor:
        return F.avg_pool2d(image, self._shrink) if self._shrink > 1 else image


def _window(image: Tensor) -> int:
    """SSIM's window, smaller where the picture is: its mirrored border needs as many pixels within."""
    return min(_SSIM_WINDOW, 2 * min(image.shape[-2:]) - 1)


def target(spec: Target, env: Env) -> LikenessLoss:
    return LikenessLoss(spec, pictures.read(spec.image, env), env)


def stay(spec: Stay, env: Env) -> LikenessLoss:
    if env.start is None:
        raise InputError("stay: the preset says no picture to stay near; give it a 'start'")
    return LikenessLoss(spec, env.start, env)
