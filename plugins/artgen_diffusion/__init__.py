"""Diffusion models that the losses steer while they denoise."""

from __future__ import annotations

from artgen.api import GeneratorSpec, hookimpl
from artgen_diffusion.latent_spec import LatentDiffusion
from artgen_diffusion.noise_spec import Noise
from artgen_diffusion.pixel_spec import Diffusion


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Diffusion, LatentDiffusion, Noise]
