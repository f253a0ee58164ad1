"""What the working objects can do; any object with these members will do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from artgen.results import Result, StepEvent

if TYPE_CHECKING:
    from torch import Tensor


class Generator(Protocol):
    """Draws, and spends the gradient its own way: an optimiser step, or a guided sampler step.

    ``draw(step)`` returns (B, 3, H, W) whose graph reaches the generator's own state; the loop back-propagates
    into it; then ``advance(step)`` moves the state. ``draw`` draws no randomness that a second call would not.
    It may also have `Judged`, `DrawsCandidates`, `HasNumbers`, `Paints`, `PaintsOver`, `HasCover`, `DrawsOver`,
    `HasSprite`, `Exports`, `HasWeights` and `HasCredits`.
    """

    steps: int
    """How many steps the run takes; usually ``env.steps``."""

    def draw(self, step: int) -> Tensor:
        """(B, 3, H, W) in [0, 1] with a graph to the state; at `steps`, after the last `advance`, the finished one."""
        ...

    def advance(self, step: int) -> None:
        """Spend the gradient that `draw`'s graph brought to the state, and move it on."""
        ...

    def state_dict(self) -> Mapping[str, Any]:
        """Everything needed to go on from here, as tensors and plain data."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> object:
        """Go on from `state_dict`'s answer."""
        ...


class Loss(Protocol):
    """``loss(look)`` returns () or (B,): finite, unweighted, lower is better. It sees the picture through `look`.

    Row i may depend on picture i alone, unless the spec's `needs` have `Need.BATCH`; a () result is taken as the same
    share of every picture. It may also have `HasWeights` and `HasCredits`.
    """

    def __call__(self, look: Look) -> Tensor:
        """() or (B,), with a graph to what was looked at."""
        ...


@runtime_checkable
class Perceptor(Protocol):
    """Embeds images and texts as unit rows. Gradient flows to the pixels, never to weights.

    Its own mean and standard deviation are applied inside. It may also have `HasFeatures`, `HasScale`,
    `HasInterpolation`, `HasResizeMode`, `HasModel`, `Rewords`, `HasReadAs`, `HasWeights` and `HasCredits`.
    """

    size: int
    """Height and width of the images it takes, in pixels."""
    dim: int
    """Width of an embedding."""

    def embed_images(self, images: Tensor) -> Tensor:
        """(N, 3, size, size) in [0, 1] to (N, dim)."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        """M texts to (M, dim)."""
        ...


class Augmentation(Protocol):
    """(B, 3, H, W) to (B*n, 3, size, size), in [0, 1], differentiable; the n views of a picture are neighbours.

    It remembers nothing from call to call, because a run that is resumed would go on otherwise.
    """

    def __call__(self, image: Tensor, size: int, step: int) -> Tensor:
        """The views of `image`, each `size` x `size` pixels."""
        ...


class Filter(Protocol):
    """(B, 3, H, W) to the same shape and range; differentiable (straight-through where it must quantise).

    It is called at every step from 0 to ``env.steps``; the last call, at ``env.steps``, is for the finished picture.
    It remembers nothing from call to call, because a run that is resumed would go on otherwise.
    """

    def __call__(self, image: Tensor, step: int) -> Tensor:
        """The changed `image`."""
        ...


@dataclass(frozen=True)
class Finished:
    """Pictures on their way through the finishing stages."""

    image: Tensor
    """(B, 3, H, W) in [0, 1]."""
    alpha: Tensor | None = None
    """(B, 1, H, W) in [0, 1], of the size of `image`: how much covers what lies behind; None: everything."""
    files: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    """The same pictures in other forms, one file for each, by suffix, such as ``.svg``: written beside the picture."""


class Finish(Protocol):
    """Works once, when everything is drawn, without a gradient; may change the size of the pictures.

    It gets what a PNG would hold, 256 levels of each channel, so that a picture that is finished later from its file
    comes out as in its run. Row i may depend on picture i alone. ``env.size`` is the size that it gets; a long task
    says ``env.progress(0.3)`` now and then. It may also have `HasWeights` and `HasCredits`.
    """

    def __call__(self, finished: Finished) -> Finished:
        """The changed pictures; `alpha` of the new size where there was one, unless all is covered now."""
        ...


class Reporter(Protocol):
    """Looks, never touches. One that raises is named once and dropped; the run goes on.

    It may also have `WatchesFinish`.
    """

    def on_start(self, steps: int) -> None:
        """Before the first step of a run of so many."""
        ...

    def on_step(self, event: StepEvent) -> None:
        """After each step."""
        ...

    def on_end(self, result: Result) -> None:
        """After the last step, also of a run that was interrupted or failed with a picture to show."""
        ...


class Look(Protocol):
    """One drawing at one step, as the losses may see it. Views and embeddings are computed once and shared."""

    @property
    def image(self) -> Tensor:
        """(B, 3, H, W) in [0, 1]."""
        ...

    @property
    def step(self) -> int:
        """The step, from 0."""
        ...

    @property
    def steps(self) -> int:
        """How many steps the run has."""
        ...

    @property
    def perceptors(self) -> tuple[str, ...]:
        """The names of the preset's perceptors."""
        ...

    def weight(self, perceptor: str) -> float:
        """The perceptor's share at this step, as the preset gives it."""
        ...

    def views(self, perceptor: str) -> Tensor:
        """(B, n, 3, size, size): the augmented views at that perceptor's size."""
        ...

    def embeddings(self, perceptor: str) -> Tensor:
        """(B, n, dim): the unit embeddings of the views."""
        ...

    def within(self, region: Tensor) -> Look:
        """The same look at a part of the picture: cut to the part's bounding box, all else in it hidden.

        `region` is (H, W) or (1, 1, H, W) in [0, 1] and of the size of `image`: 1 is inside. Equal regions share their
        views and embeddings.
        """
        ...

    def through(self, change: Callable[[Tensor], Tensor]) -> Look:
        """The same look at what `change` makes of the pictures: turned or blurred, say, as a prompt's `seen` does.

        It is called with (B, 3, H, W) in [0, 1] and returns (B, 3, h, w) in [0, 1], each picture for itself, with a
        gradient. Equal ones (``==``) are called once and share their views and embeddings.
        """
        ...

    def embeddings_of(self, image: Tensor, perceptor: str) -> Tensor:
        """(B, n, dim): the unit embeddings of the same views of another picture, without a gradient.

        `image` is (B, 3, H, W) or (1, 3, H, W) in [0, 1] and of the size of the drawing; a look `within` a region
        shows that region of it. For a look `through` a change it is of the size of what that made, and not changed.
        """
        ...
