"""What a plugin imports: spec bases, protocols, `Env`, `Look`, `StepEvent` and `hookimpl`.

Generators that optimise a canvas of numbers may also use `artgen.canvas`, components with colours and palettes
`artgen.colours`, and those with pretrained weights `artgen.weights`; nothing else of the core is for plugins.

A component is two things. Its *spec* is a frozen pydantic model: the typed, documented form of what a preset
says, cheap to import (no torch). What ``spec.build(env)`` returns is the working *object*; that import may be
heavy. Protocols, not base classes: an object may be an ``nn.Module``, a dataclass or a closure.

Images are ``(B, 3, H, W)``, RGB, float, in [0, 1], on ``env.device``. Nothing else crosses a boundary, and the
host checks it there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol, Self, runtime_checkable

import pluggy
from pydantic import BaseModel, ConfigDict

from artgen.deprecation import Formerly
from artgen.errors import ArtgenError, InputError, RunError, hint, is_out_of_memory, nearest
from artgen.fields.paths import InputFile
from artgen.fields.references import PerceptorRef, Ref
from artgen.fields.schedules import At, Moment, Schedule, Within
from artgen.memory import Halving
from artgen.prompts import Prompt, Prompts, Templates
from artgen.results import Result, StepEvent

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from artgen.rng import Random
    from artgen.weights import Download

__all__ = [
    "API_VERSION",
    "ArtgenError",
    "At",
    "Augmentation",
    "AugmentationSpec",
    "Env",
    "Filter",
    "FilterSpec",
    "Formerly",
    "Generator",
    "GeneratorSpec",
    "Halving",
    "InputError",
    "InputFile",
    "Look",
    "Loss",
    "LossSpec",
    "Moment",
    "Perceptor",
    "PerceptorRef",
    "PerceptorSpec",
    "Prompt",
    "Prompts",
    "Ref",
    "Reporter",
    "ReporterSpec",
    "Result",
    "RunError",
    "Schedule",
    "Spec",
    "StepEvent",
    "Templates",
    "Within",
    "hint",
    "hookimpl",
    "is_out_of_memory",
    "nearest",
]

API_VERSION = 1
"""The version of this API; a spec whose ``api`` is higher is refused with a line that says so."""
hookimpl = pluggy.HookimplMarker("artgen")
"""Decorates a function of a plugin that implements a hook."""


class Spec(BaseModel):
    """What a preset says about one component. Subclasses add ``type: Literal["name"] = "name"`` and their fields.

    The class docstring's first line and each field's docstring are the documentation that ``artgen plugins``,
    editors and the JSON Schema show.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    api: ClassVar[int] = 1
    """The version of this API that the plugin was written for."""
    example: ClassVar[Mapping[str, Any]] = {}
    """Settings that the test kit builds it with, for a component that cannot be built from its defaults."""
    formerly: ClassVar[tuple[Formerly, ...]] = ()
    """Old names of its `type` that presets may still use, with a warning."""
    type: str
    """The name by which a preset asks for the component."""
    id: str | None = None
    """A name of its own in reports and random streams; by default its type."""

    def downloads(self) -> Sequence[Download]:
        """What `build` fetches unless it is on this machine already, as it is set; see the hook `artgen_weights`."""
        return ()

    def build(self, env: Env) -> Any:
        """The working object, made for `env`. The only place that may import torch and friends."""
        raise TypeError(f"{type(self).__name__} has no build(env)")


class GeneratorSpec(Spec):
    """A thing that draws; `build` returns a `Generator`."""

    uses_prompts: ClassVar[bool] = False
    """Whether it reads ``env.prompts``; prompts that neither the generator nor a loss reads are an error."""
    reads_perceptors: ClassVar[bool] = False
    """Whether it uses the preset's perceptors by itself, such as for the embeddings of texts."""
    uses_start: ClassVar[bool] = False
    """Whether it begins with ``env.start`` where there is one; a `start` that nothing reads is an error."""
    can_paint: ClassVar[bool] = False
    """Whether what it builds has `paint`, which an `overlay` needs."""
    can_stop: ClassVar[bool] = True
    """Whether the drawing is whole after any step, which `auto_stop` needs."""


class LossSpec(Spec):
    """A thing that judges; `build` returns a `Loss`."""

    uses_prompts: ClassVar[bool] = False
    """Whether the loss reads ``env.prompts``; prompts that neither the generator nor a loss reads are an error."""
    uses_perceptors: ClassVar[bool] = False
    """Whether the loss looks through the perceptors; perceptors and views that no loss needs are an error."""
    reads_perceptors: ClassVar[bool] = False
    """Whether the loss shows a perceptor the whole picture, so that it needs no views."""
    uses_start: ClassVar[bool] = False
    """Whether the loss compares with ``env.start`` and so needs the preset to have a `start`."""
    compares_batch: ClassVar[bool] = False
    """Whether a picture's row depends on the others of the batch, which then no longer come out as they would alone."""
    weight: Schedule = Schedule.constant(1)
    """How much it counts in the sum; may change over the run, may be negative; at 0 it is not evaluated."""


class PerceptorSpec(Spec):
    """Image and text towers that share an embedding space; `build` returns a `Perceptor`."""

    weight: Annotated[Schedule, Within(ge=0)] = Schedule.constant(1)
    """Its share in an ensemble, relative to the other perceptors; may change over the run."""


class AugmentationSpec(Spec):
    """A way to cut views out of the picture; `build` returns an `Augmentation`."""

    def scaled(self, share: float) -> Self:
        """The same with `share` times as many views, for the preset's `quality`; here: unchanged."""
        return self


class FilterSpec(Spec):
    """A differentiable change to every drawing before anything looks at it; `build` returns a `Filter`."""


class ReporterSpec(Spec):
    """A thing that watches; `build` returns a `Reporter`."""


class Generator(Protocol):
    """Draws, and spends the gradient its own way: an optimiser step, or a guided sampler step.

    ``draw(step)`` returns (B, 3, H, W) whose graph reaches the generator's own state; the loop back-propagates
    into it; then ``advance(step)`` moves the state. ``draw`` draws no randomness that a second call would not.
    An optional ``weights: dict[str, str]`` maps the weight files used to their sha256; the recipe records it. An
    optional ``judged(step, totals)`` is told, before `advance`, the weighted loss of each picture as it was drawn at
    `step`, (B,) on the CPU; a generator may so keep its best and draw that after the last step. An optional
    ``paint(image, step)`` takes (B, 3, H, W) for its drawing, as nearly as it can, before `step` is drawn for good.
    """

    steps: int
    """How many steps the run takes; usually ``env.steps``."""

    def draw(self, step: int) -> Tensor:
        """(B, 3, H, W) in [0, 1] with a graph to the state; at `steps`, after the last `advance`, the finished one."""

    def advance(self, step: int) -> None:
        """Spend the gradient that `draw`'s graph brought to the state, and move it on."""

    def state_dict(self) -> Mapping[str, Any]:
        """Everything needed to go on from here, as tensors and plain data."""

    def load_state_dict(self, state: Mapping[str, Any]) -> object:
        """Go on from `state_dict`'s answer."""


class Loss(Protocol):
    """``loss(look)`` returns () or (B,): finite, unweighted, lower is better. It sees the picture through `look`.

    Row i may depend on picture i alone, unless the spec says `compares_batch`; a () result is taken as the same share
    of every picture. An optional ``weights`` is recorded as a generator's.
    """

    def __call__(self, look: Look) -> Tensor:
        """() or (B,), with a graph to what was looked at."""


@runtime_checkable
class Perceptor(Protocol):
    """Embeds images and texts as unit rows. Gradient flows to the pixels, never to weights.

    Its own mean and standard deviation are applied inside. An optional ``weights: dict[str, str]`` maps the
    weight files used to their sha256; the recipe records it. An optional ``features(images)`` gives what its layers
    make of (N, 3, size, size), from fine to coarse, each (N, C, h, w), for losses that compare looks. An optional
    ``scale: float`` is what cosine similarities are multiplied by before a softmax, CLIP's exp(logit_scale); 100 where
    absent. An optional ``interpolation``, "bilinear" or "bicubic" (where absent), is how pictures come to its size.
    """

    size: int
    """Height and width of the images it takes, in pixels."""
    dim: int
    """Width of an embedding."""

    def embed_images(self, images: Tensor) -> Tensor:
        """(N, 3, size, size) in [0, 1] to (N, dim)."""

    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        """M texts to (M, dim)."""


class Augmentation(Protocol):
    """(B, 3, H, W) to (B*n, 3, size, size), in [0, 1], differentiable; the n views of a picture are neighbours."""

    def __call__(self, image: Tensor, size: int, step: int) -> Tensor:
        """The views of `image`, each `size` x `size` pixels."""


class Filter(Protocol):
    """(B, 3, H, W) to the same shape and range; differentiable (straight-through where it must quantise).

    It is called at every step from 0 to ``env.steps``; the last call, at ``env.steps``, is for the finished picture.
    """

    def __call__(self, image: Tensor, step: int) -> Tensor:
        """The changed `image`."""


class Reporter(Protocol):
    """Looks, never touches. One that raises is named once and dropped; the run goes on."""

    def on_start(self, steps: int) -> None:
        """Before the first step of a run of so many."""

    def on_step(self, event: StepEvent) -> None:
        """After each step."""

    def on_end(self, result: Result) -> None:
        """After the last step, also of a run that was interrupted or failed with a picture to show."""


class Look(Protocol):
    """One drawing at one step, as the losses may see it. Views and embeddings are computed once and shared."""

    @property
    def image(self) -> Tensor:
        """(B, 3, H, W) in [0, 1]."""

    @property
    def step(self) -> int:
        """The step, from 0."""

    @property
    def steps(self) -> int:
        """How many steps the run has."""

    @property
    def perceptors(self) -> tuple[str, ...]:
        """The names of the preset's perceptors."""

    def weight(self, perceptor: str) -> float:
        """The perceptor's share at this step, as the preset gives it."""

    def views(self, perceptor: str) -> Tensor:
        """(B, n, 3, size, size): the augmented views at that perceptor's size."""

    def embeddings(self, perceptor: str) -> Tensor:
        """(B, n, dim): the unit embeddings of the views."""

    def within(self, region: Tensor) -> Look:
        """The same look at a part of the picture: cut to the part's bounding box, all else in it hidden.

        `region` is (H, W) or (1, 1, H, W) in [0, 1] and of the size of `image`: 1 is inside. Equal regions share their
        views and embeddings.
        """

    def embeddings_of(self, image: Tensor, perceptor: str) -> Tensor:
        """(B, n, dim): the unit embeddings of the same views of another picture, without a gradient.

        `image` is (B, 3, H, W) or (1, 3, H, W) in [0, 1] and of the size of the drawing; a look `within` a region
        shows that region of it.
        """


@dataclass(frozen=True)
class Env:
    """What a component is built with."""

    device: torch.device
    """Where every tensor that crosses a boundary lies."""
    size: tuple[int, int]
    """Height and width of the canvas in pixels."""
    batch: int
    """How many pictures are drawn at once."""
    steps: int
    """How many steps the run takes; for a generator, how many the preset asks for."""
    random: Random
    """This component's own keyed random streams, one per picture of the batch."""
    prompts: tuple[Prompt, ...] = ()
    """The preset's prompts."""
    perceptors: Mapping[str, Perceptor] = field(default_factory=dict)
    """The preset's perceptors by name, for losses that embed texts once."""
    note: Callable[[str], None] = print
    """Tells the user one line, such as a size that had to be rounded."""
    start: Tensor | None = None
    """(B, 3, H, W) in [0, 1]: the pictures that the preset's `start` asks for."""

    def perceptor(self, name: str | None = None, dim: int | None = None) -> tuple[str, Perceptor]:
        """The perceptor that a component means, and its name: the one called `name`, else the one there is.

        Args:
            name: as a setting with `PerceptorRef` gives it; None if it says nothing.
            dim: how wide its embeddings have to be. Without a name it is then the first of that width.

        Raises:
            InputError: if there is none, several could be meant, or the one that is named has another width.
        """
        if name is not None:
            if name not in self.perceptors:
                raise InputError(f"there is no perceptor '{name}'{hint(name, self.perceptors)}")
            found = self.perceptors[name]
            if dim not in (None, found.dim):
                raise InputError(f"perceptor '{name}' has embeddings of {found.dim} numbers; {dim} are needed")
            return name, found
        fitting = {name: one for name, one in self.perceptors.items() if dim in (None, one.dim)}
        if not fitting:
            lack = f"no perceptor has embeddings of {dim} numbers" if self.perceptors else "the preset has no perceptor"
            raise InputError(lack)
        if dim is None and len(fitting) > 1:
            raise InputError(f"which of the perceptors? give 'perceptor': one of {', '.join(fitting)}")
        return next(iter(fitting.items()))
