"""What the working objects may have besides what they must: members that artgen asks for by ``isinstance``.

An object need not name these protocols. It has a member if its class has, or if it is an attribute of its own; what
torch registers in a module, such as a buffer, is not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from artgen.api.protocols import Generator

if TYPE_CHECKING:
    from torch import Tensor

    from artgen.api.exporting import ExportSource


@runtime_checkable
class HasWeights(Protocol):
    """Any component that was loaded from files of weights."""

    @property
    def weights(self) -> Mapping[str, str]:
        """sha256 of each file, by its name; the recipe records it."""
        ...


@runtime_checkable
class HasCredits(Protocol):
    """Any component whose weights learnt from others' work."""

    @property
    def credits(self) -> Sequence[str]:
        """Whose work that was, in a line each, where a licence asks for it; recipe and gallery tell it."""
        ...


@runtime_checkable
class Judged(Protocol):
    """A generator that hears what is thought of its drawings, so that it may keep its best."""

    def judged(self, step: int, totals: Tensor) -> None:
        """The weighted loss of each picture as it was drawn at `step`, (B,) on the CPU; told before `advance`.

        A generator that keeps its best draws that after the last step.
        """
        ...


@runtime_checkable
class DrawsCandidates(Generator, Protocol):
    """A generator that tries several drawings in each step and moves by comparing them, as evolution does.

    In each step artgen draws and judges candidate by candidate, all under the same views, tells `compared`, and then
    calls `advance`. What is shown and remembered of the step is the best for each picture; `draw` is asked for the
    finished picture alone, and where a preset has an `overlay`. The spec says ``uses_gradient = False``, unless the
    generator learns by a gradient as well, which is then that of the candidates' mean.
    """

    @property
    def candidates(self) -> int:
        """How many drawings are tried for each picture, at least 1; the same in every step."""
        ...

    def draw_candidate(self, step: int, candidate: int) -> Tensor:
        """The drawing of a candidate, counted from 0: (B, 3, H, W) in [0, 1], the same when it is asked for again.

        `HasCover` is asked next, where it has that, for what covers this one.
        """
        ...

    def compared(self, step: int, totals: Tensor) -> None:
        """The weighted losses of all, (candidates, B) on the CPU; told before `advance`, in place of `judged`.

        From here on `HasCover` answers for the best of each picture, until the next is drawn.
        """
        ...


@runtime_checkable
class HasNumbers(Protocol):
    """A generator whose numbers others may move, such as the generator `evolve`."""

    @property
    def numbers(self) -> Sequence[Tensor]:
        """What the drawing is made of, each (B, ...); not to be changed in place."""
        ...

    def put_numbers(self, numbers: Sequence[Tensor]) -> None:
        """Draw from these from now on, of the same shapes; what lies outside their range is brought back."""
        ...


@runtime_checkable
class Paints(Protocol):
    """A generator that can take a picture over, which an `overlay` needs; its spec says `can_paint`."""

    def paint(self, image: Tensor, step: int) -> None:
        """Take (B, 3, H, W) for its drawing, as nearly as it can, before `step` is drawn for good."""
        ...


@runtime_checkable
class PaintsOver(Protocol):
    """A generator that can take a part of a picture over, and keeps its numbers elsewhere."""

    def paint_over(self, image: Tensor, cover: Tensor, step: int) -> None:
        """As `Paints.paint`, where ``cover``, (1, 1, H, W) in [0, 1], is more than 0; elsewhere it is 0.

        `artgen.canvas.covered` tells which cells that concerns.
        """
        ...


@runtime_checkable
class Exports(Protocol):
    """A generator that can write its pictures in other forms; its spec says which in `exports`."""

    def exported(self, suffix: str, source: ExportSource) -> bytes:
        """The file of one picture of the finished run, in one of those forms; `source` is as an exporter gets it.

        It is called without a gradient. InputError if this picture has no such form.
        """
        ...


@runtime_checkable
class HasSprite(Protocol):
    """A generator that draws cells in rows and columns, each of one colour."""

    def sprite(self, picture: int) -> Tensor:
        """One pixel a cell of a picture after the last step: (4, rows, columns) in [0, 1], clear where there is none.

        InputError if its cells have no colour of their own.
        """
        ...


@runtime_checkable
class HasCover(Protocol):
    """A generator that knows which pixels are things and which are their ground."""

    @property
    def cover(self) -> Tensor | None:
        """(B, 1, H, W) in [0, 1]: what the things cover that it drew last; `transparent` pictures are cut out by it.

        None, from `build` on, where it does not know.
        """
        ...


@runtime_checkable
class DrawsOver(Protocol):
    """A generator that can draw its things over another ground than its own, as `layers` has them drawn.

    Cut out by `HasCover` alone, things keep a fringe of the ground that they were drawn on.
    """

    def draw_over(self, ground: Tensor, step: int) -> Tensor:
        """As `Generator.draw`, on (B, 3, H, W) in [0, 1]; the graph reaches the ground as well.

        What `HasCover` says of it afterwards is the share of the ground that is hidden.
        """
        ...


@runtime_checkable
class HasFeatures(Protocol):
    """A perceptor whose layers can be compared, for losses about style and content."""

    def features(self, images: Tensor) -> Sequence[Tensor]:
        """What its layers make of (N, 3, size, size), from fine to coarse, each (N, C, h, w)."""
        ...


@runtime_checkable
class HasScale(Protocol):
    """A perceptor that says how sharp its similarities are."""

    @property
    def scale(self) -> float:
        """What cosines are multiplied by before a softmax: CLIP's exp(logit_scale); 100 where there is none."""
        ...


@runtime_checkable
class HasInterpolation(Protocol):
    """A perceptor that says how pictures come to its size."""

    @property
    def interpolation(self) -> Literal["bilinear", "bicubic"]:
        """How; bicubic where there is none."""
        ...


@runtime_checkable
class HasResizeMode(Protocol):
    """A perceptor that says what becomes of the shape of pictures."""

    @property
    def resize_mode(self) -> Literal["shortest", "squash", "longest"]:
        """`shortest` (where there is none): the middle square; `squash`: the whole picture, as a square; `longest`: all
        of it, with black beside it."""
        ...


@runtime_checkable
class HasModel(Protocol):
    """A perceptor that says which model it is, for what was fitted to one model's embeddings."""

    @property
    def model(self) -> str:
        """The model's name, such as ``ViT-B-32/openai``."""
        ...


@runtime_checkable
class Rewords(Protocol):
    """A perceptor that is told other words than the prompt's; generators that read prompts by themselves ask it."""

    def reworded(self, text: str) -> str:
        """The text that the model is really told."""
        ...


@runtime_checkable
class HasReadAs(Protocol):
    """A perceptor that remembers which words it was told in place of others."""

    @property
    def read_as(self) -> Mapping[str, str]:
        """The words that were so replaced, and by what; the recipe records it."""
        ...


@runtime_checkable
class WatchesFinish(Protocol):
    """A reporter that shows how the finishing stages come along."""

    def on_finish(self, title: str, share: float) -> None:
        """How much of the stage called `title` is done, from 0 to 1."""
        ...
