"""A stranger's plugin with one component of each kind, which goes wrong in the way and at the place that it is told."""

from typing import Any, ClassVar, Literal

from pydantic import field_serializer, field_validator
from strangers import Corners, Flat, Toy

from artgen.api import Env, FilterSpec, FinishSpec, GeneratorSpec, LossSpec, ReporterSpec, Spec, hookimpl

print("hello from a plugin that is imported")


class Told(Spec):
    """What each of them is told."""

    how: str = "raises"
    """What it does."""
    where: str = ""
    """In which of its methods."""
    at_step: int = 3
    """When, where there are steps."""

    @field_validator("how")
    @classmethod
    def _take_it_ill(cls, value: str) -> str:
        if value == "invalid":
            raise RuntimeError("I do not validate")
        return value

    @field_serializer("how")
    def _write(self, value: str) -> str:
        self.trip("written")
        return value

    @classmethod
    def written_down(cls, settings):
        if settings.get("where") == "written_down":
            go_wrong(settings["how"])
        return settings

    def needs(self):
        self.trip("needs")
        return None if self.how == "no set" else super().needs()

    def misfits(self):
        self.trip("misfits")
        return ()

    def downloads(self):
        self.trip("downloads")
        return ()

    def resized(self, size):
        self.trip("resized")
        return size

    def scaled(self, share):
        self.trip("scaled")
        return self

    def unread(self, texts):
        self.trip("unread")
        return ()

    def reworded(self, text):
        self.trip("reworded")
        return text

    def understood(self, text):
        self.trip("understood")
        return ()

    def reading(self, text):
        self.trip("reading")
        return {}

    def trip(self, where: str) -> None:
        if self.where == where:
            go_wrong(self.how)

    def build(self, env: Env) -> Any:
        self.trip("build")
        import rude_torch

        return rude_torch.PARTS[type(self).__name__](self, env)


def go_wrong(how: str) -> None:
    if how == "raises":
        print(1 / 0)
    if how == "exits":
        raise SystemExit(0)
    if how == "presses":
        raise KeyboardInterrupt
    if how == "base":
        raise BaseException("I am\nthe base")
    if how == "mute":
        raise Mute


class Mute(Exception):
    def __str__(self) -> str:
        raise SystemExit


class RudeGenerator(Told, Flat):
    """Draws a colour, and is rude."""

    type: Literal["rude"] = "rude"


class RudeLoss(Told, LossSpec):
    """Judges, and is rude."""

    type: Literal["rude"] = "rude"


class RudePerceptor(Told, Toy):
    """Looks, and is rude."""

    type: Literal["rude"] = "rude"


class RudeView(Told, Corners):
    """Cuts, and is rude."""

    type: Literal["rude"] = "rude"


class RudeFilter(Told, FilterSpec):
    """Changes, and is rude."""

    type: Literal["rude"] = "rude"


class RudeStage(Told, FinishSpec):
    """Finishes, and is rude."""

    type: Literal["rude-stage"] = "rude-stage"


class RudeReporter(Told, ReporterSpec):
    """Watches, and is rude."""

    type: Literal["rude"] = "rude"


class Lazy(GeneratorSpec):
    """Draws what no gradient can change."""

    type: Literal["lazy"] = "lazy"

    def build(self, env: Env) -> Any:
        import rude_torch

        return rude_torch.LazyGenerator(env)


class Gradientless(Lazy):
    """The same, and says so."""

    type: Literal["gradientless"] = "gradientless"
    uses_gradient: ClassVar[bool] = False


@hookimpl
def artgen_generators():
    return [RudeGenerator, Lazy, Gradientless]


@hookimpl
def artgen_losses():
    return [RudeLoss]


@hookimpl
def artgen_perceptors():
    return [RudePerceptor]


@hookimpl
def artgen_augmentations():
    return [RudeView]


@hookimpl
def artgen_filters():
    return [RudeFilter]


@hookimpl
def artgen_finishes():
    return [RudeStage]


@hookimpl
def artgen_reporters():
    return [RudeReporter]
