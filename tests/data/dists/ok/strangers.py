"""A stranger's plugin: one small component of each kind, and some that misbehave on request."""

from typing import Annotated, Literal

from pydantic import Field

from artgen.api import (
    Angle,
    AugmentationSpec,
    Env,
    FilterSpec,
    FinishSpec,
    GeneratorSpec,
    InputFile,
    LossSpec,
    Need,
    PerceptorRef,
    PerceptorSpec,
    Point,
    Region,
    ReporterSpec,
    Schedule,
    Slider,
    WhereField,
    Within,
    hookimpl,
)
from artgen.colours import Colour


class Flat(GeneratorSpec):
    """One colour, searched for."""

    type: Literal["flat"] = "flat"
    learning_rate: Annotated[Schedule, Within(gt=0)] = Schedule.constant(0.1)
    """Step size of the descent."""
    start: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Grey level to start from."""
    colours: Literal["rgb", "grey"] = "rgb"
    """Whether the three channels move on their own."""
    picture: InputFile | None = None
    """An image nobody looks at."""
    keep_best: bool = False
    """Whether to end on the colour that was judged best."""

    def build(self, env: Env):
        from strangers_torch import FlatGenerator

        return FlatGenerator(self, env)


class Dark(LossSpec):
    """Prefers dark pictures."""

    type: Literal["dark"] = "dark"

    def build(self, env: Env):
        return lambda look: look.image.mean(dim=(1, 2, 3))


class Misbehave(LossSpec):
    """Goes wrong at a given step."""

    type: Literal["misbehave"] = "misbehave"
    how: Literal["nan", "shape", "gradient", "interrupt", "interrupt twice", "terminate", "hang up"] = "nan"
    at_step: int = 3

    def build(self, env: Env):
        from strangers_torch import Misbehaviour

        return Misbehaviour(self.how, self.at_step)


class Match(LossSpec):
    """Squared distance of the mean embedding from the prompts'."""

    type: Literal["match"] = "match"
    perceptor: PerceptorRef = "toy"

    def needs(self):
        return {Need.PROMPTS, Need.VIEWS}

    def build(self, env: Env):
        from strangers_torch import Matching

        return Matching(env, self.perceptor)


class Toy(PerceptorSpec):
    """A fixed random projection of small pictures; texts become random directions by their letters."""

    type: Literal["toy"] = "toy"
    room: int | None = None
    """More views than this at once are out of memory."""

    def build(self, env: Env):
        from strangers_torch import ToyPerceptor

        return ToyPerceptor(self.room, env.device)


class Corners(AugmentationSpec):
    """The whole picture, and crops at places of its own stream."""

    type: Literal["corners"] = "corners"
    count: int = 3
    """How many views."""

    def build(self, env: Env):
        from strangers_torch import CornerViews

        return CornerViews(self.count, env)


class Grey(FilterSpec):
    """Takes the colour away."""

    type: Literal["grey"] = "grey"

    def build(self, env: Env):
        return lambda image, step: image.mean(dim=1, keepdim=True).expand_as(image)


Share = Annotated[float, Field(ge=0, le=1)]


class Aimed(FilterSpec):
    """Does nothing, with a setting of each kind that a form can show."""

    type: Literal["aimed"] = "aimed"
    centre: Annotated[tuple[Share, Share], Point()] = (0.5, 0.5)
    """Where."""
    across: Annotated[Share, Point(y="down")] = 0.5
    """Where, too: from the left."""
    down: Share = 0.5
    """And from the top."""
    box: Annotated[tuple[Share, Share, Share, Share], Region()] | None = None
    """Within which edges."""
    turn: Annotated[Schedule, Angle(-180, 180)] = Schedule.constant(0)
    """Which way."""
    force: Annotated[Schedule, Within(gt=0), Slider(0.01, 100, scale="log", unit="<b>&'\"</b>")] = Schedule.constant(1)
    """How much; <img src=x onerror=window.hacked=1>."""
    ink: Colour = "#204080"
    """In which colour."""
    inks: tuple[Colour, ...] = ()
    """In which colours."""
    where: WhereField | None = None
    """In which part."""
    names: dict[str, float] | None = None
    """What no form shows."""

    def build(self, env: Env):
        return lambda image, step: image * 1


class Doubled(FinishSpec):
    """Puts the picture beside itself, with dust on it, and writes its size into a text."""

    type: Literal["doubled"] = "doubled"
    how: Literal["well", "nan", "range", "count", "alpha", "files", "kind", "raises", "memory"] = "well"
    """In which way it goes wrong."""

    def resized(self, size):
        return size[0], 2 * size[1]

    def build(self, env: Env):
        from strangers_torch import Doubling

        return Doubling(self.how, env)


class Clumsy(ReporterSpec):
    """A reporter that raises."""

    type: Literal["clumsy"] = "clumsy"

    def build(self, env: Env):
        from strangers_torch import ClumsyReporter

        return ClumsyReporter()


class Impatient(ReporterSpec):
    """A user who presses Ctrl-C again while the run ends."""

    type: Literal["impatient"] = "impatient"

    def build(self, env: Env):
        from strangers_torch import ImpatientReporter

        return ImpatientReporter()


@hookimpl
def artgen_generators():
    return [Flat]


@hookimpl
def artgen_losses():
    return [Dark, Misbehave, Match]


@hookimpl
def artgen_perceptors():
    return [Toy]


@hookimpl
def artgen_augmentations():
    return [Corners]


@hookimpl
def artgen_filters():
    return [Grey, Aimed]


@hookimpl
def artgen_finishes():
    return [Doubled]


@hookimpl
def artgen_reporters():
    return [Clumsy, Impatient]
