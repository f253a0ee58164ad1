"""Diffusion models: generators that the losses steer while they denoise, and a loss that says what they think."""

from __future__ import annotations

from artgen.api import GeneratorSpec, LossSpec, hookimpl
from artgen_diffusion.distill_spec import Distill
from artgen_diffusion.latent_spec import LatentDiffusion
from artgen_diffusion.noise_spec import Noise
from artgen_diffusion.pixel_spec import Diffusion


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Diffusion, LatentDiffusion, Noise]


@hookimpl
def artgen_losses() -> list[type[LossSpec]]:
    return [Distill]
