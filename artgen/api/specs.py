"""What a preset says about a component: the bases of all specs, cheap to import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, ConfigDict, SerializeAsAny

from artgen.api.needs import Need, flagged, warn_of_flags
from artgen.api.words import Word
from artgen.deprecation import Formerly
from artgen.fields.block import Block, wrong_setting
from artgen.fields.references import Part
from artgen.fields.schedules import Schedule, Within
from artgen.fields.widgets import Slider

if TYPE_CHECKING:
    from artgen.api.environment import Env
    from artgen.api.protocols import Augmentation, Filter, Finish, Generator, Loss, Perceptor, Reporter
    from artgen.weights import Download


class Spec(Block):
    """What a preset says about one component. Subclasses add ``type: Literal["name"] = "name"`` and their fields.

    The class docstring's first line and each field's docstring are the documentation that ``artgen plugins``,
    editors and the JSON Schema show.
    """

    # So that a default may be written as a preset writes it: ``paper: Colour = "white"``.
    model_config = ConfigDict(validate_default=True)

    api: ClassVar[int] = 1
    """The version of this API that the plugin was written for."""
    example: ClassVar[Mapping[str, Any]] = {}
    """Settings that the test kit builds it with, for a component that cannot be built from its defaults."""
    formerly: ClassVar[tuple[Formerly, ...]] = ()
    """Old names of its `type` that presets may still use, with a warning."""
    synonyms: ClassVar[tuple[str, ...]] = ()
    """What people call it elsewhere, in small letters: a preset that asks for one of these is told the `type`."""
    if TYPE_CHECKING:
        # Its subclasses narrow it to a Literal, which type checkers refuse of a `str` that they take for writable.
        type: Any
    else:
        type: str
        """The name by which a preset asks for the component."""
    id: str | None = None
    """A name of its own in reports and random streams; by default its type."""

    @classmethod
    def written_down(cls, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """The settings of a recipe, some of which may be missing there because they are newer; here: as they are.

        A new setting whose default changes pictures gets the value here that draws the old ones.
        """
        return settings

    @classmethod
    def __pydantic_init_subclass__(cls, **arguments: Any) -> None:
        super().__pydantic_init_subclass__(**arguments)
        if not cls.__module__.startswith(f"{__package__}."):
            warn_of_flags(f"{cls.__module__}.{cls.__qualname__}", vars(cls))

    def needs(self) -> Set[Need]:
        """What of the preset it needs, with the settings that it has; here: nothing, or what older flags say."""
        return frozenset(flagged(self))

    def downloads(self) -> Sequence[Download]:
        """What `build` fetches unless it is on this machine already, as it is set; see the hook `artgen_weights`."""
        return ()

    def build(self, env: Env) -> Any:
        """The working object, made for `env`. The only place that may import torch and friends."""
        raise TypeError(f"{type(self).__name__} has no build(env)")


class GeneratorSpec(Spec):
    """A thing that draws; `build` returns a `Generator`."""

    uses_prompts: ClassVar[bool] = False
    """Deprecated: `Need.PROMPTS` in `needs`."""
    reads_perceptors: ClassVar[bool] = False
    """Deprecated: `Need.PERCEPTORS` in `needs`."""
    uses_start: ClassVar[bool] = False
    """Deprecated: `Need.START` in `needs`."""
    can_stop: ClassVar[bool] = True
    """Deprecated: where it was False, `Need.ALL_STEPS` in `needs`."""
    uses_gradient: ClassVar[bool] = True
    """Whether the losses' gradient moves it; where False, artgen skips the backward pass."""
    can_paint: ClassVar[bool] = False
    """Whether what it builds `Paints`, which an `overlay` needs."""
    exports: ClassVar[Mapping[str, str]] = {}
    """Other forms of its pictures that what it builds `Exports`: suffixes, such as ``.svg``, and what each file holds.
    A finished run writes them all beside the picture."""

    def reading(self, text: str) -> Mapping[str, str]:
        """How it reads a prompt by itself, part by part, as far as the spec alone can tell; here: nothing is said.

        ``artgen words`` shows it. The text is what the perceptors are told; see `PerceptorSpec.reworded`.
        """
        return {}

    if TYPE_CHECKING:

        def build(self, env: Env) -> Generator: ...


def _checked(value: Any) -> Any:
    """A preset's check turns mappings into specs before; what else comes here is none."""
    if not isinstance(value, GeneratorSpec):
        raise wrong_setting("expected a generator such as {type: pixel}")
    return value


AnyGenerator = Annotated[SerializeAsAny[GeneratorSpec], BeforeValidator(_checked), Part("generator")]
"""A generator within another component: a spec in Python, and what stands under `generator` in a preset."""


class LossSpec(Spec):
    """A thing that judges; `build` returns a `Loss`."""

    uses_prompts: ClassVar[bool] = False
    """Deprecated: `Need.PROMPTS` in `needs`."""
    uses_perceptors: ClassVar[bool] = False
    """Deprecated: `Need.VIEWS` in `needs`."""
    reads_perceptors: ClassVar[bool] = False
    """Deprecated: `Need.PERCEPTORS` in `needs`."""
    uses_start: ClassVar[bool] = False
    """Deprecated: `Need.START` in `needs`."""
    compares_batch: ClassVar[bool] = False
    """Deprecated: `Need.BATCH` in `needs`."""
    weight: Annotated[Schedule, Slider(-1, 3)] = Schedule.constant(1)
    """How much it counts in the sum; may change over the run, may be negative; at 0 it is not evaluated."""

    if TYPE_CHECKING:

        def build(self, env: Env) -> Loss: ...


class PerceptorSpec(Spec):
    """Image and text towers that share an embedding space; `build` returns a `Perceptor`."""

    weight: Annotated[Schedule, Within(ge=0), Slider(0, 3)] = Schedule.constant(1)
    """Its share in an ensemble, relative to the other perceptors; may change over the run."""

    def unread(self, texts: Sequence[str]) -> Iterable[str]:
        """A line for each text that the model will not read to its end, as far as the spec alone can tell; here: none.

        ``artgen check`` tells them; a run hears them of the perceptor itself.
        """
        return ()

    def reworded(self, text: str) -> str:
        """The text that the model is told in its place, as far as the spec alone can tell; here: the same."""
        return text

    def understood(self, text: str) -> Iterable[Word]:
        """What the model knows of the words of a text, as far as the spec alone can tell; here: nothing is said."""
        return ()

    if TYPE_CHECKING:

        def build(self, env: Env) -> Perceptor: ...


class AugmentationSpec(Spec):
    """A way to cut views out of the picture; `build` returns an `Augmentation`."""

    def scaled(self, share: float) -> Self:
        """The same with `share` times as many views, for the preset's `quality`; here: unchanged."""
        return self

    if TYPE_CHECKING:

        def build(self, env: Env) -> Augmentation: ...


class FilterSpec(Spec):
    """A differentiable change to every drawing before anything looks at it; `build` returns a `Filter`."""

    moves: ClassVar[bool] = False
    """Whether it shows things where they were not drawn, as a mirror does: alpha goes through it, too."""

    if TYPE_CHECKING:

        def build(self, env: Env) -> Filter: ...


class FinishSpec(Spec):
    """A stage that works once, on the finished pictures, and may change their size; `build` returns a `Finish`."""

    def resized(self, size: tuple[int, int]) -> tuple[int, int]:
        """Height and width of what it makes of a picture of that height and width; here: the same.

        It is asked before the run, so that a picture that would be too large costs a line and not the run.
        """
        return size

    if TYPE_CHECKING:

        def build(self, env: Env) -> Finish: ...


class ReporterSpec(Spec):
    """A thing that watches; `build` returns a `Reporter`."""

    if TYPE_CHECKING:

        def build(self, env: Env) -> Reporter: ...
