"""One prompt: where it comes from, how strongly it pulls, and who looks where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from artgen.fields.block import Block, wrong_setting
from artgen.fields.paths import InputFile, PictureFile
from artgen.fields.references import PerceptorRef
from artgen.fields.schedules import Schedule
from artgen.fields.widgets import Slider
from artgen.prompts.seen import SeenField, titled
from artgen.prompts.travel import Travel
from artgen.prompts.where import WhereField
from artgen.prompts.wildcards import WildcardText

SOURCES = ("text", "label", "image", "vector", "noise", "direction", "travel")
WORDED = ("text", "label", "direction")
"""Those that say something in words, which may hold choices."""


def _with_gap(template: str) -> str:
    if "{}" not in template:
        raise wrong_setting("a template has a {} where the prompt goes")
    return template


Template = Annotated[str, AfterValidator(_with_gap)]
"""A wording with ``{}`` where the text of a prompt goes."""
Templates = bool | Annotated[tuple[Template, ...], Field(min_length=1)]
"""Whether texts are averaged over wordings, and over which."""


class Direction(Block):
    """The way from one text to another."""

    model_config = ConfigDict(serialize_by_alias=True)

    source: WildcardText = Field(alias="from")
    """What the picture is like at the beginning, such as `a photo`."""
    target: WildcardText = Field(alias="to")
    """What it should become, such as `an oil painting`."""


class Prompt(Block):
    """One thing to steer towards, or away from: a text, a label, an image, a vector, noise, a direction or a
    way from text to text."""

    text: WildcardText | None = None
    """What the picture should show, in words; `{red|blue}` is drawn by the seed, `{@colours.txt}` from a file."""
    label: WildcardText | None = None
    """The name of a thing, such as `cat`, averaged over the seven wordings that CLIP's authors chose for ImageNet."""
    image: PictureFile | None = None
    """A picture to come near to, relative to the preset's folder."""
    vector: Literal["textoff"] | InputFile | None = None
    """JSON with a list of numbers, or one for each perceptor by model; `textoff` leads away from lettering."""
    noise: Annotated[int, Field(ge=0, lt=2**63, strict=True)] | None = None
    """The number of a random direction, another one for each seed."""
    direction: Direction | None = None
    """{from: a photo, to: an oil painting}: change what the preset's `start` shows along the way between two texts."""
    travel: Travel | None = None
    """{texts: [an egg, a chick], at: {0%: 0, 100%: 1}}: from text to text, through the space of their embeddings."""
    views: bool | None = None
    """For `image`: true encodes it anew at each step, through the drawing's own views; default: once and whole."""
    templates: Templates | None = None
    """For `text` and `travel`: average over wordings, instead of what the loss says: true, false, or your own."""
    perceptor: PerceptorRef | None = None
    """The perceptor that judges this prompt; default: the loss's."""
    where: WhereField | None = None
    """The part of the picture it applies to: left, top, centre, ..., a box, or a mask; default: all of it."""
    seen: SeenField | None = None
    """How the picture is looked at: rotate-180, mirror, negative, far, near, {jigsaw: 4x4}, ...; default: as it is."""
    each: Annotated[tuple[WildcardText | Direction, ...], Field(min_length=1)] | None = None
    """What the pictures of the batch are told, one by one, in place of its text, label or direction."""
    travels: Annotated[tuple[Travel, ...], Field(min_length=1)] | None = None
    """The same for `travel`."""
    weight: Annotated[Schedule, Slider(-1, 3)] = Schedule.constant(1)
    """How strongly it pulls; negative pushes away."""
    stop: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """The loss at which it stops pulling (in the distance's own unit); null: never."""

    def misfits(self) -> Iterator[str]:
        if sum(getattr(self, source) is not None for source in SOURCES) != 1:
            yield f"a prompt has exactly one of {', '.join(SOURCES)}"
        if self.views is not None and self.image is None:
            yield "'views' belongs to 'image'"
        if self.templates is not None and self.text is None and self.travel is None:
            yield "'templates' belongs to 'text' and 'travel'"
        if self.each is not None and not self._each_fits():
            yield "'each' holds texts beside a text or label, and directions beside a direction"
        if self.travels is not None and self.travel is None:
            yield "'travels' belongs to 'travel'"

    def _each_fits(self) -> bool:
        directed = {isinstance(one, Direction) for one in self.each or ()}
        return self.said is not None and directed == {self.direction is not None}

    @property
    def said(self) -> str | Direction | None:
        """What it says in words, if it does, besides a `travel`."""
        return next((value for kind in WORDED if (value := getattr(self, kind)) is not None), None)

    @property
    def words(self) -> str | None:
        """`wording`, for whoever reads words alone; None of one that is not about the picture as it is."""
        return None if self.seen else self.wording

    @property
    def wording(self) -> str | None:
        """The text or the label; of a way from text to text, the one it is nearest to at first."""
        return next(iter(self.wordings), None) if self.travel is None else self.travel.begins

    @property
    def wordings(self) -> tuple[str, ...]:
        """The text, the label, or all texts of a way."""
        if self.travel is not None:
            return self.travel.texts
        return tuple(text for text in (self.text, self.label) if text is not None)

    def told(self, picture: int) -> Prompt:
        """The prompt as one picture of the batch is told it, counted from 0; see `each` and `travels`."""
        if self.travels is not None:
            return self.model_copy(update={"travel": self.travels[picture], "travels": None})
        if self.each is None:
            return self
        kind = next(kind for kind in WORDED if getattr(self, kind) is not None)
        return self.model_copy(update={kind: self.each[picture], "each": None})

    @property
    def told_apart(self) -> int:
        """To how many pictures of a batch it says something of their own; 0: all are told the same."""
        return len(self.each or self.travels or ())

    @property
    def settled(self) -> Prompt:
        """The same, with less of a way from text to text that stands still; see `Travel.settled`."""
        now = [one.settled() for one in (self.travel, *(self.travels or ())) if one is not None]
        texts = tuple(one for one in now if isinstance(one, str))
        travels = tuple(one for one in now if isinstance(one, Travel))
        if travels and not texts:
            return self.model_copy(update={"travel": travels[0], "travels": travels[1:] or None})
        if texts and not travels:
            told = {"text": texts[0], "each": texts[1:] or None}
            return self.model_copy(update={**told, "travel": None, "travels": None})
        return self  # no way, or each picture of the batch is told one of another kind

    @property
    def reading(self) -> str:
        """How the picture is looked at, in words; empty, where it is as it is."""
        return titled(self.seen or ())

    @property
    def title(self) -> str:
        """What to call it in messages."""
        if self.direction:
            return f"from {self.direction.source} to {self.direction.target}"
        if self.travel:
            return self.travel.title
        if self.image:
            return f"image {self.image.name}"
        if self.vector:
            return f"vector {self.vector}"
        return str(self.text or self.label or f"noise {self.noise}")
