"""The forms of score distillation, as functions: the noise is handed in, the paper is cited.

All of them compare two predictions of noise, and multiply the difference by w(t). As in `sampling`, a noisy sample is
x_t = alpha x + sigma eps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Protocol

from torch import Tensor

from artgen_diffusion import sampling
from artgen_diffusion.sampling import Level


class Predicts(Protocol):
    """What the model takes for the noise."""

    def __call__(self, noisy: Tensor, level: Level, cfg: float) -> Tensor:
        """(1, ...) noisy sample to its noise; the prompts count `cfg`, 0 for none of them."""
        ...


WEIGHTINGS: dict[str, Callable[[Level], float]] = {
    "sigma2": lambda level: level.sigma**2,
    "uniform": lambda level: 1.0,
    "clean": lambda level: level.sigma / level.alpha,
}
"""w(t). `clean` makes the residual of the noise that of the clean estimate: eps' - eps = alpha / sigma (x - x')."""


def sds(predicts: Predicts, clean: Tensor, level: Level, noise: Tensor, cfg: float) -> Tensor:
    """eps'(x_t; y) - eps: Poole et al. 2022, DreamFusion (arXiv:2209.14988), equation 3."""
    return predicts(_noised(clean, level, noise), level, cfg) - noise


def dds(
    predicts: Predicts, of_source: Predicts, clean: Tensor, source: Tensor, level: Level, noise: Tensor, cfg: float
) -> Tensor:
    """eps'(x_t; y) - eps'(x'_t; y'), of a picture that is changed and one that is not, under the same noise.

    Hertz, Aberman & Cohen-Or 2023, Delta Denoising Score (arXiv:2304.07090), equation 3.
    """
    edited, kept = (_noised(one, level, noise) for one in (clean, source))
    return predicts(edited, level, cfg) - of_source(kept, level, cfg)


def ism(predicts: Predicts, clean: Tensor, levels: Sequence[Level], level: Level, cfg: float) -> Tensor:
    """eps'(x_t; y) - eps'(x_s; no text): interval score matching.

    x_s is the picture, inverted without a text through `levels` to the last of them; x_t is one step on, at `level`.
    Liang et al. 2023, LucidDreamer (arXiv:2311.11284), equations 13 to 17.
    """
    before = inverted(predicts, clean, levels, 0)
    told = predicts(before, levels[-1], 0)
    after = _onwards(before, told, levels[-1], level)
    return predicts(after, level, cfg) - told


def sdi(predicts: Predicts, clean: Tensor, levels: Sequence[Level], cfg: float) -> Tensor:
    """eps'(x_t; y) - kappa, where x_t = alpha x + sigma kappa is the picture inverted through `levels` to the last.

    The inversion exaggerates by -cfg. Lukoianov et al. 2024, Score Distillation via Reparametrized DDIM
    (arXiv:2405.15891), equation 10.
    """
    level = levels[-1]
    noisy = inverted(predicts, clean, levels, -cfg)
    return predicts(noisy, level, cfg) - (noisy - level.alpha * clean) / level.sigma


def inverted(predicts: Predicts, clean: Tensor, levels: Sequence[Level], cfg: float) -> Tensor:
    """The noisy sample at the last of `levels`, clean to noisy, that DDIM would lead to the picture from.

    DDIM's step (Song, Meng & Ermon 2020, arXiv:2010.02502, equation 12) is taken backwards, with the prediction of the
    level that it leaves.
    """
    sample = levels[0].alpha * clean
    for before, after in pairwise(levels):
        sample = _onwards(sample, predicts(sample, before, cfg), before, after)
    return sample


def visited(last: int, steps: int) -> list[int]:
    """The levels of an inversion in so many steps from level 0 to `last`, each once."""
    return sorted({round(last * step / steps) for step in range(steps + 1)})


def clean_estimate(clean: Tensor, residual: Tensor, level: Level) -> Tensor:
    """Where the residual of the noise leads: x - sigma / alpha residual."""
    return clean - level.sigma / level.alpha * residual


def _noised(clean: Tensor, level: Level, noise: Tensor) -> Tensor:
    return level.alpha * clean + level.sigma * noise


def _onwards(sample: Tensor, noise: Tensor, before: Level, after: Level) -> Tensor:
    estimate = (sample - before.sigma * noise) / before.alpha
    return sampling.ddim(estimate, noise, before, after)


def composed(plain: Tensor, told: Sequence[Tensor], weights: Sequence[float], cfg: float) -> Tensor:
    """Predictions without a text and with each prompt in one: eps + cfg sum_i w_i / sum |w| (eps_i - eps).

    Of one prompt that is classifier-free guidance (Ho & Salimans 2022, arXiv:2207.12598); of several, the composition
    of Liu et al. 2022 (arXiv:2206.01714, equation 11).
    """
    total = math.fsum(abs(weight) for weight in weights)
    ways = [cfg * weight / total * (one - plain) for one, weight in zip(told, weights, strict=True)]
    return sum(ways, plain)
