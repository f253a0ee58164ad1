"""Steps from one noise level to the next, as functions: the noise is handed in, the paper is cited.

A noisy sample is x_t = alpha x0 + sigma eps, with alpha^2 + sigma^2 = 1: x0 the clean sample, eps unit normal noise
(Kingma et al. 2021, arXiv:2107.00630, whose alpha this is; DDPM's own papers write sqrt(alpha-bar_t) for it). What a
network predicts is one of both, or their mixture v = alpha eps - sigma x0 (Salimans & Ho 2022, arXiv:2202.00512).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from artgen.api import InputError
from artgen_diffusion import schedules

PREDICTIONS = ("epsilon", "sample", "v_prediction")

# Of the first noise level of some schedules (zero terminal SNR, arXiv:2305.08891) nothing is left but noise, and a
# division by alpha would not be finite; this is far below what a float32 sum of signal and noise can hold.
_LEAST_ALPHA = 1e-5


@dataclass(frozen=True)
class Level:
    """One noise level: x_t = alpha x0 + sigma eps."""

    timestep: float
    """What the network is told."""
    alpha: float
    """What the clean sample is multiplied by; in (0, 1]."""
    sigma: float
    """The standard deviation of the noise; in [0, 1)."""

    @classmethod
    def of(cls, timestep: float, alpha_squared: float) -> Level:
        """From alpha^2, which diffusers calls alpha_cumprod."""
        alpha = max(math.sqrt(alpha_squared), _LEAST_ALPHA)
        return cls(timestep, alpha, math.sqrt(max(1 - alpha**2, 0.0)))

    @property
    def log_ratio(self) -> float:
        """log(alpha / sigma), half the logarithm of the signal-to-noise ratio; lambda in the papers on solvers."""
        return math.log(self.alpha / self.sigma)


def levels(config: Mapping[str, Any], steps: int, spacing: str | None = None) -> list[Level]:
    """The `steps` + 1 noise levels of a run, noisy to clean, from a diffusers scheduler's configuration."""
    if "beta_schedule" not in config and "trained_betas" not in config:
        kind = config.get("_class_name", "nothing known")
        raise InputError(f"the model's scheduler is {kind}, which has no table of betas; only DDPM's family is known")
    trained = int(config.get("num_train_timesteps") or 1000)
    if steps > trained:
        raise InputError(f"the model knows {trained} noise levels, so at most {trained} steps; the preset has {steps}")
    # The run ends without noise, whatever `set_alpha_to_one` says: what is left of it would be seen.
    return [*(Level.of(*level) for level in schedules.spread(config, steps, spacing)), Level(0, 1.0, 0.0)]


def check_start(first: Level, prediction: str) -> None:
    """InputError if the first level is noise alone, and the network would say which noise: of that nothing follows."""
    if prediction == "epsilon" and first.alpha <= _LEAST_ALPHA:
        raise InputError(
            "the model predicts noise (epsilon), and its first level is noise alone (zero terminal SNR), so that "
            "nothing can be drawn from it; give 'spacing: leading', or correct the model's scheduler"
        )


def prediction_of(config: Mapping[str, Any]) -> str:
    """What the network was trained to predict, from a diffusers scheduler's configuration."""
    prediction = str(config.get("prediction_type", "epsilon"))
    if prediction not in PREDICTIONS:
        raise InputError(f"the model predicts '{prediction}'; only {', '.join(PREDICTIONS)} are known")
    return prediction


def split(output: Tensor, x: Tensor, level: Level, prediction: str) -> tuple[Tensor, Tensor]:
    """(x0, eps) from what the network made of `x`."""
    if prediction == "epsilon":
        return (x - level.sigma * output) / level.alpha, output
    if prediction == "sample":
        return output, (x - level.alpha * output) / level.sigma
    return level.alpha * x - level.sigma * output, level.alpha * output + level.sigma * x


def renoise(x: Tensor, before: Level, after: Level, noise: Tensor) -> Tensor:
    """From a cleaner level `before` to a noisier one, as the forward process does it."""
    kept = after.alpha / before.alpha
    return kept * x + math.sqrt(max(after.sigma**2 - (kept * before.sigma) ** 2, 0.0)) * noise


def ddim(x0: Tensor, eps: Tensor, before: Level, after: Level, eta: float = 0.0, noise: Tensor | None = None) -> Tensor:
    """DDIM (Song, Meng & Ermon 2020, arXiv:2010.02502, equation 12); with `eta` 1 it is DDPM (arXiv:2006.11239)."""
    # Equation 16 of the paper. Where two levels are nearly the same, rounding may leave a variance just below 0.
    lost = 1 - (before.alpha / after.alpha) ** 2
    fresh = eta * after.sigma / before.sigma * math.sqrt(max(lost, 0.0))
    x = after.alpha * x0 + math.sqrt(max(after.sigma**2 - fresh**2, 0.0)) * eps
    return x + fresh * noise if noise is not None and fresh > 0 else x


def dpm(
    x: Tensor,
    x0: Tensor,
    before: Level,
    after: Level,
    eta: float = 0.0,
    noise: Tensor | None = None,
    previous: tuple[Tensor, Level] | None = None,
) -> Tensor:
    """DPM-Solver++(2M) (Lu et al. 2022, arXiv:2211.01095) and, as `eta` nears 1, its stochastic form (appendix).

    `previous` is the estimate that the step before this one used, and its level; the first step has none. The last
    step, to no noise at all, is the estimate itself.
    """
    if after.sigma == 0:
        return x0
    gained = after.log_ratio - before.log_ratio
    # The second order: the line through this estimate and the one before, taken half a step ahead.
    if previous is not None:
        older, level = previous
        x0 = x0 + (x0 - older) * gained / (before.log_ratio - level.log_ratio) / 2
    # expm1, because with many steps these are small differences of numbers near 1.
    kept = after.sigma / before.sigma * math.exp(-eta * gained)
    x = kept * x - after.alpha * math.expm1(-(1 + eta) * gained) * x0
    fresh = after.sigma * math.sqrt(-math.expm1(-2 * eta * gained))
    return x + fresh * noise if noise is not None and fresh > 0 else x


def per_picture(values: Tensor, like: Tensor) -> Tensor:
    """(B,) shaped to multiply `like`, (B, ...)."""
    return values.view(-1, *(1,) * (like.dim() - 1))


def rms(values: Tensor) -> Tensor:
    """(B,) root mean square of each picture's numbers, also where their squares would underflow."""
    rows = values.flatten(1)
    peak = rows.abs().amax(dim=1, keepdim=True)
    scaled = rows / peak.clamp(min=torch.finfo(rows.dtype).tiny)
    return peak[:, 0] * scaled.square().mean(dim=1).sqrt()


def normalised(gradient: Tensor) -> Tensor:
    """Each picture's gradient with root mean square 1; one that is 0 stays 0."""
    # A gradient of 0 has no direction: divided by 1, and not by a tiny number, it says so.
    length = rms(gradient)
    scale = torch.where(length > 0, length, torch.ones_like(length))
    return gradient / per_picture(scale, gradient)


def clamped(gradient: Tensor, limit: float | None) -> Tensor:
    """Each picture's gradient with a root mean square of at most `limit`, as K. Crowson's `clamp_max` has it."""
    if limit is None:
        return gradient
    return normalised(gradient) * per_picture(rms(gradient).clamp(max=limit), gradient)


def thresholded(x0: Tensor, share: float) -> Tensor:
    """Dynamic thresholding (Saharia et al. 2022, arXiv:2205.11487): x0 in [-1, 1], without flat white and black.

    All but `share` of a picture's numbers, but no less than [-1, 1], are cut off; the rest is scaled to fit.
    """
    reach = torch.quantile(x0.detach().flatten(1).abs(), share, dim=1).clamp(min=1)
    limit = per_picture(reach, x0)
    return x0.clamp(-limit, limit) / limit
