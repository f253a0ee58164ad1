"""A stranger's plugin that has renamed things since presets were written for it."""

from typing import Annotated, Literal

from pydantic import Field

from artgen.api import Env, Formerly, GeneratorSpec, LossSpec, PerceptorSpec, hookimpl


class Noisy(GeneratorSpec):
    """Its own random numbers, as a picture of one colour."""

    type: Literal["noisy"] = "noisy"
    formerly = (Formerly("grainy", since="1.1", until="2.0"),)
    contrast: Annotated[float, Field(gt=0), Formerly("strength", since="1.2", until="2.0")] = 1.0
    """How far its numbers are apart."""

    def build(self, env: Env):
        from aged_torch import NoisyGenerator

        return NoisyGenerator(self, env)


class Mellow(LossSpec):
    """Prefers a brightness."""

    type: Literal["mellow"] = "mellow"
    formerly = (Formerly("gentle", since="1.1", until="2.0"), Formerly("soft", since="1.2", until="2.0"))
    amount: Annotated[float, Formerly("strength", since="1.2", until="2.0")]
    """The brightness."""

    def build(self, env: Env):
        return lambda look: (look.image.mean(dim=(1, 2, 3)) - self.amount) ** 2


class Glance(PerceptorSpec):
    """Sees nothing; nobody looks through it."""

    type: Literal["glance"] = "glance"
    formerly = (Formerly("peek", since="1.2", until="2.0"),)
    size: Annotated[int, Formerly("side", since="1.2", until="2.0")] = 8
    """Side of the views."""


@hookimpl
def artgen_generators():
    return [Noisy]


@hookimpl
def artgen_losses():
    return [Mellow]


@hookimpl
def artgen_perceptors():
    return [Glance]
