"""The noise generator's settings. Imports no torch."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from artgen.api import Env, Generator, Schedule, Slider, Within
from artgen_diffusion.prompted_spec import PromptedSpec


class Noise(PromptedSpec):
    """A turbo model's picture of the prompt, and a search for the noise whose picture the losses like best."""

    type: Literal["noise"] = "noise"
    cfg: Annotated[Schedule, Within(ge=0), Slider(0, 20)] = Schedule.constant(1)
    """Classifier-free guidance: how much the prompt is exaggerated; turbo models are made for 1: not at all."""
    passes: Annotated[int, Field(ge=1, le=50)] = 1
    """How often the network is used on the way from the noise to the picture; memory grows with it."""
    optimiser: Literal["sgd", "adam"] = "sgd"
    """How the gradient moves the noise; `sgd` has Nesterov's momentum of 0.9, as in ReNO."""
    learning_rate: Annotated[Schedule, Within(ge=0), Slider(scale="log")] = Schedule.constant(5)
    """Length of a step, relative to the gradient (`sgd`) or in units of the noise (`adam`: about 0.01)."""
    clip: Annotated[float, Field(gt=0)] = 0.1
    """The most that a picture's gradient may count, as its length over all of the noise."""
    regularise: Annotated[Schedule, Within(ge=0)] = Schedule.constant(0.01)
    """How hard the noise is held at the length that noise has, where the model draws well."""

    def build(self, env: Env) -> Generator:
        from artgen_diffusion.noise import NoiseGenerator

        return NoiseGenerator(self, env)
