"""A stranger's plugin as it was written before there was `needs` or `misfits`; it is kept as it is, and has to work."""

from typing import ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from artgen.api import Env, GeneratorSpec, LossSpec, PerceptorRef, PerceptorSpec, ReporterSpec, hookimpl


class Wash(GeneratorSpec):
    """One colour for each half."""

    uses_start: ClassVar[bool] = True
    can_paint: ClassVar[bool] = True
    can_stop: ClassVar[bool] = False
    type: Literal["wash"] = "wash"
    reads: bool = False
    """Whether it looks at the prompts."""

    @property
    def uses_prompts(self) -> bool:  # type: ignore[override]
        return self.reads

    def build(self, env: Env):
        from first_torch import WashGenerator

        return WashGenerator(self, env)


class Follow(LossSpec):
    """The distance of the views from the prompts."""

    type: Literal["follow"] = "follow"
    uses_prompts = True
    uses_perceptors = True
    perceptor: PerceptorRef = "glimpse"

    def build(self, env: Env):
        from first_torch import Following

        return Following(self, env)


class Apart(LossSpec):
    """How alike the pictures of the batch are."""

    type: Literal["apart"] = "apart"
    compares_batch: ClassVar[bool] = True
    near: float = 0.1
    far: float = 0.5

    @model_validator(mode="after")
    def _settings_fit(self):
        if self.near > self.far:
            raise PydanticCustomError("apart", "{text}", {"text": "'near' is above 'far'; swap them"})
        return self

    def build(self, env: Env):
        return lambda look: -look.image.var(dim=0).mean().expand(len(look.image))


class Remember(LossSpec):
    """How far a perceptor sees the picture from the start."""

    type: Literal["remember"] = "remember"
    uses_start = True
    reads_perceptors = True

    def build(self, env: Env):
        perceptor = env.perceptor()[1]
        from first_torch import Remembering

        return Remembering(perceptor, env)


class Glimpse(PerceptorSpec):
    """Sees the mean colour of each quarter."""

    type: Literal["glimpse"] = "glimpse"

    def build(self, env: Env):
        from first_torch import GlimpsePerceptor

        return GlimpsePerceptor()


class Diary(ReporterSpec):
    """Writes down what it is told."""

    type: Literal["diary"] = "diary"

    def build(self, env: Env):
        from first_torch import DiaryReporter

        return DiaryReporter()


@hookimpl
def artgen_generators():
    return [Wash]


@hookimpl
def artgen_losses():
    return [Follow, Apart, Remember]


@hookimpl
def artgen_perceptors():
    return [Glimpse]


@hookimpl
def artgen_reporters():
    return [Diary]
