"""The working half of the latent diffusion generator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from artgen.api import Env
from artgen.canvas import covered
from artgen_diffusion import schedules
from artgen_diffusion.latent_spec import LatentDiffusion
from artgen_diffusion.prompted import StableDiffusion
from artgen_diffusion.sampled_spec import SampledSpec
from artgen_diffusion.sampler import Sampler

_SAME_AS = {"euler": "ddim", "euler_a": "ddpm"}


class LatentGenerator:
    """Draws the decoded estimate of what the noisy latents will become; advances the sampler."""

    def __init__(self, spec: LatentDiffusion, env: Env) -> None:
        self._spec = spec
        self._model = StableDiffusion(spec, env)
        self._cfg = 1.0
        self._sampler = Sampler(
            _settled(spec, self._model.scheduler, env.note),
            env,
            self._model.scheduler,
            self._model.shape,
            lambda latents, timestep: self._model.denoiser(latents, timestep, self._cfg),
            start=None if env.start is None else self._model.latents(env.start),
        )
        self.steps = self._sampler.steps
        self.weights = self._model.weights

    def draw(self, step: int) -> Tensor:
        self._cfg = self._spec.cfg.at(step, self.steps)
        # Where nothing pulls, no graph is kept: plain sampling costs plain sampling's time and memory.
        with torch.set_grad_enabled(torch.is_grad_enabled() and self._spec.guidance.at(step, self.steps) > 0):
            return self._model.show(self._sampler.estimate(step))

    def advance(self, step: int) -> None:
        self._sampler.advance(step)

    def paint(self, image: Tensor, step: int) -> None:
        """Go on as if (B, 3, H, W) were what the latents will become."""
        self._sampler.put(step, self._model.latents(image))

    def paint_over(self, image: Tensor, cover: Tensor, step: int) -> None:
        """As `paint`, in the latents that (1, 1, H, W) touches."""
        where = covered(self._model.padded(cover), self._model.shape[1:])
        self._sampler.put(step, self._model.latents(image), where)

    def state_dict(self) -> dict[str, Any]:
        return self._sampler.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._sampler.load_state_dict(state)


def _settled(spec: LatentDiffusion, scheduler: Mapping[str, Any], note: Callable[[str], None]) -> SampledSpec:
    """The spec with `auto` and the second names replaced by what the sampler knows; says what is only near."""
    if spec.scheduler != "auto":
        return spec.model_copy(update={"scheduler": _SAME_AS.get(spec.scheduler, spec.scheduler)})
    found = schedules.published(scheduler)
    if kind := schedules.unlike(scheduler):
        note(f"the model was published with {kind}; '{found.steps}' is the nearest that is known, and draws instead")
    return spec.model_copy(update={"scheduler": found.steps, "eta": spec.eta or found.eta})
