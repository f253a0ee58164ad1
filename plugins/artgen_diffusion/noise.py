"""The working half of the noise generator, after ReNO (Eyring et al. 2024, arXiv:2406.04312)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from artgen.api import Env
from artgen_diffusion import sampling
from artgen_diffusion.noise_spec import Noise
from artgen_diffusion.prompted import StableDiffusion

_MOMENTUM = 0.9


class NoiseGenerator:
    """Draws what the model makes of the noise; moves the noise; keeps the best noise of each picture.

    From noise to picture no number is drawn: the steps in between, if any, are DDIM's, which are also Euler's. The best
    is so by the views of its own step: few or rough views let luck decide.
    """

    def __init__(self, spec: Noise, env: Env) -> None:
        self.steps = env.steps
        self._spec = spec
        self._model = StableDiffusion(spec, env)
        self.weights = self._model.weights
        self._prediction = sampling.prediction_of(self._model.scheduler)
        # One network pass is told that all is noise, as turbo models are taught, whatever the folder's spacing.
        self._levels = sampling.levels(self._model.scheduler, spec.passes, "trailing")
        sampling.check_start(self._levels[0], self._prediction)
        self._noise = env.random.normal("start", self._model.shape).requires_grad_()
        self._optimiser = _optimiser(spec, self._noise)
        self._best = self._noise.detach().clone()
        self._least = torch.full((env.batch,), torch.inf)

    def draw(self, step: int) -> Tensor:
        """What the noise at `step` becomes; after the last step, what the best noise became."""
        latents = self._kept() if step >= self.steps else self._noise
        cfg = self._spec.cfg.at(step, self.steps)
        for before, after in zip(self._levels, self._levels[1:], strict=False):
            output = self._model.denoiser(latents, before.timestep, cfg)
            latents = sampling.ddim(*sampling.split(output, latents, before, self._prediction), before, after)
        return self._model.show(latents)

    def _kept(self) -> Tensor:
        """The best noise of each picture; the latest, where none was judged."""
        unjudged = sampling.per_picture(self._least.isinf().to(self._best.device), self._best)
        return torch.where(unjudged, self._noise.detach(), self._best)

    def judged(self, step: int, totals: Tensor) -> None:
        """Remember the noise of each picture that was better than all before."""
        better = totals < self._least
        self._least = torch.where(better, totals, self._least)
        rows = sampling.per_picture(better.to(self._best.device), self._best)
        self._best = torch.where(rows, self._noise.detach(), self._best)

    def advance(self, step: int) -> None:
        if self._noise.grad is None:
            self._noise.grad = torch.zeros_like(self._noise)
        weight = self._spec.regularise.at(step, self.steps)
        gradient = self._noise.grad + weight * off_length(self._noise.detach())
        self._noise.grad = clipped(gradient, self._spec.clip)
        for group in self._optimiser.param_groups:
            group["lr"] = self._spec.learning_rate.at(step, self.steps)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)

    def state_dict(self) -> dict[str, Any]:
        return {
            "noise": self._noise.detach().clone(),
            "best": self._best.clone(),
            "least": self._least.clone(),
            "optimiser": copy.deepcopy(self._optimiser.state_dict()),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._noise.data.copy_(state["noise"])
        self._best, self._least = state["best"].to(self._noise.device), state["least"]
        self._optimiser.load_state_dict(state["optimiser"])


def off_length(noise: Tensor) -> Tensor:
    """The gradient of -K(e) = |e|^2 / 2 - (d - 1) log |e| for each picture's d numbers, (B, ...).

    exp(K) is, but for a constant, the chi distribution's density of the length |e| of d unit normal numbers (Samuel et
    al. 2023, arXiv:2306.08687); it is largest at the square root of d - 1.
    """
    size = noise[0].numel()
    length = noise.flatten(1).norm(dim=1).clamp(min=1e-12)
    return noise * sampling.per_picture(1 - (size - 1) / length**2, noise)


def clipped(gradient: Tensor, limit: float) -> Tensor:
    """Each picture's gradient, shortened to a length of at most `limit`."""
    length = gradient.flatten(1).norm(dim=1)
    return gradient * sampling.per_picture((limit / length.clamp(min=1e-12)).clamp(max=1), gradient)


def _optimiser(spec: Noise, noise: Tensor) -> torch.optim.Optimizer:
    # Not `canvas.Descent`, whose momentum is the classical one: ReNO's is Nesterov's.
    if spec.optimiser == "sgd":
        return torch.optim.SGD([noise], lr=0.0, momentum=_MOMENTUM, nesterov=True)
    return torch.optim.Adam([noise], lr=0.0)
