"""The latent diffusion generator's settings. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from artgen.api import Env, Generator
from artgen_diffusion.prompted_spec import PromptedSpec
from artgen_diffusion.sampled_spec import SampledSpec


class LatentDiffusion(PromptedSpec, SampledSpec):
    """Stable Diffusion draws the prompt, and the losses steer it on the way, through its autoencoder."""

    type: Literal["latent_diffusion"] = "latent_diffusion"
    synonyms = ("stable diffusion", "sd", "sd15", "sdxl", "ldm")
    # One choice more than pixel models have, because every published folder says what it was made for.
    scheduler: Literal["auto", "ddim", "ddpm", "dpm++", "euler", "euler_a"] = "auto"  # type: ignore[assignment]
    """`auto`: the model's own, or the nearest, and says so; `euler` is another name of `ddim`, `euler_a` of `ddpm`."""

    def misfits(self) -> Iterable[str]:
        yield from super().misfits()
        if self.scheduler == "euler_a" and self.eta:
            yield "'eta' belongs to 'ddim' and 'dpm++'; 'euler_a' always has the noise of eta 1"

    def build(self, env: Env) -> Generator:
        from artgen_diffusion.latent import LatentGenerator

        return LatentGenerator(self, env)
